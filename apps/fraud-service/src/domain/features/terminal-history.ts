import type { Transaction } from '@swipestream/contracts'
import { referenceAmount } from './reference-amount.js'
import { addToRing } from './ring.js'
import { noVerdicts, type Verdicts } from './verdicts.js'

/** What is remembered of a terminal, a value that is never changed in place. Each field is one of Avro, as of a card. */
export interface TerminalHistory extends Verdicts {
  /** Greatest event time that was counted, milliseconds since the Unix epoch, UTC; null before the first. */
  readonly newest_at: number | null
  /** Ring of transactions, 3 numbers a bucket: start, count, reference cents. */
  readonly activity: readonly number[]
}

export const newTerminal: TerminalHistory = { ...noVerdicts, newest_at: null, activity: [] }

/**
 * The history after a transaction at the terminal. One that is older than the newest by more than the bound changes
 * nothing. Duplicates are the card's to know: only what its history has counted comes here.
 */
export function addTransactionAtTerminal(
  history: TerminalHistory, tx: Pick<Transaction, 'occurred_at' | 'amount_minor' | 'currency'>, { lateBoundMs }: { readonly lateBoundMs: number },
): TerminalHistory {
  const at = tx.occurred_at
  if (history.newest_at !== null && at < history.newest_at - lateBoundMs) return history
  return {
    newest_at: Math.max(history.newest_at ?? at, at),
    activity: addToRing(history.activity, 3, at, 1, referenceAmount(tx.amount_minor, tx.currency) ?? 0),
    frauds: history.frauds,
    confirmed: history.confirmed,
  }
}
