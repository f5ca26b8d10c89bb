import { type Absence, catalogueOf } from '../rule-language/feature.js'
import { type WindowName, windowNames } from './ring.js'

export type FeatureType = 'bool' | 'int' | 'double' | 'string'

/** What is known of a feature without computing it: enough to check an expression, and to explain a value. */
export interface FeatureSpec {
  readonly type: FeatureType
  /** Unit of the value, or the feature that holds it; null where there is none. `EUR` is a reference amount: see reference-amount.ts. */
  readonly unit: string | null
  /** One line, other features by the names that rules know. "Before" means before the transaction, by event time, itself not included. */
  readonly meaning: string
  /** Set when it can be null, because it cannot be known; a rule must not take that for 0. */
  readonly absent?: Absence
}

/** How long each window is, for people to read. */
const spans: Readonly<Record<WindowName, string>> = { '1m': '1 minute', '10m': '10 minutes', '1h': '1 hour', '1d': '1 day', '7d': '7 days', '30d': '30 days' }
const longNames = ['1d', '7d', '30d'] as const

const always = <T extends FeatureType>(type: T, unit: string | null, meaning: string) => ({ type, unit, meaning }) as const
const optional = <T extends FeatureType>(type: T, unit: string | null, meaning: string, note: string, measuredFrom?: string) => (
  { type, unit, meaning, absent: { note, ...(measuredFrom === undefined ? {} : { measuredFrom }) } as Absence }) as const

/** The same feature over several windows, `prefix_1m` and so on; in its meaning WINDOW stands for the window's name, SPAN for its length. */
function over<P extends string, W extends WindowName, S extends FeatureSpec>(prefix: P, windows: readonly W[], spec: S) {
  const each = windows.map((name) => [`${prefix}_${name}`, { ...spec, meaning: spec.meaning.replace('SPAN', spans[name]).replaceAll('WINDOW', name) }])
  return Object.fromEntries(each) as { readonly [N in `${P}_${W}`]: S }
}

/**
 * Every feature, in the order in which `featuresOf` lays them out. Rules know `card_count_1m` as `card.count_1m`,
 * `terminal_frauds_7d` as `terminal.frauds_7d`, `model_probability` as `model.probability` and any other as `tx.<name>`.
 *
 * One more feature is a line here, one in features.ts and one in features-hash.ts; tests miss the one that is forgotten.
 */
