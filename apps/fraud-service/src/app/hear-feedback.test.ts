import { type CardVerdicts, type FraudFeedback, type TerminalEvent, transactionsByTerminal } from '@swipestream/contracts'
import type { Received } from '@swipestream/messaging'
import { describe, expect, it } from 'vitest'
import { HearFeedback } from './hear-feedback.js'

const answer = (offset: number, changes: Partial<FraudFeedback> = {}): Received<FraudFeedback> => {
  const value: FraudFeedback = {
    feedback_id: `f${offset}`, transaction_id: 'tx-1', card_id: 'c', terminal_id: 't-1', transaction_occurred_at: null, amount_minor: null, currency: null, verdict: 'confirmed_fraud', card_action: 'none',
    source: 'customer_sms', actor: null, comment: null, given_at: 1_000 + offset, ...changes,
  }
  return { key: 'c', value, headers: {}, origin: { topic: 'fraud_feedback', partition: 0, offset, timestamp: 0 } }
}

function service() {
  const verdicts = new Map<string, CardVerdicts>()
  const state = { verdicts: { get: (key: string) => verdicts.get(key), set: (value: CardVerdicts) => void verdicts.set(value.card_id, value), delete: (key: string) => void verdicts.delete(key) } }
  return { verdicts, run: (...batch: Received<FraudFeedback>[]) => new HearFeedback().run(batch, { state }) }
}

describe('an answer', () => {
  it('is kept with its card, which a holder\'s "not me" blocks, and told to the terminal', () => {
    const { run, verdicts } = service()
    const events = run(answer(0))
    expect(verdicts.get('c')).toMatchObject({ blocked: true, blocked_changed_by: 'f0', input_offset: 0 })
    expect(events.map(({ topic, key, value }) => [topic, key, (value as TerminalEvent).kind])).toEqual([[transactionsByTerminal, 't-1', 'confirmed_fraud']])
  })

  it('sees what one before it in the same batch has left', () => {
    const { run, verdicts } = service()
    run(answer(0), answer(1, { source: 'analyst', verdict: 'legitimate', card_action: 'unblock' }))
    expect(verdicts.get('c')).toMatchObject({ blocked: false, confirmed: [], input_offset: 1 })
  })

  it('that comes again changes nothing, and is told to nobody', () => {
    const { run, verdicts } = service()
    run(answer(0), answer(1))
    const before = verdicts.get('c')
    expect(run(answer(0), answer(1))).toEqual([])
    expect(verdicts.get('c')).toBe(before)
  })

  it('about a transaction without a terminal is told to none', () => {
    expect(service().run(answer(0, { terminal_id: null }))).toEqual([])
  })
})
