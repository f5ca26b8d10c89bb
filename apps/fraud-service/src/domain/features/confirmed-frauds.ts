import type { Verdict } from '@swipestream/contracts'
import { longHash } from './hash.js'
import { addToRing } from './ring.js'

/**
 * What people said of a card's or a terminal's transactions. A verdict counts from the moment it was given, not from
 * that of its transaction: nobody knew it before.
 */
export interface ConfirmedFrauds {
  /** Ring of confirmed frauds by the time of the confirmation, 2 numbers a bucket. */
  readonly frauds: number[]
  /** The last confirmed ones, newest first by arrival, 2 numbers each: time of the confirmation, `longHash` of the transaction's id. */
  readonly confirmed: number[]
}

/** How many confirmed frauds are known by their transaction: one of these is not counted twice, and can be taken back. */
export const MAX_CONFIRMED = 32

/**
 * The frauds after a verdict on a transaction. A fraud said again, and a verdict `legitimate` on what is not remembered
 * as a fraud, change nothing.
 *
 * @param at when it was given, milliseconds since the Unix epoch
 */
export function withVerdict({ frauds, confirmed }: ConfirmedFrauds, verdict: Verdict, transactionId: string, at: number): ConfirmedFrauds {
  const transaction = longHash(transactionId)
  const place = placeOf(confirmed, transaction)
  if (verdict === 'confirmed_fraud') {
    if (place !== undefined) return { frauds, confirmed }
    return { frauds: addToRing(frauds, 2, at, 1), confirmed: [at, transaction, ...confirmed.slice(0, (MAX_CONFIRMED - 1) * 2)] }
  }
  if (place === undefined) return { frauds, confirmed }
  return { frauds: addToRing(frauds, 2, confirmed[place] as number, -1), confirmed: confirmed.toSpliced(place, 2) }
}

function placeOf(confirmed: readonly number[], transaction: number): number | undefined {
  for (let i = 0; i < confirmed.length; i += 2) if (confirmed[i + 1] === transaction) return i
  return undefined
}
