import type { Card, CardVerdicts, TakenValues, TerminalFigures, TerminalProfile, Transaction } from '@swipestream/contracts'
import { readRing, windowSums } from './ring.js'

/** What other topics say around a transaction, as far as it is known at the moment it is judged. */
export interface Around {
  readonly card?: Pick<Card, 'home_country' | 'time_zone'> | undefined
  readonly verdicts?: Pick<CardVerdicts, 'blocked' | 'frauds'> | undefined
  readonly terminal?: Pick<TerminalProfile, 'activity' | 'frauds'> | undefined
}

const sums = windowSums()

/**
 * The values that a decision takes from other topics, all of them and no others. Those topics move on their own: only
 * with what was taken recorded can a decision be made again. A terminal that was never seen has figures of 0.
 */
export function takenOf(tx: Pick<Transaction, 'occurred_at' | 'terminal_id'>, { card, verdicts, terminal }: Around): TakenValues {
  const at = tx.occurred_at
  return {
    home_country: card === undefined ? null : card.home_country,
    time_zone: card === undefined ? null : card.time_zone,
    card_blocked: verdicts !== undefined && verdicts.blocked,
    card_frauds: fraudsOf(verdicts, at),
    terminal: tx.terminal_id === null ? null : figuresOf(terminal, at),
  }
}

function figuresOf(terminal: Around['terminal'], at: number): TerminalFigures {
  readRing(terminal === undefined ? [] : terminal.activity, 3, at, sums)
  return { counts: numbersOf(sums.counts), amounts: numbersOf(sums.second), frauds: fraudsOf(terminal, at) }
}

/** Six numbers, one by one: `Array.from` takes ten times as long. */
function numbersOf(column: Int32Array | Float64Array): number[] {
  return [column[0] as number, column[1] as number, column[2] as number, column[3] as number, column[4] as number, column[5] as number]
}

/** The windows of 1, 7 and 30 days of a ring of confirmed frauds. */
function fraudsOf(from: { readonly frauds: readonly number[] } | undefined, at: number): number[] {
  if (from === undefined || from.frauds.length === 0) return [0, 0, 0]
  readRing(from.frauds, 2, at, sums)
  return [sums.counts[3] as number, sums.counts[4] as number, sums.counts[5] as number]
}
