import { type Absence, catalogueOf, type FeatureType, type FeatureValue, type FeatureValues, valuesOf } from './feature.js'

const money = 'tx.currency'
const noPlace: Absence = { note: 'no_place' }
const noEarlierPlace: Absence = { note: 'no_earlier_place', measuredFrom: 'tx.latitude' }
const noCountry: Absence = { note: 'no_country' }
const noTerminal: Absence = { note: 'no_terminal' }
const noHistory: Absence = { note: 'no_history' }

const features: readonly (readonly [name: string, type: FeatureType, unit: string | null, meaning: string, absent?: Absence])[] = [
  ['tx.amount', 'number', money, 'What is to be paid, in the currency\'s own unit.'],
  ['tx.currency', 'string', null, 'Currency of the amount, ISO 4217.'],
  ['tx.merchant_category', 'string', null, 'What the merchant sells, ISO 18245.', { note: 'no_merchant_category' }],
  ['tx.entry_mode', 'string', null, 'How the card was read.'],
  ['tx.country', 'string', null, 'Where the card was used, ISO 3166-1 alpha-2.', noCountry],
  ['tx.latitude', 'number', '°', 'Where the terminal stands.', noPlace],
  ['tx.is_night', 'bool', null, 'Between 0 and 6 in the card\'s own time zone.'],
  ['card.transactions_1m', 'number', null, 'Transactions of the card in the last minute, this one included.'],
  ['card.transactions_1h', 'number', null, 'Transactions of the card in the last hour, this one included.'],
  ['card.transactions_30d', 'number', null, 'Transactions of the card in the 30 days before this one.'],
  ['card.amount_mean_30d', 'number', money, 'Mean of the card\'s amounts in the 30 days before.', noHistory],
  ['card.amount_deviation_30d', 'number', money, 'Standard deviation of the card\'s amounts in the 30 days before.', noHistory],
  ['card.amount_sum_1h', 'number', money, 'Sum of the card\'s amounts in the last hour, this one included.'],
  ['card.small_amounts_10m', 'number', null, 'Transactions of at most 2.00 in the 10 minutes before this one, in a row.'],
  ['card.distance_km', 'number', 'km', 'Distance from the card\'s last place.', noEarlierPlace],
  ['card.elapsed_s', 'number', 's', 'Time since the card was at its last place.', noEarlierPlace],
  ['card.speed_kmh', 'number', 'km/h', 'Speed that the way from the last place takes.', noEarlierPlace],
  ['card.is_new_country', 'bool', null, 'The card was never used in this country before.', noCountry],
  ['card.is_new_merchant_category', 'bool', null, 'The card never paid for this category before.', { note: 'no_merchant_category' }],
  ['card.home_country', 'string', null, 'Where the card is at home, ISO 3166-1 alpha-2.', { note: 'no_card_data' }],
  ['card.is_blocked', 'bool', null, 'Its holder answered "not me", or an analyst blocked it.'],
  ['terminal.frauds_28d', 'number', null, 'Confirmed frauds at the terminal in 28 days, known 7 days late.', noTerminal],
  ['terminal.risk_28d', 'number', null, 'Confirmed frauds a transaction at the terminal in 28 days, 0 to 1.', noTerminal],
]

/** A catalogue for tests, in the manner of the real one. */
export const exampleCatalogue = catalogueOf(features.map(([name, type, unit, meaning, absent]) => (
  { name, type, unit, meaning, ...(absent === undefined ? {} : { absent }) }
)))

const everyday: Readonly<Record<string, FeatureValue>> = {
  'tx.amount': 23.5,
  'tx.currency': 'EUR',
  'tx.merchant_category': '5812',
  'tx.entry_mode': 'contactless',
  'tx.country': 'DE',
  'tx.latitude': 52.52,
  'tx.is_night': false,
  'card.transactions_1m': 1,
  'card.transactions_1h': 1,
  'card.transactions_30d': 40,
  'card.amount_mean_30d': 31.2,
  'card.amount_deviation_30d': 12,
  'card.amount_sum_1h': 23.5,
  'card.small_amounts_10m': 0,
  'card.distance_km': 4,
  'card.elapsed_s': 7200,
  'card.speed_kmh': 2,
  'card.is_new_country': false,
  'card.is_new_merchant_category': false,
  'card.home_country': 'DE',
  'card.is_blocked': false,
  'terminal.frauds_28d': 0,
  'terminal.risk_28d': 0,
}

/** The features of an everyday transaction, for tests to change what they are about; undefined is absent. */
export function exampleValues(changes: Readonly<Record<string, FeatureValue>> = {}): FeatureValues {
  return valuesOf(exampleCatalogue, { ...everyday, ...changes })
}
