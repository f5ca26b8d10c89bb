import { describe, expect, it } from 'vitest'
import { ruleFeatures } from '../domain/features/catalogue.js'
import { exampleValues } from '../domain/features/example-values.js'
import type { FeatureValue } from '../domain/rule-language/feature.js'
import { judge } from '../domain/rule-set/judge.js'
import { ruleSetOf } from '../domain/rule-set/rule-set.js'
import { ruleLanguage } from './rule-language.js'
import { shippedFiles, shippedRules } from './shipped-rules.fixture.js'

type Changes = Readonly<Record<string, FeatureValue>>

const rules = shippedRules()
const set = ruleSetOf(ruleLanguage, rules)

/** What all shipped rules make of the features of an everyday transaction, changed. */
const judged = (changes: Changes) => judge(set, exampleValues(changes))

function reasonOf(ruleId: string, changes: Changes) {
  return judged(changes).reasons.find(({ rule_id }) => rule_id === ruleId)
}

function notesOf(ruleId: string, changes: Changes) {
  return judged(changes).events.find(({ rule }) => rule.rule_id === ruleId)?.notes
}

it('every file is a live rule under its id, and all fit the catalogue', () => {
  expect(shippedFiles).toEqual(rules.map(({ rule_id }) => `${rule_id}.json`))
  expect(set.live.map(({ rule }) => rule.rule_id)).toEqual([
    'amount_above_history', 'amount_against_history', 'amount_far_above_history', 'blocked_card', 'card_testing',
    'everyday_fraud_terminal', 'impossible_travel', 'large_amount', 'model_risk', 'model_risk_certain', 'model_risk_high', 'notable_amount',
    'place_off_earth', 'risky_merchant_category', 'risky_terminal', 'unbroken_terminal', 'uneven_spending', 'unusual_location', 'velocity',
  ])
  expect(set.live.filter(({ broken }) => broken !== undefined)).toEqual([])
})

it('none fires for an everyday transaction, or one that brings nothing but itself', () => {
  expect(judged({})).toMatchObject({ score: 0, outcome: 'approve', reasons: [], events: [] })
  const bare = Object.fromEntries(ruleFeatures.features.filter(({ absent }) => absent !== undefined).map(({ name }) => [name, undefined]))
  const { score, reasons, events } = judged({ ...bare, 'card.count_30d': 0 })
  expect({ score, reasons }).toEqual({ score: 0, reasons: [] })
  expect(events.filter(({ failure }) => failure !== undefined)).toEqual([])
})

it('what is above the limit for large amounts is notable as well, in every currency: the two are a review', () => {
  const [large, notable] = ['large_amount', 'notable_amount'].map((id) => rules.find(({ rule_id }) => rule_id === id)?.tables[0])
  expect(notable?.values).toEqual(Object.fromEntries(Object.entries(large?.values ?? {}).map(([currency, limit]) => [currency, (limit as number) / 5])))
  expect(notable?.default).toBe((large?.default as number) / 5)
})

