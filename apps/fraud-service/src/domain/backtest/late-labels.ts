import type { FraudFeedback } from '@swipestream/contracts'
import { DAY_MS } from './days.js'
import { type StreamEvent, type Swiped, timeOf } from './stream.js'

/** So much later a label is known unless told otherwise: what the Handbook assumes of investigations and chargebacks. */
export const LABEL_DELAY_MS = 7 * DAY_MS

/**
 * Lets labels of rows come as what they were in life: feedback of source `label`, which never blocks a card, a fixed
 * time after the transaction, before the first one of that moment or after.
 *
 * Only frauds wait and come: a `legitimate` on what nobody took for a fraud changes nothing. So the memory it takes is
 * by the frauds of one delay.
 */
export class LateLabels {
  #waiting: FraudFeedback[] = []
  #due = 0

  /** @param delayMs from a transaction to its label, milliseconds */
  constructor(private readonly delayMs: number = LABEL_DELAY_MS) {}

  /** The labels that are known by the time of a transaction, and it. */
  *with(swiped: Swiped): Generator<StreamEvent> {
    const at = timeOf(swiped.tx)
    for (let next = this.#waiting[this.#due]; next !== undefined && next.given_at <= at; next = this.#waiting[this.#due]) {
      this.#due++
      yield { kind: 'feedback', feedback: next }
    }
    if (this.#due > this.#waiting.length / 2) {
      this.#waiting = this.#waiting.slice(this.#due)
      this.#due = 0
    }
    if (swiped.fraud === true) this.#waiting.push(this.#labelOf(swiped, at))
    yield swiped
  }

  #labelOf({ tx }: Swiped, at: number): FraudFeedback {
    return {
      feedback_id: tx.transaction_id, transaction_id: tx.transaction_id, card_id: tx.card_id, terminal_id: tx.terminal_id, transaction_occurred_at: tx.occurred_at,
      amount_minor: tx.amount_minor, currency: tx.currency, verdict: 'confirmed_fraud', card_action: 'none', source: 'label', actor: null, comment: null, given_at: at + this.delayMs,
    }
  }
}
