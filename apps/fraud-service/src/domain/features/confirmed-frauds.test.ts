import { describe, expect, it } from 'vitest'
import { readRing } from './ring.js'
import { type ConfirmedFrauds, type JudgedTransaction, knownFrauds, MAX_CONFIRMED, withVerdict } from './confirmed-frauds.js'

const start = Date.UTC(2026, 2, 2, 10, 0)
const day = 86_400_000
const none: ConfirmedFrauds = { frauds: [], confirmed: [] }
const unknown = { transaction_occurred_at: null, amount_minor: null, currency: null }
const confirmFraud = (before: ConfirmedFrauds, transaction: number, at: number, known: Partial<JudgedTransaction> = {}) =>
  withVerdict(before, 'confirmed_fraud', { ...unknown, ...known, transaction_id: `tx-${transaction}` }, at)
const takeBackFraud = (before: ConfirmedFrauds, transaction: number) => withVerdict(before, 'legitimate', { ...unknown, transaction_id: `tx-${transaction}` }, start + 50 * day)
/** Confirmed frauds of the last day, 7 days and 30 days. */
const frauds = ({ frauds: ring }: ConfirmedFrauds, at: number) => [...readRing(ring, 2, at).counts].slice(3)

describe('confirmed frauds', () => {
  it('count from when they were given', () => {
    const verdicts = confirmFraud(confirmFraud(none, 1, start), 2, start + 3 * day)
    expect(frauds(none, start)).toEqual([0, 0, 0])
    expect(frauds(verdicts, start - day)).toEqual([0, 0, 0])
    expect(frauds(verdicts, start)).toEqual([1, 1, 1])
    expect(frauds(verdicts, start + 3 * day)).toEqual([1, 2, 2])
    expect(frauds(verdicts, start + 20 * day)).toEqual([0, 0, 2])
    expect(frauds(verdicts, start + 40 * day)).toEqual([0, 0, 0])
  })

  it('count once for a transaction, whoever says it again', () => {
    const once = confirmFraud(none, 1, start)
    expect(confirmFraud(once, 1, start + day)).toEqual(once)
  })

  it('can be taken back, with effect on every window', () => {
    const both = confirmFraud(confirmFraud(none, 1, start), 2, start + day)
    const one = takeBackFraud(both, 1)
    expect(frauds(one, start + day)).toEqual([1, 1, 1])
    expect(frauds(takeBackFraud(one, 2), start + day)).toEqual([0, 0, 0])
    expect(takeBackFraud(one, 1)).toEqual(one)
    expect(takeBackFraud(one, 3)).toEqual(one)
  })

  it('can be given again after they were taken back', () => {
    const again = confirmFraud(takeBackFraud(confirmFraud(none, 1, start), 1), 1, start + day)
    expect(frauds(again, start + day)).toEqual([1, 1, 1])
  })

  it(`are known by their transaction for the last ${MAX_CONFIRMED}`, () => {
    let verdicts: ConfirmedFrauds = none
    for (let id = 0; id <= MAX_CONFIRMED; id++) verdicts = confirmFraud(verdicts, id, start + id)
    expect(verdicts.confirmed).toHaveLength(MAX_CONFIRMED * 4)
    expect(confirmFraud(verdicts, 1, start + 50)).toEqual(verdicts)
    expect(frauds(confirmFraud(verdicts, 0, start + 50), start + 50)[0]).toBe(MAX_CONFIRMED + 2)
    expect(frauds(takeBackFraud(verdicts, MAX_CONFIRMED), start + 50)[0]).toBe(MAX_CONFIRMED)
  })

  it.each([
    ['its time and amount', { transaction_occurred_at: start - day, amount_minor: 2_350, currency: 'EUR' }, [start - day, 2_350]],
    ['an amount on the scale of all amounts', { transaction_occurred_at: start - day, amount_minor: 1_200, currency: 'USD' }, [start - day, 1_000]],
    ['no amount in a currency without a rate', { transaction_occurred_at: start - day, amount_minor: 2_350, currency: 'ZWG' }, [start - day, -1]],
    ['the time of the confirmation when its own is not known, and no amount', {}, [start, -1]],
  ])('keep of the transaction %s', (_, known, [occurredAt, cents]) => {
    expect(confirmFraud(none, 1, start, known).confirmed).toEqual([start, expect.any(Number), occurredAt, cents])
  })

  it('tell the last fraud of 30 days by its own time, and the mean amount', () => {
    const of = (days: number, amount_minor: number) => ({ transaction_occurred_at: start - days * day, amount_minor, currency: 'EUR' })
    const two = confirmFraud(confirmFraud(none, 1, start, of(5, 3_000)), 2, start + day, of(6, 5_000))
    expect(knownFrauds(none, start)).toEqual({ lastAt: undefined, meanCents: undefined })
    expect(knownFrauds(two, start)).toEqual({ lastAt: start - 5 * day, meanCents: 3_000 })
    expect(knownFrauds(two, start + day)).toEqual({ lastAt: start - 5 * day, meanCents: 4_000 })
    expect(knownFrauds(two, start + 31 * day)).toEqual({ lastAt: start - 6 * day, meanCents: 5_000 })
    expect(knownFrauds(two, start + 32 * day)).toEqual({ lastAt: undefined, meanCents: undefined })
    expect(knownFrauds(confirmFraud(none, 1, start), start)).toEqual({ lastAt: start, meanCents: undefined })
    expect(knownFrauds(confirmFraud(two, 3, start + day), start + day)).toEqual({ lastAt: start + day, meanCents: 4_000 })
  })
})