/** `[rule, changes, text, evidence]` of transactions for which a rule fires. */
const fire: readonly (readonly [string, Changes, string, readonly (readonly [string, number | string, string | null])[]])[] = [
  ['large_amount', { 'tx.amount': 1000.01 }, 'The amount EUR 1,000.01 is above the limit of EUR 1,000.00.',
    [['tx.amount', 1000.01, 'EUR'], ['rule.limit', 1000, 'EUR']]],
  ['large_amount', { 'tx.amount': 160_001, 'tx.currency': 'JPY' }, 'The amount JPY 160,001 is above the limit of JPY 160,000.',
    [['tx.amount', 160_001, 'JPY'], ['rule.limit', 160_000, 'JPY']]],
  ['large_amount', { 'tx.amount': 300.001, 'tx.currency': 'KWD' }, 'The amount KWD 300.001 is above the limit of KWD 300.000.',
    [['tx.amount', 300.001, 'KWD'], ['rule.limit', 300, 'KWD']]],
  ['large_amount', { 'tx.amount': 1000.01, 'tx.currency': 'GEL' }, 'The amount GEL 1,000.01 is above the limit of GEL 1,000.00.',
    [['tx.amount', 1000.01, 'GEL'], ['rule.limit', 1000, 'GEL']]],
  ['amount_above_history', { 'tx.amount': 200, 'card.amount_ratio_30d': 6.41, 'card.amount_deviations_30d': 14.1 },
    'EUR 200.00 is 6.4 times the mean of the card\'s 40 transactions in 30 days, EUR 31.20.',
    [['card.count_30d', 40, null], ['card.amount_ratio_30d', 6.41, null], ['card.amount_deviations_30d', 14.1, null], ['tx.amount', 200, 'EUR'], ['card.mean_30d', 31.2, 'EUR']]],
  ['amount_against_history', { 'tx.amount': 200, 'card.amount_ratio_30d': 6.41, 'card.amount_deviations_30d': 14.1 },
    'EUR 200.00 is 6.4 times the mean of the card\'s 40 transactions in 30 days, EUR 31.20, and 14.1 deviations above it.',
    [['card.count_30d', 40, null], ['card.amount_ratio_30d', 6.41, null], ['card.amount_deviations_30d', 14.1, null], ['tx.amount', 200, 'EUR'], ['card.mean_30d', 31.2, 'EUR']]],
  ['amount_far_above_history', { 'tx.amount': 200, 'card.amount_ratio_30d': 6.41, 'card.amount_deviations_30d': 14.1 },
    'EUR 200.00 is 6.4 times the mean of the card\'s 40 transactions in 30 days, EUR 31.20: far more than the card is used for.',
    [['card.count_30d', 40, null], ['card.amount_ratio_30d', 6.41, null], ['card.amount_deviations_30d', 14.1, null], ['tx.amount', 200, 'EUR'], ['card.mean_30d', 31.2, 'EUR']]],
  ['uneven_spending', { 'tx.amount': 60, 'card.rms_ratio_7d': 1.92, 'card.amount_ratio_30d': 1.92 },
    'The card\'s amounts of 7 days were uneven (1.9 times its mean of 30 days), and EUR 60.00 is above that mean again.',
    [['card.count_30d', 40, null], ['card.count_7d', 9, null], ['card.rms_ratio_7d', 1.92, null], ['card.amount_ratio_30d', 1.92, null], ['tx.amount', 60, 'EUR']]],
  ['notable_amount', { 'tx.amount': 200.01 }, 'The amount EUR 200.01 is more than most payments: EUR 200.00.',
    [['tx.amount', 200.01, 'EUR'], ['rule.limit', 200, 'EUR']]],
  ['velocity', { 'card.count_1m': 3, 'card.count_1h': 5 }, 'The card was used 3 times in the minute before and 5 times in the hour before.',
    [['card.count_1m', 3, null], ['card.count_1h', 5, null]]],
  ['velocity', { 'card.count_1h': 12 }, 'The card was used 0 times in the minute before and 12 times in the hour before.',
    [['card.count_1m', 0, null], ['card.count_1h', 12, null]]],
  ['impossible_travel', { 'tx.distance_km': 9916.313, 'tx.speed_kmh': 20_516.5 },
    'Used 9,916 km from the card\'s last place, with 29 min between the two: 20,517 km/h, faster than any journey.',
    [['tx.distance_km', 9916.313, 'km'], ['tx.speed_kmh', 20_516.5, 'km/h']]],
  ['impossible_travel', { 'tx.distance_km': 50, 'tx.speed_kmh': 1005.6 },
    'Used 50 km from the card\'s last place, with 3 min between the two: 1,006 km/h, faster than any journey.',
    [['tx.distance_km', 50, 'km'], ['tx.speed_kmh', 1005.6, 'km/h']]],
  ['unusual_location', { 'tx.first_country': true, 'tx.away_from_home': true, 'tx.country': 'SG' }, 'The card was used in SG for the first time.',
    [['tx.first_country', 'true', null], ['card.count_30d', 40, null], ['tx.away_from_home', 'true', null], ['tx.country', 'SG', null]]],
  ['unusual_location', { 'tx.first_country': true, 'tx.away_from_home': undefined, 'tx.country': 'SG' }, 'The card was used in SG for the first time.',
    [['tx.first_country', 'true', null], ['card.count_30d', 40, null], ['tx.away_from_home', 'absent', null], ['tx.country', 'SG', null]]],
  ['card_testing', { 'card.small_run': 3 }, '3 small amounts came right before this one: a thief tries whether the card works.',
    [['card.small_run', 3, null]]],
  ['risky_terminal', { 'terminal.frauds_7d': 2, 'terminal.fraud_share_7d': 0.285, 'terminal.first_fraud_days': 3.2 },
    '2 frauds at this terminal were confirmed in 7 days, 28.5 % of its transactions; the first of 30 days 3 days ago.',
    [['terminal.frauds_7d', 2, null], ['terminal.fraud_share_7d', 0.285, null], ['terminal.first_fraud_days', 3.2, 'd']]],
  ['unbroken_terminal', { 'terminal.frauds_7d': 1, 'terminal.fraud_share_7d': 0.125, 'terminal.clean_count': 0 },
    'Frauds at this terminal that were confirmed in 7 days: 1; transactions after the last of them that nobody doubts: 0.',
    [['terminal.frauds_7d', 1, null], ['terminal.fraud_share_7d', 0.125, null], ['terminal.clean_count', 0, null]]],
  ['everyday_fraud_terminal', { 'terminal.frauds_7d': 2, 'terminal.fraud_share_7d': 0.285, 'terminal.fraud_mean_30d': 48.5 },
    'The frauds confirmed at this terminal have a mean of EUR 48.50 only: the terminal is the sign, not the amount.',
    [['terminal.frauds_7d', 2, null], ['terminal.fraud_share_7d', 0.285, null], ['terminal.fraud_mean_30d', 48.5, 'EUR']]],
  ['risky_merchant_category', { 'tx.merchant_category': '7995', 'tx.first_category': true },
    'Merchant category 7995 is one that stolen cards are used in, and the card never was.',
    [['tx.merchant_category', '7995', null], ['tx.first_category', 'true', null], ['tx.night', 'false', null]]],
  ['risky_merchant_category', { 'tx.merchant_category': '6051', 'tx.night': true },
    'Merchant category 6051 is one that stolen cards are used in, and it is night where the card is at home.',
    [['tx.merchant_category', '6051', null], ['tx.first_category', 'false', null], ['tx.night', 'true', null]]],
  ['place_off_earth', { 'tx.place_off_earth': true }, 'The place is outside latitude -90 to 90, longitude -180 to 180, so that no journey can be judged.',
    [['tx.place_off_earth', 'true', null]]],
  ['blocked_card', { 'card.blocked': true }, 'The card is blocked: its holder said that a payment was not theirs, or an analyst blocked it.',
    [['card.blocked', 'true', null]]],
  ['model_risk', { 'model.probability': 0.2 }, 'The model gives it 20 % to be a fraud.', [['model.probability', 0.2, null]]],
  ['model_risk_high', { 'model.probability': 0.5 }, 'The model gives it 50 % to be a fraud: more likely than not.', [['model.probability', 0.5, null]]],
  ['model_risk_certain', { 'model.probability': 0.9 }, 'The model gives it 90 % to be a fraud: as good as certain.', [['model.probability', 0.9, null]]],
]

