import type { TerminalEvent, TerminalProfile, Transaction } from '@swipestream/contracts'
import { describe, expect, it } from 'vitest'
import { exampleFeedback, exampleTransaction, minutes, tenOClock } from '../example-transaction.js'
import { applyTerminalEvent, terminalEventOf, terminalVerdictOf } from './terminal-profile.js'

const settings = { lateBoundMs: minutes(60) }
const used = (minute: number, changes: Partial<Transaction> = {}): TerminalEvent =>
  terminalEventOf(exampleTransaction({ occurred_at: tenOClock + minutes(minute), ...changes }), 'in_order') as TerminalEvent
const said = (minute: number, changes: Parameters<typeof exampleFeedback>[0] = {}): TerminalEvent =>
  terminalVerdictOf(exampleFeedback({ given_at: tenOClock + minutes(minute), ...changes })) as TerminalEvent
const after = (...events: TerminalEvent[]) => events.reduce<TerminalProfile | undefined>((profile, event, offset) => applyTerminalEvent(profile, event, offset, settings), undefined)

describe('a terminal', () => {
  it('keeps count and amount', () => {
    expect(after(used(0), used(0))).toEqual({
      terminal_id: 't-1', newest_at: tenOClock, activity: [tenOClock / 6_000, 2, 4_700], frauds: [], confirmed: [], input_offset: 1,
    })
  })

  it('counts a late transaction where it belongs, and one that is too late nowhere', () => {
    expect(after(used(0), used(-60))).toEqual(after(used(-60), used(0)))
    expect(after(used(0), used(-61))).toEqual({ ...after(used(0)), input_offset: 1 })
  })

  it('counts one without a rate, with nothing for its amount', () => {
    expect(after(used(0, { currency: 'ZWG' }))?.activity).toEqual([tenOClock / 6_000, 1, 0])
  })

  it('keeps confirmed frauds by the time of the confirmation, until they are taken back', () => {
    expect(after(used(0), said(90))).toMatchObject({ newest_at: tenOClock, frauds: [(tenOClock + minutes(90)) / 6_000, 1], confirmed: [tenOClock + minutes(90), expect.any(Number), tenOClock, 2_350] })
    expect(after(used(0), said(90), said(95))?.frauds).toEqual(after(used(0), said(90))?.frauds)
    expect(after(said(90), said(95, { verdict: 'legitimate' }))?.confirmed).toEqual([])
  })

  it('takes an event once', () => {
    const once = after(used(0), said(1))
    expect(applyTerminalEvent(once, used(5), 1)).toBe(once)
    expect(applyTerminalEvent(once, used(5), 0)).toBe(once)
  })
})

describe('a transaction is an event of its terminal', () => {
  it('when it counts', () => {
    const tx = exampleTransaction()
    expect(terminalEventOf(tx, 'late')).toEqual({
      terminal_id: 't-1', transaction_id: tx.transaction_id, kind: 'transaction', amount_minor: 2_350, currency: 'EUR', occurred_at: tenOClock,
      transaction_occurred_at: null,
    })
    expect([terminalEventOf(tx, 'too_late'), terminalEventOf(tx, 'ahead')]).toEqual([undefined, undefined])
  })

  it('when it names one', () => {
    expect(terminalEventOf(exampleTransaction({ terminal_id: null }), 'in_order')).toBeUndefined()
  })
})

describe('an answer is an event of the terminal of its transaction', () => {
  it('when that names one, and tells of the transaction what the answer does', () => {
    const feedback = exampleFeedback()
    expect(terminalVerdictOf(feedback)).toEqual({
      terminal_id: 't-1', transaction_id: feedback.transaction_id, kind: 'confirmed_fraud', amount_minor: 2_350, currency: 'EUR', occurred_at: feedback.given_at,
      transaction_occurred_at: tenOClock,
    })
    expect(terminalVerdictOf(exampleFeedback({ terminal_id: null }))).toBeUndefined()
  })
})
