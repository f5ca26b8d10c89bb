/** A place in the order of changes: of a time, the rows up to a key, or none of them. */
export interface Watermark {
  /** As the server writes the time, with all digits of the column's fraction: texts are in the order of times. */
  readonly change: string
  readonly key: readonly string[] | null
}

/**
 * The watermark after a page of changed rows, which were read in the order of time and key. It never passes `bound`,
 * before which nothing can be committed any more, and never goes back.
 *
 * @param last the last row of the page when others follow; null when it was the last page
 */
export function nextWatermark(before: Watermark, last: Watermark | null, bound: string): Watermark {
  // A row at or after the bound says that all before the bound were read.
  const next = last !== null && last.change < bound ? last : { change: bound, key: null }
  const back = next.change < before.change || (next.change === before.change && next.key === null)
  return back ? before : next
}