/** `[rule, why not, changes]` of transactions for which a rule does not fire. */
const hold: readonly (readonly [string, string, Changes])[] = [
  ['large_amount', 'up to the limit', { 'tx.amount': 1000 }],
  ['large_amount', 'up to the limit of its currency', { 'tx.amount': 160_000, 'tx.currency': 'JPY' }],
  ['large_amount', 'up to the default limit', { 'tx.amount': 1000, 'tx.currency': 'GEL' }],
  ['large_amount', 'a word every object has', { 'tx.amount': 1000, 'tx.currency': 'constructor' }],
  ['amount_above_history', '2.5 times the mean', { 'card.amount_ratio_30d': 2.5, 'card.amount_deviations_30d': 10 }],
  ['amount_above_history', 'amounts are uneven', { 'card.amount_ratio_30d': 6, 'card.amount_deviations_30d': 1.5 }],
  ['amount_above_history', 'too little history', { 'card.amount_ratio_30d': 6, 'card.amount_deviations_30d': 10, 'card.count_30d': 4 }],
  ['amount_against_history', '3 times the mean', { 'card.amount_ratio_30d': 3, 'card.amount_deviations_30d': 10 }],
  ['amount_against_history', 'amounts are uneven', { 'card.amount_ratio_30d': 6, 'card.amount_deviations_30d': 2 }],
  ['amount_against_history', 'too little history', { 'card.amount_ratio_30d': 6, 'card.amount_deviations_30d': 10, 'card.count_30d': 4 }],
  ['amount_far_above_history', '4 times the mean', { 'card.amount_ratio_30d': 4, 'card.amount_deviations_30d': 10 }],
  ['amount_far_above_history', 'amounts are uneven', { 'card.amount_ratio_30d': 6, 'card.amount_deviations_30d': 2.5 }],
  ['amount_far_above_history', 'too little history', { 'card.amount_ratio_30d': 6, 'card.amount_deviations_30d': 10, 'card.count_30d': 4 }],
  ['uneven_spending', 'an even week', { 'card.rms_ratio_7d': 1.5, 'card.amount_ratio_30d': 2 }],
  ['uneven_spending', 'an everyday amount after an uneven week', { 'card.rms_ratio_7d': 3, 'card.amount_ratio_30d': 1.5 }],
  ['uneven_spending', 'two transactions are no week', { 'card.rms_ratio_7d': 3, 'card.amount_ratio_30d': 2, 'card.count_7d': 2 }],
  ['uneven_spending', 'too little history', { 'card.rms_ratio_7d': 3, 'card.amount_ratio_30d': 2, 'card.count_30d': 4 }],
  ['notable_amount', 'up to the limit', { 'tx.amount': 200 }],
  ['notable_amount', 'up to the limit of its currency', { 'tx.amount': 32_000, 'tx.currency': 'JPY' }],
  ['velocity', 'as fast as a person', { 'card.count_1m': 2, 'card.count_1h': 11 }],
  ['impossible_travel', 'a flight', { 'tx.distance_km': 9916, 'tx.speed_kmh': 763 }],
  ['impossible_travel', 'just as fast as possible', { 'tx.distance_km': 9916, 'tx.speed_kmh': 1000 }],
  ['impossible_travel', 'the same place, roughly', { 'tx.distance_km': 49.9, 'tx.speed_kmh': 179_640 }],
  ['unusual_location', 'known country', { 'tx.country': 'FR', 'tx.away_from_home': true }],
  ['unusual_location', 'at home', { 'tx.first_country': true }],
  ['unusual_location', 'a new card', { 'tx.first_country': true, 'tx.away_from_home': true, 'card.count_30d': 4 }],
  ['card_testing', 'two only', { 'card.small_run': 2 }],
  ['risky_terminal', 'one fraud', { 'terminal.frauds_7d': 1, 'terminal.fraud_share_7d': 1, 'terminal.first_fraud_days': 1 }],
  ['risky_terminal', 'a busy terminal', { 'terminal.frauds_7d': 9, 'terminal.fraud_share_7d': 0.2, 'terminal.first_fraud_days': 1 }],
  ['risky_terminal', 'known for three weeks', { 'terminal.frauds_7d': 9, 'terminal.fraud_share_7d': 1, 'terminal.first_fraud_days': 21 }],
  ['unbroken_terminal', 'clean since', { 'terminal.frauds_7d': 1, 'terminal.fraud_share_7d': 0.1, 'terminal.clean_count': 2 }],
  ['unbroken_terminal', 'a busy terminal', { 'terminal.frauds_7d': 1, 'terminal.fraud_share_7d': 0.05, 'terminal.clean_count': 0 }],
  ['everyday_fraud_terminal', 'large frauds', { 'terminal.frauds_7d': 2, 'terminal.fraud_share_7d': 0.5, 'terminal.fraud_mean_30d': 150 }],
  ['everyday_fraud_terminal', 'one fraud', { 'terminal.frauds_7d': 1, 'terminal.fraud_share_7d': 0.5, 'terminal.fraud_mean_30d': 50 }],
  ['risky_merchant_category', 'as ever, by day', { 'tx.merchant_category': '7995' }],
  ['risky_merchant_category', 'another category at night', { 'tx.night': true, 'tx.first_category': true }],
  ['place_off_earth', 'a place that is one', {}],
  ['blocked_card', 'not blocked', {}],
  ['model_risk', 'unlikely', { 'model.probability': 0.19 }],
  ['model_risk_high', 'less likely than not', { 'model.probability': 0.49 }],
  ['model_risk_certain', 'likely', { 'model.probability': 0.89 }],
]

