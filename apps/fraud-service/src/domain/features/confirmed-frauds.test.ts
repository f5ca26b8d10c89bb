import { describe, expect, it } from 'vitest'
import { readRing } from './ring.js'
import { type ConfirmedFrauds, MAX_CONFIRMED, withVerdict } from './confirmed-frauds.js'

const start = Date.UTC(2026, 2, 2, 10, 0)
const day = 86_400_000
const none: ConfirmedFrauds = { frauds: [], confirmed: [] }
const confirmFraud = (before: ConfirmedFrauds, transaction: number, at: number) => withVerdict(before, 'confirmed_fraud', `tx-${transaction}`, at)
const takeBackFraud = (before: ConfirmedFrauds, transaction: number) => withVerdict(before, 'legitimate', `tx-${transaction}`, start + 50 * day)
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
    expect(verdicts.confirmed).toHaveLength(MAX_CONFIRMED * 2)
    expect(confirmFraud(verdicts, 1, start + 50)).toEqual(verdicts)
    expect(frauds(confirmFraud(verdicts, 0, start + 50), start + 50)[0]).toBe(MAX_CONFIRMED + 2)
    expect(frauds(takeBackFraud(verdicts, MAX_CONFIRMED), start + 50)[0]).toBe(MAX_CONFIRMED)
  })
})
