import type { CardProfile, TakenValues, TerminalProfile, Transaction } from '@swipestream/contracts'
import { describe, expect, it } from 'vitest'
import { exampleFeedback, exampleTaken, exampleTransaction, hamburg, minutes, singapore, tenOClock } from '../example-transaction.js'
import type { Features } from './catalogue.js'
import { observe, type Observed } from './observe.js'
import { type Around, takenOf } from './taken.js'
import { applyTerminalEvent, terminalEventOf, terminalVerdictOf } from './terminal-profile.js'

let ids = 0
const day = 24 * 60
/** A transaction of its own, so many minutes after ten. */
const at = (minute: number, changes: Partial<Transaction> = {}) => exampleTransaction({
  transaction_id: `01957c00-0000-7000-8000-${String(++ids).padStart(12, '0')}`,
  occurred_at: tenOClock + minutes(minute),
  received_at: tenOClock + minutes(minute),
  ...changes,
})
const paid = (minute: number, amount_minor: number) => at(minute, { amount_minor })

function see(tx: Transaction, profile?: CardProfile, taken: TakenValues = takenOf(tx, {})): Observed {
  const observed = observe(tx, profile, taken, (profile?.input_offset ?? -1) + 1)
  if (observed === 'duplicate') throw new Error('the transaction is one of the past')
  return observed
}

function features(past: readonly Transaction[], tx: Transaction, around: Around = {}): Features {
  const profile = past.reduce<CardProfile | undefined>((before, each) => see(each, before).profile, undefined)
  return see(tx, profile, takenOf(tx, around)).features
}

/** Four times 20 EUR and once 40 EUR, on five days; the sixth is the day of what is judged. */
const week = [paid(0, 2_000), paid(day, 2_000), paid(2 * day, 4_000), paid(3 * day, 2_000), paid(4 * day, 2_000)]

describe('features of the first transaction of a card', () => {
  it('say what is not known, not 0', () => {
    expect(features([], at(0))).toMatchObject({
      event_order: 'in_order', amount_reference: 23.5, local_hour: null, night: null, weekend: null,
      card_count_1m: 0, card_amount_30d: 0, card_history_days: 0, card_minutes_since_last: null,
      card_mean_7d: null, card_mean_30d: null, card_deviation_30d: null, card_amount_ratio_7d: null, card_amount_ratio_30d: null,
      card_amount_deviations_30d: null, card_rms_ratio_7d: null, card_activity_ratio_1d: null, card_small_run: 0, card_frauds_30d: 0,
      card_blocked: false, model_probability: null,
      first_country: true, first_merchant: true, first_category: true, away_from_home: null, distance_km: null, speed_kmh: null,
      terminal_count_30d: 0, terminal_fraud_share_30d: 0, terminal_settled_fraud_share: 0,
      terminal_first_fraud_days: null, terminal_fraud_mean_30d: null, terminal_clean_count: null,
    })
  })
})

describe('features of the transaction itself', () => {
  it('say what it says', () => {
    expect(features([], at(0))).toMatchObject({
      amount: 23.5, currency: 'EUR', merchant_category: '5812', country: 'DE', entry_mode: 'contactless', latitude: 52.52, longitude: 13.405,
    })
    expect(features([], at(0, { merchant_category: null, country: null, place: null }))).toMatchObject({ merchant_category: null, country: null, latitude: null, longitude: null })
  })

  it.each([[150_050, 'EUR', 1500.5], [1500, 'JPY', 1500], [1500, 'KWD', 1.5]])("have %i minor units of %s in the currency's own unit: %d", (amount_minor, currency, amount) => {
    expect(features([], at(0, { amount_minor, currency })).amount).toBe(amount)
  })
})

describe('features taken from what was said of the card', () => {
  it('are as they were taken', () => {
    const taken = exampleTaken({ card_blocked: true, card_frauds: [1, 2, 3] })
    expect(see(at(0), undefined, taken).features).toMatchObject({ card_blocked: true, card_frauds_1d: 1, card_frauds_7d: 2, card_frauds_30d: 3 })
  })
})

