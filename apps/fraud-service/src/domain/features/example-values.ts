import { type FeatureValue, type FeatureValues, valuesOf } from '../rule-language/feature.js'
import { ruleFeatures } from './catalogue.js'

const zeros = { number: 0, bool: false, string: '' } as const

const everyday: Readonly<Record<string, FeatureValue>> = {
  'tx.event_order': 'in_order',
  'tx.amount': 23.5,
  'tx.currency': 'EUR',
  'tx.amount_reference': 23.5,
  'tx.merchant_category': '5812',
  'tx.country': 'DE',
  'tx.entry_mode': 'contactless',
  'tx.latitude': 52.52,
  'tx.longitude': 13.405,
  'tx.local_hour': 11,
  'tx.distance_km': 4,
  'tx.speed_kmh': 2,
  'card.count_7d': 9,
  'card.count_30d': 40,
  'card.history_days': 400,
  'card.mean_30d': 31.2,
  'card.deviation_30d': 12,
  'card.amount_ratio_30d': 0.75,
  'card.amount_deviations_30d': -0.64,
  'card.rms_ratio_7d': 1.1,
  'terminal.first_fraud_days': undefined,
  'terminal.fraud_mean_30d': undefined,
  'terminal.clean_count': undefined,
}

/** The features of an everyday transaction, for tests to change what they are about; undefined is absent. Others are 0 or false. */
export function exampleValues(changes: Readonly<Record<string, FeatureValue>> = {}): FeatureValues {
  const rest = Object.fromEntries(ruleFeatures.features.map(({ name, type }) => [name, zeros[type]]))
  return valuesOf(ruleFeatures, { ...rest, ...everyday, ...changes })
}
