import { DAY_MS, startOfDay } from '@swipestream/fraud-service/engine'

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
  const [first = '', last = '', ...more] = text.split('..')
  const [from, lastDay] = [startOfDay(first), startOfDay(last)]
  return from === undefined || lastDay === undefined || lastDay < from || more.length > 0 ? undefined : { text, from, end: lastDay + DAY_MS }
}

export const isWithin = (at: number, { from, end }: Days): boolean => at >= from && at < end