/** `[rule, note, changes]` of transactions a rule cannot see enough of, or assumes something for. */
const blind: readonly (readonly [string, string, Changes])[] = [
  ['large_amount', 'default_limit', { 'tx.currency': 'GEL' }],
  ['notable_amount', 'default_limit', { 'tx.currency': 'GEL' }],
  ['uneven_spending', 'no_history', { 'card.rms_ratio_7d': undefined, 'card.amount_ratio_30d': undefined }],
  ['amount_above_history', 'no_history', { 'card.amount_ratio_30d': undefined, 'card.amount_deviations_30d': undefined }],
  ['amount_far_above_history', 'no_history', { 'card.amount_ratio_30d': undefined, 'card.amount_deviations_30d': undefined }],
  ['amount_against_history', 'no_history', { 'card.amount_ratio_30d': undefined, 'card.amount_deviations_30d': undefined }],
  ['everyday_fraud_terminal', 'no_known_fraud', { 'terminal.frauds_7d': 2, 'terminal.frauds_30d': 2, 'terminal.fraud_share_7d': 0.5 }],
  ['impossible_travel', 'no_place', { 'tx.latitude': undefined, 'tx.distance_km': undefined, 'tx.speed_kmh': undefined }],
  ['impossible_travel', 'no_earlier_place', { 'tx.distance_km': undefined, 'tx.speed_kmh': undefined }],
  ['unusual_location', 'no_country', { 'tx.country': undefined, 'tx.first_country': undefined, 'tx.away_from_home': undefined }],
  ['risky_terminal', 'no_terminal', { 'terminal.frauds_7d': undefined, 'terminal.frauds_30d': undefined, 'terminal.fraud_share_7d': undefined }],
  ['unbroken_terminal', 'no_terminal', { 'terminal.frauds_7d': undefined, 'terminal.frauds_30d': undefined, 'terminal.fraud_share_7d': undefined }],
  ['everyday_fraud_terminal', 'no_terminal', { 'terminal.frauds_7d': undefined, 'terminal.frauds_30d': undefined, 'terminal.fraud_share_7d': undefined }],
  ['risky_merchant_category', 'no_merchant_category', { 'tx.merchant_category': undefined, 'tx.first_category': undefined }],
  ['model_risk', 'no_model', { 'model.probability': undefined }],
  ['model_risk_high', 'no_model', { 'model.probability': undefined }],
  ['model_risk_certain', 'no_model', { 'model.probability': undefined }],
]

