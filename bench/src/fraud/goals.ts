import type { Goal } from '../goals.js'

/** Ours divided by the peer's; a part that was not measured has none. */
export interface Ratios {
  /** Transactions a second. */
  readonly vsKafkaStreams?: number
  /** From the append of a transaction to its alert, at three quarters of what ours reaches. */
  readonly p99VsKafkaStreams?: number
  /** From a swipe to its alert, against the same hops with nothing in them. */
  readonly swipeP99VsFloors?: number
}

/** What fraud-service promises of its speed. */
export const goals: Readonly<Record<keyof Ratios, Goal>> = {
  vsKafkaStreams: { least: 1 },
  p99VsKafkaStreams: { most: 1 },
  swipeP99VsFloors: { most: 2 },
}
