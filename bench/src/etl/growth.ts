import { median, rounded } from '../statistics.js'

/** Rows that were done at a time. */
export interface Far {
  readonly at: number
  readonly done: number
}

/** How a process' memory went along a table, in MiB. */
export interface Course {
  /** After the first tenth: the median over the second one. */
  readonly earlyMb: number
  /** The median over the last tenth. */
  readonly lateMb: number
  /** The one by the other. */
  readonly growth: number
}

/**
 * Memory early and late. Medians, because a heap goes up and down with its collector.
 *
 * @param rows of the table
 * @throws Error when the table was over before its memory could be looked at
 */
export function growthOf(far: readonly Far[], usage: readonly { readonly at: number; readonly rssMb: number }[], rows: number): Course {
  const between = (from: number, to: number): number => {
    const began = far.find(({ done }) => done >= rows * from)?.at ?? Number.POSITIVE_INFINITY
    const ended = far.find(({ done }) => done >= rows * to)?.at ?? Number.NEGATIVE_INFINITY
    return median(usage.filter(({ at }) => at >= began && at <= ended).map(({ rssMb }) => rssMb))
  }
  const [earlyMb, lateMb] = [between(0.1, 0.2), between(0.9, 1)]
  if (Number.isNaN(earlyMb) || Number.isNaN(lateMb)) throw new Error('the table was over before memory could be looked at: more rows are needed')
  return { earlyMb: rounded(earlyMb), lateMb: rounded(lateMb), growth: rounded(lateMb / earlyMb) }
}
