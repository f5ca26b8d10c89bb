import { type Absence, catalogueOf, type FeatureType, type FeatureValue, type FeatureValues, valuesOf } from './feature.js'

const noPlace: Absence = { note: 'no_place' }
const noEarlierPlace: Absence = { note: 'no_earlier_place', measuredFrom: 'tx.latitude' }
const noCountry: Absence = { note: 'no_country' }
const noCategory: Absence = { note: 'no_merchant_category' }
const noCardData: Absence = { note: 'no_card_data' }
const noTerminal: Absence = { note: 'no_terminal' }
const noHistory: Absence = { note: 'no_history' }

const features: readonly (readonly [name: string, type: FeatureType, unit: string | null, meaning: string, absent?: Absence])[] = [
  ['tx.amount', 'number', 'tx.currency', 'What is to be paid, in the currency\'s own unit.'],
  ['tx.currency', 'string', null, 'Currency of the amount, ISO 4217.'],
  ['tx.amount_reference', 'number', 'EUR', 'Amount on the scale that all sums and means have.', { note: 'no_rate' }],
  ['tx.merchant_category', 'string', null, 'What the merchant sells, ISO 18245.', noCategory],
  ['tx.entry_mode', 'string', null, 'How the card was read.'],
  ['tx.country', 'string', null, 'Where the card was used, ISO 3166-1 alpha-2.', noCountry],
  ['tx.latitude', 'number', '°', 'Where the terminal stands.', noPlace],
  ['tx.night', 'bool', null, 'It is night in the card\'s time zone.', noCardData],
  ['tx.first_country', 'bool', null, 'The card was not seen in this country.', noCountry],
  ['tx.first_category', 'bool', null, 'The card was not seen in this merchant category.', noCategory],
  ['tx.away_from_home', 'bool', null, 'The country is not the card\'s home country.', { note: 'no_card_data', measuredFrom: 'tx.country' }],
  ['tx.distance_km', 'number', 'km', 'From the card\'s last place, as the crow flies.', noEarlierPlace],
  ['tx.speed_kmh', 'number', 'km/h', 'Distance divided by the time between.', noEarlierPlace],
  ['card.count_1m', 'number', null, 'Transactions of the card in the minute before.'],
  ['card.count_1h', 'number', null, 'Transactions of the card in the hour before.'],
  ['card.count_30d', 'number', null, 'Transactions of the card in the 30 days before.'],
  ['card.mean_30d', 'number', 'EUR', 'Mean amount of the card in the 30 days before.', noHistory],
  ['card.deviation_30d', 'number', 'EUR', 'Standard deviation of the amounts of the card in the 30 days before.', noHistory],
  ['card.amount_ratio_30d', 'number', null, 'Amount divided by the mean of 30 days.', noHistory],
  ['card.amount_deviations_30d', 'number', null, 'How many deviations the amount is above the mean.', noHistory],
  ['card.small_run', 'number', null, 'Small amounts right before, one after the other.'],
  ['card.blocked', 'bool', null, 'Its holder answered "not me", or an analyst blocked it.'],
  ['terminal.frauds_30d', 'number', null, 'Frauds at the terminal that were confirmed in the 30 days before.', noTerminal],
  ['terminal.fraud_share_30d', 'number', null, 'Those, divided by the transactions at the terminal, 1 at most.', noTerminal],
]

/** A catalogue for tests, in the manner of the real one. */
export const exampleCatalogue = catalogueOf(features.map(([name, type, unit, meaning, absent]) => (
  { name, property: name.replace('.', '_').replace(/^tx_/, ''), type, unit, meaning, ...(absent === undefined ? {} : { absent }) }
)))

const everyday: Readonly<Record<string, FeatureValue>> = {
  'tx.amount': 23.5,
  'tx.currency': 'EUR',
  'tx.amount_reference': 23.5,
  'tx.merchant_category': '5812',
  'tx.entry_mode': 'contactless',
  'tx.country': 'DE',
  'tx.latitude': 52.52,
  'tx.night': false,
  'tx.first_country': false,
  'tx.first_category': false,
  'tx.away_from_home': false,
  'tx.distance_km': 4,
  'tx.speed_kmh': 2,
  'card.count_1m': 0,
  'card.count_1h': 0,
  'card.count_30d': 40,
  'card.mean_30d': 31.2,
  'card.deviation_30d': 12,
  'card.amount_ratio_30d': 0.75,
  'card.amount_deviations_30d': -0.64,
  'card.small_run': 0,
  'card.blocked': false,
  'terminal.frauds_30d': 0,
  'terminal.fraud_share_30d': 0,
}

/** The features of an everyday transaction, for tests to change what they are about; undefined is absent. */
export function exampleValues(changes: Readonly<Record<string, FeatureValue>> = {}): FeatureValues {
  return valuesOf(exampleCatalogue, { ...everyday, ...changes })
}
