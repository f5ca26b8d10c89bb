import { describe, expect, it } from 'vitest'
import { ruleFeatures } from '../features/catalogue.js'
import { exampleValues } from '../features/example-values.js'
import type { FeatureValue } from './feature.js'
import { languageOf } from './language.js'
import { reasonTextOf } from './reason-text.js'

const language = languageOf(ruleFeatures).withTables([
  { name: 'limit', by: 'tx.currency', values: { EUR: 1000, JPY: 160_000 }, default: 1000, unit: 'tx.currency' },
])

function filled(text: string, changes: Readonly<Record<string, FeatureValue>> = {}): string {
  const reason = reasonTextOf(text, language)
  if ('problems' in reason) throw new Error(JSON.stringify(reason.problems))
  return reason.fill(exampleValues(changes))
}

describe('a reason text', () => {
  it.each([
    ['No value at all.', {}, 'No value at all.'],
    ['{tx.amount} is {tx.amount / card.mean_30d:1} times the mean of {card.mean_30d}.', { 'tx.amount': 156 },
      'EUR 156.00 is 5.0 times the mean of EUR 31.20.'],
    // money in its currency's own decimals
    ['{tx.amount}', { 'tx.amount': 1499, 'tx.currency': 'JPY' }, 'JPY 1,499'],
    ['{card.mean_30d}', { 'tx.currency': 'JPY' }, 'EUR 31.20'],
    ['{tx.amount}', { 'tx.amount': 1.5, 'tx.currency': 'KWD' }, 'KWD 1.500'],
    ['{card.mean_30d}', { 'card.mean_30d': 1234.5678 }, 'EUR 1,234.57'],
    ['{card.mean_30d}', { 'card.mean_30d': -4.5 }, '-EUR 4.50'],
    ['{tx.amount}', { 'tx.amount': 1e15 }, 'EUR 1,000,000,000,000,000'],
    ['{rule.limit}', { 'tx.currency': 'JPY' }, 'JPY 160,000'],
    // numbers
    ['{tx.speed_kmh}', { 'tx.speed_kmh': 20_516.5123 }, '20,516.51'],
    ['{tx.speed_kmh:0} km/h', { 'tx.speed_kmh': 20_516.5123 }, '20,517 km/h'],
    ['{tx.speed_kmh:3}', {}, '2.000'],
    ['{2.0 * tx.amount:2}', {}, '47.00'],
    ['{3600.0 * tx.distance_km / tx.speed_kmh:duration}', {}, '2 h'],
    ['{tx.distance_km / tx.speed_kmh:0} h', {}, '2 h'],
    ['{tx.speed_kmh}', { 'tx.speed_kmh': 1_234_567.5 }, '1,234,567.5'],
    ['{tx.speed_kmh}', { 'tx.speed_kmh': 100 }, '100'],
    ['{tx.speed_kmh}', { 'tx.speed_kmh': -0.001 }, '0'],
    ['{tx.speed_kmh:0}', { 'tx.speed_kmh': -999.5 }, '-1,000'],
    ['{tx.speed_kmh:9}', { 'tx.speed_kmh': 0.1 }, '0.100000000'],
    ['{tx.speed_kmh:1}', { 'tx.speed_kmh': 1e300 }, '1e+300'],
    ['{tx.speed_kmh}', { 'tx.speed_kmh': 1.5e30 }, '1.5e+30'],
    // words, and yes or no
    ['in {tx.country}, {tx.night}', {}, 'in DE, false'],
    ['{tx.night ? "at night" : "by day"}', {}, 'by day'],
    // what cannot be said
    ['in {tx.country}', { 'tx.country': undefined }, 'in unknown'],
    ['{tx.amount / card.mean_30d:1} times', { 'card.mean_30d': 0 }, 'unknown times'],
  ])('%s over %j reads: %s', (text, changes, expected) => {
    expect(filled(text, changes)).toBe(expected)
  })

  it('names what it looks at', () => {
    const reason = reasonTextOf('{tx.amount} is {tx.amount / card.mean_30d:1} times the mean', language)
    expect('measures' in reason && reason.measures.map(({ name }) => name)).toEqual(['tx.amount', 'card.mean_30d'])
  })

  it.each([
    ['{amuont} is much', 'FRAUD_RULE_UNKNOWN_FEATURE', 2, 'did you mean tx.amount?'],
    ['It is {tx.amount} of {card.mean}', 'FRAUD_RULE_UNKNOWN_FEATURE', 23, 'did you mean card.mean_7d?'],
    ['It is {tx.amount / 2:1}', 'FRAUD_RULE_WRONG_TYPE', 8, 'write 2.0 for 2'],
    ['It is {tx.amount /}', 'FRAUD_RULE_SYNTAX', 19, undefined],
    ['It is {}', 'FRAUD_RULE_SYNTAX', 8, undefined],
    ['It is {tx.country:1}', 'FRAUD_RULE_SYNTAX', 8, undefined],
    ['It is {tx.amount', 'FRAUD_RULE_SYNTAX', 7, undefined],
    ['It is tx.amount}', 'FRAUD_RULE_SYNTAX', 16, undefined],
    ['It is {{tx.amount}}', 'FRAUD_RULE_SYNTAX', 7, undefined],
    [`${'a'.repeat(501)}`, 'FRAUD_RULE_SYNTAX', 501, undefined],
    ['One\nTwo', 'FRAUD_RULE_SYNTAX', 4, undefined],
  ])('%j is refused', (text, code, column, suggestion) => {
    const reason = reasonTextOf(text, language)
    const [problem] = 'problems' in reason ? reason.problems : []
    expect({ code: problem?.code, field: problem?.field, position: problem?.position, suggestion: problem?.suggestion })
      .toEqual({ code, field: 'reason', position: { line: 1, column }, suggestion })
  })
})
