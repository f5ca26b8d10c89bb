import type { FraudFeedback, Transaction } from '@swipestream/contracts'

/** A transaction to be judged, and what it was. */
export interface Swiped {
  readonly kind: 'transaction'
  readonly tx: Transaction
  /** What the figures count it as; null when nobody has said. Features know nothing of it. */
  readonly fraud: boolean | null
}

/** What somebody said of a transaction: features know it from here on. */
export interface Said {
  readonly kind: 'feedback'
  readonly feedback: FraudFeedback
}

/** What a backtest reads, in the order in which a service would have come to know of it. */
export type StreamEvent = Swiped | Said

/**
 * Where a transaction stands in time, in milliseconds since the Unix epoch: its event time, or its arrival when that was
 * earlier. A clock that is ahead must not pull labels of days to come before what follows.
 */
export function timeOf({ occurred_at, received_at }: Pick<Transaction, 'occurred_at' | 'received_at'>): number {
  return Math.min(occurred_at, received_at)
}
