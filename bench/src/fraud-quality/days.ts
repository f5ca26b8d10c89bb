export const DAY_MS = 86_400_000

/** A transaction's label is known so much later: what the Handbook assumes of investigations and chargebacks. */
export const LABEL_DELAY_MS = 7 * DAY_MS

/** Whole days, UTC. */
export interface Days {
  /** As written: first and last day, both included. */
  readonly text: string
  /** Milliseconds since the Unix epoch. */
  readonly from: number
  /** The first moment after them. */
  readonly end: number
}

/** `2018-07-25..2018-07-31` as a span; undefined for what is none. */
export function daysOf(text: string): Days | undefined {
  const [, first, last] = /^(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)$/.exec(text) ?? []
  const from = Date.parse(`${first}T00:00:00Z`)
  const end = Date.parse(`${last}T00:00:00Z`) + DAY_MS
  return end > from ? { text, from, end } : undefined
}

export const isWithin = (at: number, { from, end }: Days): boolean => at >= from && at < end

/** The day of a moment, counted from the Unix epoch. */
export const dayOf = (at: number): number => Math.floor(at / DAY_MS)
