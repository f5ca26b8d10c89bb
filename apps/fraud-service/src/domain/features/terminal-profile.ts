import type { EventOrder, FraudFeedback, TerminalEvent, TerminalProfile, Transaction } from '@swipestream/contracts'
import { withVerdict } from './confirmed-frauds.js'
import { referenceAmountOf } from './reference-amount.js'
import { addToRing } from './ring.js'
import { defaultSettings, type FeatureSettings } from './settings.js'

/**
 * What a transaction means to its terminal; undefined when it names none, or does not count. Duplicates are the card's
 * to know, and so are clocks that are ahead: what is not counted there comes to no terminal.
 */
export function terminalEventOf(tx: Transaction, order: EventOrder): TerminalEvent | undefined {
  if (tx.terminal_id === null || (order !== 'in_order' && order !== 'late')) return undefined
  const { terminal_id, transaction_id, amount_minor, currency, occurred_at } = tx
  return { terminal_id, transaction_id, kind: 'transaction', amount_minor, currency, occurred_at, transaction_occurred_at: null }
}

/** What an answer means to the terminal of its transaction; undefined when that names none. */
export function terminalVerdictOf(feedback: FraudFeedback): TerminalEvent | undefined {
  const { terminal_id, transaction_id, verdict, amount_minor, currency, given_at, transaction_occurred_at } = feedback
  if (terminal_id === null) return undefined
  return { terminal_id, transaction_id, kind: verdict, amount_minor, currency, occurred_at: given_at, transaction_occurred_at }
}

/**
 * What is known of a terminal after an event. A transaction that is older than the newest by more than the bound is not
 * counted. An event whose offset was applied before changes nothing.
 *
 * @param profile undefined before the terminal's first event
 * @param offset of the event's record, in the terminal's partition
 */
export function applyTerminalEvent(
  profile: TerminalProfile | undefined, event: TerminalEvent, offset: number, { lateBoundMs }: Pick<FeatureSettings, 'lateBoundMs'> = defaultSettings,
): TerminalProfile {
  const before = profile ?? newTerminal(event.terminal_id)
  if (offset <= before.input_offset) return before
  if (event.kind !== 'transaction') {
    return { ...before, ...withVerdict(before, event.kind, event, event.occurred_at), input_offset: offset }
  }
  const at = event.occurred_at
  if (before.newest_at !== null && at < before.newest_at - lateBoundMs) return { ...before, input_offset: offset }
  return {
    ...before,
    newest_at: before.newest_at === null ? at : Math.max(before.newest_at, at),
    activity: addToRing(before.activity, 3, at, 1, referenceAmountOf(event) ?? 0),
    input_offset: offset,
  }
}

function newTerminal(terminal_id: string): TerminalProfile {
  return { terminal_id, newest_at: null, activity: [], frauds: [], confirmed: [], input_offset: -1 }
}