describe("features of the card's past", () => {
  it.each([
    ['what was before, without itself', week, paid(5 * day, 9_600), { card_count_7d: 5, card_amount_7d: 120, card_count_30d: 5, card_history_days: 5 }],
    ['a burst', [paid(0, 100), paid(0.5, 200), paid(5, 300)], paid(5.5, 100), { card_count_1m: 1, card_count_10m: 3, card_amount_10m: 6, card_count_1h: 3 }],
    ['the time since the last one', week, paid(4 * day + 90, 1), { card_minutes_since_last: 90 }],
    ['the mean', week, paid(5 * day, 9_600), { card_mean_7d: 24, card_mean_30d: 24 }],
    ['the amount against the mean', week, paid(5 * day, 9_600), { card_amount_ratio_7d: 4, card_amount_ratio_30d: 4 }],
    ['the root mean square of 7 days against the mean', week, paid(5 * day, 1), { card_rms_ratio_7d: Math.sqrt((4 * 400 + 1_600) / 5) / 24 }],
    ['no root mean square of an idle week', week, paid(15 * day, 1), { card_rms_ratio_7d: null, card_mean_30d: 24 }],
    ['the deviation', week, paid(5 * day, 9_600), { card_deviation_30d: 8, card_amount_deviations_30d: 9 }],
    ['no deviation of one amount', [paid(0, 2_000)], paid(1, 4_000), { card_deviation_30d: null, card_amount_deviations_30d: null, card_amount_ratio_30d: 2 }],
    ['amounts that never differ', [paid(0, 2_000), paid(1, 2_000)], paid(2, 2_300), { card_deviation_30d: 0, card_amount_deviations_30d: 3 }],
    ['a mean below one euro as one', [paid(0, 10), paid(1, 10)], paid(2, 500), { card_mean_30d: 0.1, card_amount_ratio_30d: 5 }],
    ['the activity against a mean day', [...week, paid(5 * day - 3, 1), paid(5 * day - 2, 1), paid(5 * day - 1, 1)], paid(5.5 * day, 1), { card_activity_ratio_1d: 3 / (8 / 5.5) }],
    ['the activity of a card that is new today', [paid(0, 1), paid(1, 1)], paid(2, 1), { card_activity_ratio_1d: 1 }],
    ['a run of small amounts', [paid(0, 5_000), paid(1, 100), paid(2, 200), paid(3, 50)], paid(4, 90_000), { card_small_run: 3 }],
    ['several currencies on one scale', [at(0, { amount_minor: 1_200, currency: 'USD' }), at(1, { amount_minor: 3_600, currency: 'JPY' })], paid(2, 3_000), { card_amount_1h: 30, card_mean_30d: 15, card_amount_ratio_30d: 2 }],
    ['no amount in a currency without a rate', [paid(0, 1_000)], at(1, { currency: 'ZWG' }), { amount_reference: null, card_mean_30d: 10, card_amount_ratio_30d: null, card_amount_deviations_30d: null }],
    ['one without a rate as one of amount 0', [paid(0, 1_000), at(1, { currency: 'ZWG' })], paid(2, 1_000), { card_count_30d: 2, card_mean_30d: 5, card_amount_ratio_30d: 2 }],
  ] as [string, Transaction[], Transaction, Partial<Features>][])('see %s', (_, past, tx, expected) => {
    expect(features(past, tx)).toMatchObject(expected)
  })

  it('see a late transaction at its own time', () => {
    expect(features([paid(0, 1_000), paid(60, 1_000), paid(600, 1_000)], paid(120, 1_000))).toMatchObject({
      event_order: 'late', card_minutes_since_last: 60, card_count_1d: 2, card_history_days: 120 / day,
    })
  })
})

describe('what is remembered after a transaction', () => {
  const { profile } = see(at(0))

  it.each([
    ['too_late', at(-day - 1), false],
    ['ahead', at(11, { received_at: tenOClock }), false],
    ['late', at(-day), true],
    ['in_order', at(11), true],
  ])('changes or not, when it is %s', (order, tx, changes) => {
    const observed = see(tx, profile)
    expect(observed.order).toBe(order)
    expect(observed.features.event_order).toBe(order)
    if (changes) expect(observed.profile.activity).not.toEqual(profile.activity)
    else expect(observed.profile).toEqual({ ...profile, last_transaction_id: tx.transaction_id, input_offset: 1 })
  })
})

describe('features of the names and the place', () => {
  const past = [at(0), at(1, { merchant_id: 'm-2', merchant_category: '5411' })]

  it.each([
    ['all that is known', {}, { first_country: false, first_merchant: false, first_category: false }],
    ['a first country', { country: 'FR' }, { first_country: true, first_merchant: false }],
    ['a first merchant', { merchant_id: 'm-3' }, { first_merchant: true, first_category: false }],
    ['a first category', { merchant_category: '6051' }, { first_merchant: false, first_category: true }],
    ['nothing of what is not said', { country: null, merchant_category: null, place: null }, { first_country: null, first_category: null, distance_km: null, speed_kmh: null, place_off_earth: false }],
    ['a place that is none', { place: { latitude: 0, longitude: -181 } }, { latitude: null, longitude: null, distance_km: null, speed_kmh: null, place_off_earth: true }],
  ] as [string, Partial<Transaction>, Partial<Features>][])('see %s', (_, changes, expected) => {
    expect(features(past, at(2, changes))).toMatchObject(expected)
  })

  it('see how far the last place is, and how fast that was', () => {
    const { distance_km: km, speed_kmh: kmh } = features([at(0)], at(30, { place: hamburg }))
    expect(km).toBeCloseTo(255.3, 1)
    expect(kmh).toBeCloseTo(510.5, 1)
  })

  it('count less than a second as one, and measure backwards too', () => {
    expect(features([at(0)], at(0, { place: singapore })).speed_kmh).toBeCloseTo(9_916.3 * 3_600, -3)
    expect(features([at(0)], at(-30, { place: hamburg })).speed_kmh).toBeCloseTo(510.5, 1)
  })

  it.each([
    ['DE', 'DE', false],
    ['FR', 'DE', true],
    [null, 'DE', null],
  ])('see a use in %s of a card at home in %s', (country, home_country, expected) => {
    expect(features([], at(0, { country }), { card: { home_country, time_zone: 'UTC' } }).away_from_home).toBe(expected)
  })
})

