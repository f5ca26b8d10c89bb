import type { Goal } from '../goals.js'

/** What is held to a goal; a part that was not measured has none of it. */
export interface Held {
  /** MiB/s from file to topic, divided by those of the peer that has the most. */
  readonly shipVsBestPeer?: number
  /** Memory of log-shipper in the last fifth of a log, divided by that in the second one. */
  readonly memoryLateVsEarly?: number
}

/** What log-shipper promises of its speed. */
export const goals: Readonly<Record<keyof Held, Goal>> = {
  shipVsBestPeer: { least: 1 },
  memoryLateVsEarly: { most: 1.3 },
}
