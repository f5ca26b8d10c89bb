import type { FraudFeedback, Place, TakenValues, TerminalFigures, Transaction } from '@swipestream/contracts'
import type { Origin } from './assess.js'

/** Places the tests travel between. */
export const berlin: Place = { latitude: 52.52, longitude: 13.405 }
export const potsdam: Place = { latitude: 52.3906, longitude: 13.0645 }
export const hamburg: Place = { latitude: 53.5511, longitude: 9.9937 }
export const singapore: Place = { latitude: 1.3521, longitude: 103.8198 }

export const tenOClock = Date.UTC(2026, 2, 2, 10, 0)
export const minutes = (count: number): number => count * 60_000

/** An everyday transaction, for tests to change what they are about. */
export function exampleTransaction(changes: Partial<Transaction> = {}): Transaction {
  return {
    transaction_id: '01957c00-0000-7000-8000-000000000001',
    card_id: 'v1.example-card',
    card_bin: '400000',
    card_last4: '0002',
    amount_minor: 2_350,
    currency: 'EUR',
    merchant_id: 'm-1',
    merchant_name: 'Café Morgenrot',
    merchant_category: '5812',
    terminal_id: 't-1',
    entry_mode: 'contactless',
    place: berlin,
    country: 'DE',
    occurred_at: tenOClock,
    received_at: tenOClock + 120,
    ...changes,
  }
}

/** What is known of a terminal that was never seen. */
export function exampleFigures(changes: Partial<TerminalFigures> = {}): TerminalFigures {
  return { counts: [0, 0, 0, 0, 0, 0], amounts: [0, 0, 0, 0, 0, 0], frauds: [0, 0, 0], first_fraud_at: null, fraud_mean: null, clean_count: null, ...changes }
}

/** What a decision takes when no other topic knows anything of the card, and the transaction names a terminal that was never seen. */
export function exampleTaken(changes: Partial<TakenValues> = {}): TakenValues {
  return { home_country: null, time_zone: null, card_blocked: false, card_frauds: [0, 0, 0], terminal: exampleFigures(), ...changes }
}

/** The holder of the card says, half an hour after ten, that the example transaction was not theirs. */
export function exampleFeedback(changes: Partial<FraudFeedback> = {}): FraudFeedback {
  return {
    feedback_id: '01957c00-0000-7000-8000-000000000101',
    transaction_id: '01957c00-0000-7000-8000-000000000001',
    card_id: 'v1.example-card',
    terminal_id: 't-1',
    transaction_occurred_at: tenOClock,
    amount_minor: 2_350,
    currency: 'EUR',
    verdict: 'confirmed_fraud',
    card_action: 'none',
    source: 'customer_app',
    actor: null,
    comment: null,
    given_at: tenOClock + minutes(30),
    ...changes,
  }
}

export const exampleOrigin = (offset = 42): Origin => ({ topic: 'transactions_log', partition: 3, offset })