describe("features of the card's own time", () => {
  // tenOClock is ten in the morning in UTC, on a Monday
  it.each([
    [0, 'UTC', 10, false, false],
    [0, 'America/New_York', 5, true, false],
    [-4 * 60, 'UTC', 6, true, false],
    [-3 * 60, 'UTC', 7, false, false],
    [-11 * 60, 'UTC', 23, false, true],
    [-11 * 60, 'Asia/Tokyo', 8, false, false],
    [-day, 'Asia/Tokyo', 19, false, true],
    [-2 * day - 11 * 60, 'UTC', 23, false, false],
    [0, 'Europe/Atlantis', null, null, null],
  ])('%i minutes after ten in %s', (minute, time_zone, local_hour, night, weekend) => {
    expect(features([], at(minute), { card: { home_country: 'DE', time_zone } })).toMatchObject({ local_hour, night, weekend })
  })
})

describe('features of the terminal', () => {
  const event = (minute: number) => terminalEventOf(at(minute), 'in_order')!
  const fraud = (minute: number, transaction: number) => terminalVerdictOf(exampleFeedback({ given_at: tenOClock + minutes(minute), transaction_id: `tx-${transaction}` }))!
  const after = (...events: Parameters<typeof applyTerminalEvent>[1][]) => events.reduce<TerminalProfile | undefined>((profile, each, offset) => applyTerminalEvent(profile, each, offset), undefined)
  const used = [event(-3 * day), event(-2 * day), event(-20)]

  it('are absent without one', () => {
    const absent = features([], at(0, { terminal_id: null }), { terminal: after(...used) })
    expect(Object.entries(absent).filter(([name, value]) => name.startsWith('terminal_') && value !== null)).toEqual([])
  })

  it('see what was there before', () => {
    expect(features([], at(0), { terminal: after(...used) })).toMatchObject({
      terminal_count_10m: 0, terminal_count_1h: 1, terminal_count_1d: 1, terminal_count_7d: 3, terminal_amount_7d: 70.5, terminal_frauds_7d: 0, terminal_fraud_share_7d: 0,
    })
  })

  it('see frauds by the time they were confirmed, as a share of the transactions of as long', () => {
    const terminal = after(...used, fraud(-2 * day, 1))
    expect(features([], at(0), { terminal })).toMatchObject({
      terminal_frauds_1d: 0, terminal_frauds_7d: 1, terminal_frauds_30d: 1, terminal_fraud_share_1d: 0, terminal_fraud_share_7d: 1 / 3,
    })
    expect(features([], at(-2 * day - 1), { terminal })).toMatchObject({ terminal_frauds_7d: 0 })
  })

  it('compare known frauds with what people have judged by now', () => {
    const days = [-20, -12, -10, -9, -2]
    const said = (occurred: number, amount_minor: number) => terminalVerdictOf(exampleFeedback({
      given_at: tenOClock + minutes((occurred + 7) * day), transaction_id: `tx${occurred}`, transaction_occurred_at: tenOClock + minutes(occurred * day), amount_minor,
    }))!
    const visited = days.map((each) => event(each * day))
    const seen = features([], at(0), { terminal: after(...visited, said(-20, 3_000), said(-12, 5_000)) })
    expect(seen).toMatchObject({ terminal_settled_fraud_share: 2 / 4, terminal_fraud_mean_30d: 40, terminal_clean_count: 2 })
    expect(seen.terminal_first_fraud_days).toBeCloseTo(13, 0)
    expect(features([], at(0), { terminal: after(...visited) })).toMatchObject({
      terminal_settled_fraud_share: 0, terminal_fraud_mean_30d: null, terminal_clean_count: null, terminal_first_fraud_days: null,
    })
  })

  it('are of frauds whose time and amount are not known by the time of the confirmation, without a mean', () => {
    const unknown = terminalVerdictOf(exampleFeedback({ given_at: tenOClock - minutes(8 * day), transaction_occurred_at: null, amount_minor: null, currency: null }))!
    expect(features([], at(0), { terminal: after(event(-9 * day), event(-7.5 * day), unknown) })).toMatchObject({ terminal_fraud_mean_30d: null, terminal_clean_count: 1 })
  })

  it('never see more than all', () => {
    expect(features([], at(1), { terminal: after(fraud(0, 1), fraud(0, 2)) })).toMatchObject({ terminal_frauds_1d: 2, terminal_fraud_share_1d: 1 })
  })
})
