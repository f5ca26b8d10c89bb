import type { CardProfile, Transaction } from '@swipestream/contracts'
import { describe, expect, it } from 'vitest'
import { berlin, exampleTaken, exampleTransaction, hamburg, minutes, potsdam, singapore, tenOClock } from '../example-transaction.js'
import { newCard, orderOf } from './card-profile.js'
import { observe } from './observe.js'
import { defaultSettings } from './settings.js'
import { swipeOf } from './swipe.js'

let ids = 0
/** A transaction of its own, so many minutes after ten. */
const at = (minute: number, changes: Partial<Transaction> = {}) => exampleTransaction({
  transaction_id: `01957c00-0000-7000-8000-${String(++ids).padStart(12, '0')}`,
  occurred_at: tenOClock + minutes(minute),
  received_at: tenOClock + minutes(minute),
  ...changes,
})
/** The profile after these, whose records have the offsets from 0 on. */
const after = (...transactions: Transaction[]) => transactions.reduce<CardProfile>((profile, tx, offset) => {
  const observed = observe(tx, profile, exampleTaken(), offset)
  return observed === 'duplicate' ? profile : observed.profile
}, newCard)
const order = (tx: Transaction, profile: CardProfile, settings = defaultSettings) => orderOf(swipeOf(tx), profile, profile.input_offset + 1, settings)

describe('the order of a transaction', () => {
  const profile = after(at(0))

  it.each([
    [0, 'in_order'],
    [1, 'in_order'],
    [-1, 'late'],
    [-24 * 60, 'late'],
    [-24 * 60 - 1, 'too_late'],
  ])('%i minutes after the newest is %s', (minute, expected) => {
    expect(order(at(minute), profile)).toBe(expected)
  })

  it('is in_order for the first of a card', () => {
    expect(order(at(-100_000), newCard)).toBe('in_order')
  })

  it.each([
    [10, 'in_order'],
    [10.1, 'ahead'],
    [5_000_000, 'ahead'],
  ])('is told by a clock that is %d minutes ahead of the arrival', (minute, expected) => {
    expect(order(at(minute, { received_at: tenOClock }), profile)).toBe(expected)
    expect(order(at(minute, { received_at: tenOClock }), newCard)).toBe(expected)
  })

  it('is duplicate for one of the last, whatever else came since', () => {
    const tx = at(0)
    const since = Array.from({ length: 7 }, (_, i) => at((i + 1) * 1_000))
    expect(order(tx, after(tx))).toBe('duplicate')
    expect(order({ ...tx, occurred_at: tenOClock + minutes(5) }, after(tx, ...since))).toBe('duplicate')
    expect(order(tx, after(tx, ...since, at(8_000)))).toBe('too_late')
  })

  it('is duplicate for the last one, also when that was not counted', () => {
    const [ahead, tooLate] = [at(11, { received_at: tenOClock }), at(-10_000)]
    expect(order(ahead, after(ahead))).toBe('duplicate')
    expect(order(tooLate, after(at(0), tooLate))).toBe('duplicate')
    expect(order(tooLate, after(at(0), tooLate, at(1)))).toBe('too_late')
  })

  it.each([
    ['the record after the last one', 42, 'in_order'],
    ['the last record again', 41, 'duplicate'],
    ['a record before it', 3, 'duplicate'],
  ])('is told by the offset: %s, %i, is %s', (_, offset, expected) => {
    expect(orderOf(swipeOf(at(1)), { ...profile, input_offset: 41 }, offset, defaultSettings)).toBe(expected)
  })

  it('follows the bounds it is given', () => {
    const strict = { ...defaultSettings, lateBoundMs: minutes(1), aheadBoundMs: 0 }
    expect(order(at(-2), profile, strict)).toBe('too_late')
    expect(order(at(1, { received_at: tenOClock }), profile, strict)).toBe('ahead')
  })
})

