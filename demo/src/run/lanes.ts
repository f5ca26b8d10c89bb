/** A swipe with the key that keeps its order. */
export interface Job<T> {
  readonly key: string
  readonly work: T
}

/**
 * Does jobs at the same time, those of one key one after the other: a card's swipes arrive in the order in which they
 * were made. Takes no more from the source than it can do soon.
 */
export async function inLanes<T>(source: AsyncIterable<Job<T>> | Iterable<Job<T>>, lanes: number, perform: (work: T) => Promise<void>): Promise<void> {
  const tails = Array.from({ length: lanes }, () => Promise.resolve())
  const waiting = Array.from({ length: lanes }, () => 0)
  let failure: unknown
  for await (const { key, work } of source) {
    if (failure !== undefined) break
    const lane = hash(key) % lanes
    if ((waiting[lane] ?? 0) >= 8) await tails[lane]
    waiting[lane] = (waiting[lane] ?? 0) + 1
    tails[lane] = (tails[lane] ?? Promise.resolve())
      .then(() => perform(work))
      .catch((error: unknown) => {
        failure ??= error
      })
      .finally(() => {
        waiting[lane] = (waiting[lane] ?? 1) - 1
      })
  }
  await Promise.all(tails)
  if (failure !== undefined) throw failure
}

/** FNV-1a, 32 bits (draft-eastlake-fnv). */
function hash(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return h >>> 0
}
