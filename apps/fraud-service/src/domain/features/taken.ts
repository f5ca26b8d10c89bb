import type { Card, CardVerdicts, TakenValues, TerminalFigures, TerminalProfile, Transaction } from '@swipestream/contracts'
import { knownFrauds } from './confirmed-frauds.js'
import { countAfter, firstInRing, readRing, windowSums } from './ring.js'

/** What other topics say around a transaction, as far as it is known at the moment it is judged. */
export interface Around {
  readonly card?: Pick<Card, 'home_country' | 'time_zone'> | undefined
  readonly verdicts?: Pick<CardVerdicts, 'blocked' | 'frauds'> | undefined
  readonly terminal?: Pick<TerminalProfile, 'activity' | 'frauds' | 'confirmed'> | undefined
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
  const counts = numbersOf(sums.counts)
  return { counts, amounts: numbersOf(sums.second), frauds: fraudsOf(terminal, at), ...fraudsSoFar(terminal, at, counts[4] as number) }
}

/** What is known of the terminal's frauds one by one. Most terminals have none. */
function fraudsSoFar(terminal: Around['terminal'], at: number, count7: number): Pick<TerminalFigures, 'first_fraud_at' | 'fraud_mean' | 'clean_count'> {
  if (terminal === undefined || terminal.frauds.length === 0) return { first_fraud_at: null, fraud_mean: null, clean_count: null }
  const { lastAt, meanCents } = knownFrauds(terminal, at)
  return {
    first_fraud_at: firstInRing(terminal.frauds, 2, at) ?? null,
    fraud_mean: meanCents ?? null,
    // most of the last 7 days nobody has judged yet
    clean_count: lastAt === undefined ? null : Math.max(0, countAfter(terminal.activity, 3, lastAt, at) - count7),
  }
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