describe('a profile', () => {
  it('keeps of a transaction what later ones are compared with', () => {
    const tx = at(0)
    expect(after(at(-60), tx)).toMatchObject({ card_id: 'v1.example-card', last_transaction_id: tx.transaction_id, last_occurred_at: tenOClock, input_offset: 1 })
    expect(after(tx)).toEqual({
      card_id: 'v1.example-card',
      last_transaction_id: tx.transaction_id,
      last_occurred_at: tenOClock,
      input_offset: 0,
      first_at: tenOClock,
      activity: [tenOClock / 6_000, 1, 2_350, 552],
      recent: [tenOClock, swipeOf(tx).id, 2_350],
      countries: [20_514, swipeOf(tx).country],
      merchants: [20_514, swipeOf(tx).merchant],
      categories: [20_514, swipeOf(tx).category],
      last_place: berlin,
      last_place_at: tenOClock,
    })
  })

  it('keeps nothing of what a transaction does not say', () => {
    const nameless = after(at(0, { country: null, merchant_category: null, place: null, currency: 'ZWG' }))
    expect(nameless).toMatchObject({ countries: [], categories: [], last_place: null, last_place_at: null, activity: [tenOClock / 6_000, 1, 0, 0] })
  })

  it.each([
    ['the newest place', [at(0), at(200, { place: hamburg })], hamburg, 200],
    ['the newest one, also when an older comes later', [at(0), at(-200, { place: hamburg })], berlin, 0],
    ['the last one that is known', [at(0), at(200, { place: null })], berlin, 0],
    ['one newer than it, that comes after a newer use without a place', [at(0), at(300, { place: null }), at(200, { place: hamburg })], hamburg, 200],
    ['one the card can have flown to', [at(0), at(13 * 60, { place: singapore })], singapore, 13 * 60],
    ['the believed one, when the thief goes on', [at(0), at(29, { place: singapore }), at(40, { place: singapore })], berlin, 0],
    ['none that is not on Earth', [at(0), at(200, { place: { latitude: 91, longitude: 0 } })], berlin, 0],
    ['none that the card could not reach', [at(0), at(29, { place: singapore })], berlin, 0],
    ['one nearby, however soon', [at(0), at(0, { place: potsdam })], potsdam, 0],
  ])('has as its last place %s', (_, transactions, place, minute) => {
    expect(after(...transactions)).toMatchObject({ last_place: place, last_place_at: tenOClock + minutes(minute) })
  })

  it('does not know a country that the card could not reach', () => {
    const known = ({ countries }: CardProfile) => countries.length / 2
    expect(known(after(at(0), at(29, { place: singapore, country: 'SG' })))).toBe(1)
    expect(known(after(at(0), at(2_900, { place: singapore, country: 'SG' })))).toBe(2)
  })

  it('remembers neither place nor country of a place off Earth', () => {
    expect(after(at(0, { place: { latitude: 120, longitude: 0 }, country: 'FR' }))).toMatchObject({ last_place: null, last_place_at: null, countries: [] })
  })

  it('goes on from one of before features were kept, which knows its last time and place only', () => {
    const old = { ...newCard, last_transaction_id: 'old', last_occurred_at: tenOClock, last_place: berlin, last_place_at: tenOClock, input_offset: 41 }
    expect([order(at(-1), old), order(at(1), old), order(at(1, { transaction_id: 'old' }), old)]).toEqual(['late', 'in_order', 'duplicate'])
    const observed = observe(at(30, { place: hamburg }), old, exampleTaken(), 42)
    expect(observed).toMatchObject({ features: { card_count_30d: 0, card_mean_30d: null, speed_kmh: expect.closeTo(510.5, 1) }, profile: { first_at: tenOClock + minutes(30) } })
  })

  it('has the greatest event time that was counted, whatever comes when', () => {
    expect(after(at(0), at(-60)).last_occurred_at).toBe(tenOClock)
    expect(after(at(0), at(60, { received_at: tenOClock })).last_occurred_at).toBe(tenOClock)
  })

  it('stays within its bounds, whatever a card does', () => {
    const busy = Array.from({ length: 3_000 }, (_, i) => at(i / 10, { merchant_id: `m-${i}`, merchant_category: String(1000 + i), country: String.fromCharCode(65 + (i % 26), 65 + ((i >> 3) % 26)) }))
    const { activity, recent, merchants, categories, countries } = after(...busy)
    expect([recent.length / 3, merchants.length / 2, categories.length / 2, countries.length / 2]).toEqual([64, 32, 16, 8])
    expect(activity.length / 4).toBeLessThanOrEqual(241)
  })
})
