import type { FraudFeedback, Verdict } from '@swipestream/contracts'
import { longHash } from './hash.js'
import { NO_AMOUNT } from './recent.js'
import { referenceAmountOf } from './reference-amount.js'
import { addToRing } from './ring.js'

/**
 * What people said of a card's or a terminal's transactions. A verdict counts from the moment it was given, not from
 * that of its transaction: nobody knew it before.
 */
export interface ConfirmedFrauds {
  /** Ring of confirmed frauds by the time of the confirmation, 2 numbers a bucket. */
  readonly frauds: number[]
  /**
   * The last confirmed ones, newest first by arrival, 4 numbers each: time of the confirmation, `longHash` of the
   * transaction's id, its event time (when it is not known: the confirmation's), its reference cents (-1 without a rate,
   * and when its amount is not known).
   */
  readonly confirmed: number[]
}

/** The transaction a verdict is on, as far as the verdict tells. */
export type JudgedTransaction = Pick<FraudFeedback, 'transaction_id' | 'transaction_occurred_at' | 'amount_minor' | 'currency'>

/** How many confirmed frauds are known by their transaction: one of these is not counted twice, and can be taken back. */
export const MAX_CONFIRMED = 32
const STRIDE = 4

/**
 * The frauds after a verdict on a transaction. A fraud said again, and a verdict `legitimate` on what is not remembered
 * as a fraud, change nothing.
 *
 * @param at when it was given, milliseconds since the Unix epoch
 */
export function withVerdict({ frauds, confirmed }: ConfirmedFrauds, verdict: Verdict, tx: JudgedTransaction, at: number): ConfirmedFrauds {
  const transaction = longHash(tx.transaction_id)
  const place = placeOf(confirmed, transaction)
  if (verdict === 'confirmed_fraud') {
    if (place !== undefined) return { frauds, confirmed }
    const cents = referenceAmountOf(tx) ?? NO_AMOUNT
    return {
      frauds: addToRing(frauds, 2, at, 1),
      confirmed: [at, transaction, tx.transaction_occurred_at ?? at, cents, ...confirmed.slice(0, (MAX_CONFIRMED - 1) * STRIDE)],
    }
  }
  if (place === undefined) return { frauds, confirmed }
  return { frauds: addToRing(frauds, 2, confirmed[place] as number, -1), confirmed: confirmed.toSpliced(place, STRIDE) }
}

function placeOf(confirmed: readonly number[], transaction: number): number | undefined {
  for (let i = 0; i < confirmed.length; i += STRIDE) if (confirmed[i + 1] === transaction) return i
  return undefined
}

const MONTH_MS = 30 * 86_400_000

export interface KnownFrauds {
  /** Greatest event time of them, milliseconds since the Unix epoch; undefined when there is none. */
  readonly lastAt: number | undefined
  /** Their mean amount in reference cents; undefined when none has one. */
  readonly meanCents: number | undefined
}

/** What is known of the frauds that were confirmed in the 30 days up to a time, of the last `MAX_CONFIRMED`. */
export function knownFrauds({ confirmed }: Pick<ConfirmedFrauds, 'confirmed'>, at: number): KnownFrauds {
  let lastAt: number | undefined
  let sum = 0
  let count = 0
  for (let i = 0; i < confirmed.length; i += STRIDE) {
    const said = confirmed[i] as number
    if (said > at || said < at - MONTH_MS) continue
    const occurred = confirmed[i + 2] as number
    if (lastAt === undefined || occurred > lastAt) lastAt = occurred
    const cents = confirmed[i + 3] as number
    if (cents === NO_AMOUNT) continue
    sum += cents
    count++
  }
  return { lastAt, meanCents: count === 0 ? undefined : sum / count }
}
