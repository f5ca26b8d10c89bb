import type { CardVerdicts, FraudFeedback } from '@swipestream/contracts'
import { describe, expect, it } from 'vitest'
import { exampleFeedback, minutes, tenOClock } from '../example-transaction.js'
import { applyFeedback } from './card-verdicts.js'
import { takenOf } from './taken.js'

const other = '01957c00-0000-7000-8000-000000000002'
const after = (...answers: Partial<FraudFeedback>[]) =>
  answers.reduce<CardVerdicts | undefined>((verdicts, changes, offset) => applyFeedback(verdicts, exampleFeedback(changes), offset), undefined)
const analyst = (card_action: FraudFeedback['card_action'], changes: Partial<FraudFeedback> = {}) => ({ source: 'analyst', actor: 'ada', card_action, ...changes })
/** Confirmed frauds of the last day, 7 days and 30 days, so many minutes after ten. */
const frauds = (minute: number, ...answers: Partial<FraudFeedback>[]) =>
  takenOf({ occurred_at: tenOClock + minutes(minute), terminal_id: null }, { verdicts: after(...answers) }).card_frauds
const fraud = (minute: number, changes: Partial<FraudFeedback> = {}) => ({ given_at: tenOClock + minutes(minute), ...changes })

describe('a card', () => {
  it('is blocked when its holder says that a payment was not theirs, and tells by which answer', () => {
    const answer = exampleFeedback()
    expect(after({})).toEqual({
      card_id: 'v1.example-card', blocked: true, blocked_changed_at: answer.given_at, blocked_changed_by: answer.feedback_id,
      frauds: [answer.given_at / 6_000, 1], confirmed: [answer.given_at, expect.any(Number), tenOClock, 2_350], input_offset: 0,
    })
  })

  it.each([
    ['the holder, by mail', [{ source: 'customer_email' }], true],
    ['the holder, by SMS, whatever action stands there', [{ source: 'customer_sms', card_action: 'unblock' }], true],
    ['the holder, saying it was them', [{ verdict: 'legitimate', card_action: 'block' }], false],
    ['an analyst who says so', [analyst('block')], true],
    ['an analyst who says so, of a legitimate payment', [analyst('block', { verdict: 'legitimate' })], true],
    ['an analyst who confirms a fraud and no more', [analyst('none')], false],
    ['a label', [{ source: 'label', card_action: 'block' }], false],
    ['a source nobody knows', [{ source: 'chargeback', card_action: 'block' }], false],
    ['the holder, and then unblocked by an analyst', [{}, analyst('unblock', { verdict: 'legitimate' })], false],
    ['the holder, who then takes it back', [{}, { verdict: 'legitimate' }], true],
    ['the holder, an analyst having unblocked it before', [analyst('unblock'), {}], true],
  ] as [string, Partial<FraudFeedback>[], boolean][])('by %s: %j → blocked %s', (_, answers, blocked) => {
    expect(after(...answers)?.blocked).toBe(blocked)
  })

  it('tells the answer that last changed it, not one that only agreed', () => {
    const [first, again, undone] = ['1', '2', '3'].map((digit) => `01957c00-0000-7000-8000-00000000010${digit}`) as [string, string, string]
    expect(after({ feedback_id: first }, { feedback_id: again, given_at: tenOClock + minutes(99) })).toMatchObject({ blocked_changed_at: exampleFeedback().given_at, blocked_changed_by: first })
    expect(after({ feedback_id: first }, analyst('unblock', { feedback_id: undone }))).toMatchObject({ blocked: false, blocked_changed_by: undone })
  })
})

describe('a verdict', () => {
  it('counts from when it was given', () => {
    expect(frauds(29, fraud(30))).toEqual([0, 0, 0])
    expect(frauds(30, fraud(30))).toEqual([1, 1, 1])
    expect(frauds(2 * 24 * 60, fraud(30))).toEqual([0, 1, 1])
  })

  it('counts whoever gave it, also a label', () => {
    expect(frauds(60, fraud(30, { source: 'label' }), fraud(31, { transaction_id: other, source: 'analyst' }))).toEqual([2, 2, 2])
  })

  it('counts once for a transaction', () => {
    expect(frauds(60, fraud(30), fraud(31), fraud(32, { source: 'label' }))).toEqual([1, 1, 1])
  })

  it('is taken back by one that says legitimate, of the same transaction', () => {
    expect(frauds(60, fraud(30), fraud(31, { verdict: 'legitimate' }))).toEqual([0, 0, 0])
    expect(frauds(60, fraud(30), fraud(31, { transaction_id: other, verdict: 'legitimate' }))).toEqual([1, 1, 1])
  })

  it('changes nothing when its record was applied before', () => {
    const verdicts = after({}, analyst('unblock'))
    expect(applyFeedback(verdicts, exampleFeedback({ transaction_id: other }), 1)).toBe(verdicts)
    expect(applyFeedback(verdicts, exampleFeedback({ transaction_id: other }), 0)).toBe(verdicts)
  })
})
