import type { Card, CardProfile, CardVerdicts, FraudFeedback, TakenValues, TerminalEvent, TerminalProfile, Transaction } from '@swipestream/contracts'
import { applyFeedback } from '../features/card-verdicts.js'
import { observe, type Observed } from '../features/observe.js'
import { takenOf } from '../features/taken.js'
import { applyTerminalEvent, terminalEventOf, terminalVerdictOf } from '../features/terminal-profile.js'

/** A transaction as the engine saw it, with nothing of what came later. */
export interface Seen {
  readonly tx: Transaction
  readonly taken: TakenValues
  readonly observed: Observed
}

/**
 * What fraud-service would remember of a stream's cards and terminals, kept by its own functions. Memory is by cards and
 * terminals, not by transactions.
 *
 * One difference to the service: a terminal knows at once what the service knows some milliseconds later.
 */
export class History {
  readonly #profiles = new Map<string, CardProfile>()
  readonly #verdicts = new Map<string, CardVerdicts>()
  readonly #terminals = new Map<string, TerminalProfile>()
  #offset = 0

  /** @param cards what the bank says of cards, by id */
  constructor(private readonly cards: ReadonlyMap<string, Card> = new Map()) {}

  /** Sees a transaction and remembers it; `duplicate` for one that was there shortly before, as `observe` tells it. */
  see(tx: Transaction): Seen | 'duplicate' {
    const taken = takenOf(tx, {
      card: this.cards.get(tx.card_id),
      verdicts: this.#verdicts.get(tx.card_id),
      terminal: tx.terminal_id === null ? undefined : this.#terminals.get(tx.terminal_id),
    })
    const observed = observe(tx, this.#profiles.get(tx.card_id), taken, this.#offset++)
    if (observed === 'duplicate') return observed
    this.#profiles.set(tx.card_id, observed.profile)
    this.#tell(terminalEventOf(tx, observed.order))
    return { tx, taken, observed }
  }

  /** Takes what somebody said: it counts from the next transaction on. */
  hear(feedback: FraudFeedback): void {
    this.#verdicts.set(feedback.card_id, applyFeedback(this.#verdicts.get(feedback.card_id), feedback, this.#offset++))
    this.#tell(terminalVerdictOf(feedback))
  }

  #tell(event: TerminalEvent | undefined): void {
    if (event === undefined) return
    this.#terminals.set(event.terminal_id, applyTerminalEvent(this.#terminals.get(event.terminal_id), event, this.#offset++))
  }
}
