import type { CardProfile, CardVerdicts, FraudFeedback, TakenValues, TerminalEvent, TerminalProfile, Transaction } from '@swipestream/contracts'
import { applyFeedback, applyTerminalEvent, type Features, observe, type Observed, takenOf, terminalEventOf, terminalVerdictOf } from '@swipestream/fraud-service/engine'
import { LABEL_DELAY_MS } from './days.js'
import type { Row } from './table.js'

/** A transaction as the engine saw it, before its label was known. */
export interface Seen {
  readonly row: Row
  readonly tx: Transaction
  readonly taken: TakenValues
  readonly observed: Observed
}

/** A transaction whose label is known, and its features as they were before. */
export interface Labelled {
  readonly row: Row
  readonly features: Features
}

/**
 * What fraud-service would remember of a table's cards and terminals, kept by its own functions. Each transaction is
 * seen in its turn; its label comes as feedback exactly 7 days later, before the first transaction of that moment or
 * after. A label never blocks a card.
 *
 * One difference to the service: a terminal knows at once what the service knows some milliseconds later.
 */
export class History {
  readonly #cards = new Map<string, CardProfile>()
  readonly #verdicts = new Map<string, CardVerdicts>()
  readonly #terminals = new Map<string, TerminalProfile>()
  /** Not labelled yet, in the order of time; those before `#due` are. */
  #waiting: Labelled[] = []
  #due = 0
  #offset = 0

  /** @param onLabel told of each transaction when its label is known */
  constructor(private readonly onLabel: (labelled: Labelled) => void = () => undefined) {}

  /** @throws Error for an id that was there shortly before */
  see(row: Row): Seen {
    this.labelsUntil(row.at)
    const tx = transactionOf(row)
    const taken = takenOf(tx, { verdicts: this.#verdicts.get(tx.card_id), terminal: this.#terminals.get(row.terminal) })
    const observed = observe(tx, this.#cards.get(tx.card_id), taken, this.#offset++)
    if (observed === 'duplicate') throw new Error(`the transaction ${row.id} is in the table twice`)
    this.#cards.set(tx.card_id, observed.profile)
    this.#tell(terminalEventOf(tx, observed.order))
    // without the profile: a week of these would be hundreds of megabytes
    this.#waiting.push({ row, features: observed.features })
    return { row, tx, taken, observed }
  }

  /** Takes the labels that are known at a moment, in milliseconds since the Unix epoch. */
  labelsUntil(at: number): void {
    for (let next = this.#waiting[this.#due]; next !== undefined && next.row.at + LABEL_DELAY_MS <= at; next = this.#waiting[++this.#due]) {
      const feedback = labelOf(next.row)
      this.#verdicts.set(feedback.card_id, applyFeedback(this.#verdicts.get(feedback.card_id), feedback, this.#offset++))
      this.#tell(terminalVerdictOf(feedback))
      this.onLabel(next)
    }
    if (this.#due > this.#waiting.length / 2) {
      this.#waiting = this.#waiting.slice(this.#due)
      this.#due = 0
    }
  }

  #tell(event: TerminalEvent | undefined): void {
    if (event === undefined) return
    this.#terminals.set(event.terminal_id, applyTerminalEvent(this.#terminals.get(event.terminal_id), event, this.#offset++))
  }
}

/** The data has no merchant, place, country or category, and does not say how the card was read. */
function transactionOf({ id, at, customer, terminal, cents }: Row): Transaction {
  return {
    transaction_id: id, card_id: customer, card_bin: '000000', card_last4: '0000', amount_minor: cents, currency: 'EUR', merchant_id: terminal, merchant_name: null,
    merchant_category: null, terminal_id: terminal, entry_mode: 'unknown', place: null, country: null, occurred_at: at, received_at: at,
  }
}

function labelOf(row: Row): FraudFeedback {
  return {
    feedback_id: row.id, transaction_id: row.id, card_id: row.customer, terminal_id: row.terminal, transaction_occurred_at: row.at,
    amount_minor: row.cents, currency: 'EUR', verdict: row.fraud ? 'confirmed_fraud' : 'legitimate', card_action: 'none', source: 'label', actor: null, comment: null, given_at: row.at + LABEL_DELAY_MS,
  }
}