describe.each(rules)('$rule_id', ({ rule_id, version, weight }) => {
  const own = <Row extends readonly [string, ...unknown[]]>(table: readonly Row[]) => table.filter(([id]) => id === rule_id)

  it.each(own(fire))('%s fires over %j: %s', (_, changes, text, evidence) => {
    expect(reasonOf(rule_id, changes)).toEqual({
      rule_id, rule_version: version, weight, text, evidence: evidence.map(([name, value, unit]) => ({ name, value, unit })),
    })
  })

  it.each(own(hold))('%s does not fire: %s', (_, _why, changes) => {
    expect(reasonOf(rule_id, changes)).toBeUndefined()
  })

  it('is in both tables', () => {
    expect(own(fire)).not.toEqual([])
    expect(own(hold)).not.toEqual([])
  })
})

it.each(blind)('%s notes %s over %j, and does not fire', (ruleId, note, changes) => {
  expect(notesOf(ruleId, changes)).toEqual([note])
  expect(reasonOf(ruleId, changes)).toBeUndefined()
})

describe('together', () => {
  it.each([
    ['a large amount', { 'tx.amount': 1200 }, 600, 'review'],
    ['more than most payments', { 'tx.amount': 250 }, 350, 'approve'],
    ['large for the card', { 'card.amount_ratio_30d': 3.5, 'card.amount_deviations_30d': 2.2 }, 450, 'approve'],
    ['far too large for the card', { 'card.amount_ratio_30d': 6, 'card.amount_deviations_30d': 10 }, 750, 'review'],
    ['large for the card once more in a week', { 'card.amount_ratio_30d': 6, 'card.amount_deviations_30d': 10, 'card.rms_ratio_7d': 2 }, 1000, 'decline'],
    ['a compromised terminal', { 'terminal.frauds_7d': 3, 'terminal.fraud_share_7d': 0.4, 'terminal.first_fraud_days': 4, 'terminal.clean_count': 0, 'terminal.fraud_mean_30d': 50 }, 620, 'review'],
    ['large, for the card as well', { 'tx.amount': 1200, 'card.amount_ratio_30d': 38, 'card.amount_deviations_30d': 97 }, 1000, 'decline'],
    ['a journey nobody can make', { 'tx.distance_km': 9916, 'tx.speed_kmh': 20_516 }, 850, 'decline'],
    ['a new country', { 'tx.first_country': true, 'tx.away_from_home': true }, 300, 'approve'],
    ['gambling in a new country', { 'tx.first_country': true, 'tx.away_from_home': true, 'tx.merchant_category': '7995', 'tx.first_category': true }, 550, 'review'],
    ['a place that is none', { 'tx.place_off_earth': true }, 500, 'review'],
    ['a blocked card', { 'card.blocked': true }, 1000, 'decline'],
    ['what a model finds suspicious', { 'model.probability': 0.3 }, 150, 'approve'],
    ['the same, and more than most payments', { 'model.probability': 0.3, 'tx.amount': 250 }, 500, 'review'],
    ['what a model takes for fraud', { 'model.probability': 0.6 }, 500, 'review'],
    ['what a model is certain of', { 'model.probability': 0.95 }, 650, 'review'],
    ['the same, and somewhat large for the card', { 'model.probability': 0.95, 'card.amount_ratio_30d': 2.6, 'card.amount_deviations_30d': 1.6 }, 800, 'decline'],
    ['everything at once', { 'card.blocked': true, 'tx.amount': 5000, 'card.small_run': 5 }, 1000, 'decline'],
  ] as const)('%s over %j scores %i: %s', (_, changes, score, outcome) => {
    expect(judged(changes)).toMatchObject({ score, outcome })
  })
})