export const featureCatalogue = {
  event_order: always('string', null, 'How the transaction arrived: in_order, late (counted), too_late or ahead (neither is counted)'),
  amount: always('double', 'tx.currency', "What is to be paid, in the currency's own unit"),
  currency: always('string', null, 'Currency of the amount, ISO 4217'),
  amount_reference: optional('double', 'EUR', 'Amount on the scale that all sums and means have; absent in a currency without a rate', 'no_rate'),
  merchant_category: optional('string', null, 'What the merchant sells, ISO 18245; absent when it is not sent', 'no_merchant_category'),
  country: optional('string', null, 'Where the card was used, ISO 3166-1 alpha-2; absent when it is not sent', 'no_country'),
  entry_mode: always('string', null, 'How the card was read: chip, contactless, magnetic_stripe, manual, ecommerce or unknown'),
  latitude: optional('double', '°', 'Degrees north of the place; absent without a place on Earth, as for e-commerce', 'no_place'),
  longitude: optional('double', '°', 'Degrees east of the place; absent without a place on Earth, as for e-commerce', 'no_place'),
  local_hour: optional('int', 'h', "Hour in the card's time zone, 0 to 23; absent when its time zone is not known", 'no_card_data'),
  night: optional('bool', null, "It is night (from 0:00 to before 7:00) in the card's time zone", 'no_card_data'),
  weekend: optional('bool', null, "It is Saturday or Sunday in the card's time zone", 'no_card_data'),

  ...over('card_count', windowNames, always('int', null, 'Transactions of the card in the SPAN before')),
  ...over('card_amount', windowNames, always('double', 'EUR', 'Sum of the amounts of the card in the SPAN before')),
  card_history_days: always('double', 'd', "Days since the card's first transaction; 0 when this is the first"),
  card_minutes_since_last: optional('double', 'min', 'Minutes since the transaction right before; absent when none is remembered', 'no_history'),
  card_mean_7d: optional('double', 'EUR', 'Mean amount of the card in the 7 days before; absent when there is none', 'no_history'),
  card_mean_30d: optional('double', 'EUR', 'Mean amount of the card in the 30 days before; absent when there is none', 'no_history'),
  card_deviation_30d: optional('double', 'EUR', 'Standard deviation of the amounts of the card in the 30 days before, to 0.71; absent for less than 2', 'no_history'),
  card_amount_ratio_7d: optional('double', null, 'tx.amount_reference divided by card.mean_7d, which counts as 1.00 at least', 'no_history', 'tx.amount_reference'),
  card_amount_ratio_30d: optional('double', null, 'tx.amount_reference divided by card.mean_30d, which counts as 1.00 at least', 'no_history', 'tx.amount_reference'),
  card_amount_deviations_30d: optional('double', null, 'How far tx.amount_reference is above card.mean_30d, in multiples of card.deviation_30d, which counts as 1.00 at least', 'no_history', 'tx.amount_reference'),
  card_rms_ratio_7d: optional('double', null, 'Root mean square of the amounts of the card in the 7 days before, divided by card.mean_30d, which counts as 1.00 at least', 'no_history'),
  card_activity_ratio_1d: optional('double', null, 'Transactions in the day before, divided by those of a mean day of the 30 days before', 'no_history'),
  card_small_run: always('int', null, 'Small amounts right before, one after the other with less than an hour between, 64 at most'),
  ...over('card_frauds', longNames, always('int', null, 'Frauds of the card that were confirmed in the SPAN before, by the time of the confirmation')),
  card_blocked: always('bool', null, 'Its holder said that a payment was not theirs, or an analyst blocked it'),

  first_country: optional('bool', null, 'The card was not seen in this country; absent without a country', 'no_country'),
  first_merchant: always('bool', null, 'The card was not seen at this merchant'),
  first_category: optional('bool', null, 'The card was not seen in this merchant category; absent without a category', 'no_merchant_category'),
  away_from_home: optional('bool', null, "The country is not the card's home country; absent when either is not known", 'no_card_data', 'tx.country'),
  place_off_earth: always('bool', null, 'The place is outside WGS 84, and was taken for none'),
  distance_km: optional('double', 'km', "From the card's last place, as the crow flies; absent without a place or an earlier one", 'no_earlier_place', 'tx.latitude'),
  speed_kmh: optional('double', 'km/h', 'tx.distance_km divided by the time between, in whichever order, a second at least', 'no_earlier_place', 'tx.latitude'),

  ...over('terminal_count', windowNames, optional('int', null, 'Transactions at the terminal in the SPAN before; absent without a terminal', 'no_terminal')),
  ...over('terminal_amount', windowNames, optional('double', 'EUR', 'Sum of the amounts at the terminal in the SPAN before; absent without a terminal', 'no_terminal')),
  ...over('terminal_frauds', longNames, optional('int', null, 'Frauds at the terminal that were confirmed in the SPAN before, by the time of the confirmation', 'no_terminal')),
  ...over('terminal_fraud_share', longNames, optional('double', null, 'terminal.frauds_WINDOW divided by terminal.count_WINDOW, 1 at most', 'no_terminal')),
  terminal_settled_fraud_share: optional('double', null, 'terminal.frauds_30d divided by the transactions at the terminal from 30 to 7 days before, most of which people have judged by now; 1 at most', 'no_terminal'),
  terminal_first_fraud_days: optional('double', 'd', 'Days since the first confirmation of the 30 days before, to a day; absent when there is none', 'no_known_fraud', 'terminal.frauds_30d'),
  terminal_fraud_mean_30d: optional('double', 'EUR', 'Mean amount of the last frauds that were confirmed in the 30 days before, 32 at most; absent when none has one', 'no_known_fraud', 'terminal.frauds_30d'),
  terminal_clean_count: optional('int', null, 'Transactions at the terminal after its last fraud that is known, without the last 7 days, to a day; absent when none was confirmed in the 30 days before', 'no_known_fraud', 'terminal.frauds_30d'),

  model_probability: optional('double', null, 'Probability of fraud, 0 to 1, as the model has it; absent without a model', 'no_model'),
} as const satisfies Readonly<Record<string, FeatureSpec>>

type Catalogue = typeof featureCatalogue
export type FeatureName = keyof Catalogue

interface ValueTypes { bool: boolean; int: number; double: number; string: string }

/** The features of one transaction. Null is absent: only those that the catalogue calls optional can be. */
export type Features = {
  -readonly [N in FeatureName]: ValueTypes[Catalogue[N]['type']] | (Catalogue[N] extends { readonly absent: Absence } ? null : never)
}

export const featureSpecs: ReadonlyMap<string, FeatureSpec> = new Map(Object.entries(featureCatalogue))

const groups = ['card', 'terminal', 'model']

function nameInRules(property: string): string {
  const group = groups.find((each) => property.startsWith(`${each}_`))
  return group === undefined ? `tx.${property}` : `${group}.${property.slice(group.length + 1)}`
}

/** What rules are checked against: the features by the names that rules know. */
export const ruleFeatures = catalogueOf([...featureSpecs].map(([property, { type, ...spec }]) => (
  { name: nameInRules(property), property, type: type === 'int' || type === 'double' ? 'number' : type, ...spec }
)))
