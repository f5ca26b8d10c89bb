import type { Place, Transaction } from '@swipestream/contracts'
import { isOnEarth } from '../geo.js'
import { longHash, shortHash } from './hash.js'
import { referenceAmount } from './reference-amount.js'

/** A transaction as histories keep it: each name a number, the amount on the scale of all amounts. */
export interface Swipe {
  readonly tx: Transaction
  /** Event time, milliseconds since the Unix epoch. */
  readonly at: number
  readonly id: number
  /** Reference cents; undefined in a currency without a rate. */
  readonly cents: number | undefined
  readonly country: number | undefined
  readonly merchant: number
  readonly category: number | undefined
  /** Undefined without a place, and for one that is not on Earth. */
  readonly place: Place | undefined
}

export function swipeOf(tx: Transaction): Swipe {
  return {
    tx,
    at: tx.occurred_at,
    id: longHash(tx.transaction_id),
    cents: referenceAmount(tx.amount_minor, tx.currency),
    country: tx.country === null ? undefined : shortHash(tx.country),
    merchant: shortHash(tx.merchant_id),
    category: tx.merchant_category === null ? undefined : shortHash(tx.merchant_category),
    place: tx.place !== null && isOnEarth(tx.place) ? tx.place : undefined,
  }
}
