/**
 * Counts and sums over sliding windows of event time, in bounded space: one array of whole numbers, as it stands in
 * Avro (`array` of `long`).
 *
 * Events are added up in buckets that grow with age. A window is made of about ten to thirty of its own buckets; a
 * bucket keeps its width until no window that needs it can reach it any more, and then becomes part of a wider one:
 *
 * | window | 1 min | 10 min | 1 h | 1 d | 7 d | 30 d |
 * | --- | --- | --- | --- | --- | --- | --- |
 * | bucket | 6 s | 1 min | 6 min | 1 h | 6 h | 1 d |
 *
 * Only buckets that hold something are kept, newest first, as `stride` numbers each: how many units of 6 s it starts
 * before the bucket in front of it (the first: since the Unix epoch), and then what was added up in it.
 *
 * Promises, each held by a test:
 * - A window is never too short, and too long by at most one of its buckets, when it is read at a time up to `SHARP_MS`
 *   before the newest event. At its near end it takes in the whole bucket of 6 s that the time lies in. Read at an
 *   older time, both ends are rounded outwards to the buckets kept at that age (at an age of a day: 6 h).
 * - The same events in any order make the same ring.
 * - A ring never has more than `MAX_BUCKETS` buckets. What lies more than 30 d and some hours before the newest event
 *   is forgotten, or never taken in.
 */

/** Sliding windows, by the suffix that features carry. */
export const windowNames = ['1m', '10m', '1h', '1d', '7d', '30d'] as const
export type WindowName = (typeof windowNames)[number]

const UNIT_MS = 6_000
/** Length of each window, in units. */
const lengths = [10, 100, 600, 14_400, 100_800, 432_000] as const
/** Width of each window's buckets, in units. Each is a multiple of the one before: buckets merge without a rest. */
const widths = [1, 10, 60, 600, 3_600, 14_400] as const
const WINDOWS = windowNames.length

/** Length and bucket of each window, in milliseconds. */
export const windowSizes: readonly { name: WindowName; ms: number; bucketMs: number }[] = windowNames.map((name, window) => ({
  name, ms: (lengths[window] as number) * UNIT_MS, bucketMs: (widths[window] as number) * UNIT_MS,
}))

/** How far before the newest event a window can be read with an error of one bucket. */
export const SHARP_MS = 600_000
const SHARP = SHARP_MS / UNIT_MS

/** Most buckets a ring can have: one in every 6 s, the older ones merged. */
export const MAX_BUCKETS = 241

/** Sums stop here: the greatest whole number that neither Avro's readers nor a double get wrong. */
const MAX_SUM = Number.MAX_SAFE_INTEGER

/** `cuts[k]`: what starts before it is kept in buckets wider than `widths[k]`, or forgotten. */
type Cuts = Float64Array
const cuts: Cuts = new Float64Array(WINDOWS)
const cutsBefore: Cuts = new Float64Array(WINDOWS)

/** Aligned to the wider bucket, so that one is never half merged. */
function cutAt(newest: number, into: Cuts): void {
  for (let k = 0; k < WINDOWS; k++) {
    const width = widths[k < WINDOWS - 1 ? k + 1 : k] as number
    into[k] = Math.floor((newest - (lengths[k] as number) - SHARP) / width) * width
  }
}

// A ring is put together here and then copied at its exact size: arrays that grow keep room that 1 M cards would pay for.
const draft: number[] = Array.from({ length: (MAX_BUCKETS + 1) * 4 }, () => 0.5)

/** What was added up in each window, the shortest window first. What a ring has no column for is 0. */
export interface WindowSums {
  /** The first column: in each ring a count. */
  readonly counts: Int32Array
  readonly second: Float64Array
  readonly third: Float64Array
}

export const windowSums = (): WindowSums => ({ counts: new Int32Array(WINDOWS), second: new Float64Array(WINDOWS), third: new Float64Array(WINDOWS) })

const unread = windowSums()

/**
 * The ring with one more event. On the way it reads the windows that end at the event's time, as `readRing` does and
 * without the event: it is the same walk.
 *
 * @param stride numbers a bucket: one more than are added up (2 to 4)
 * @param at event time, milliseconds since the Unix epoch
 * @param before gets what was in the windows
 */
export function addToRing(
  ring: readonly number[], stride: 2 | 3 | 4, at: number, first: number, second = 0, third = 0, before: WindowSums = unread,
): number[] {
  const unit = Math.floor(at / UNIT_MS)
  const newestBefore = ring.length === 0 ? unit : (ring[0] as number)
  cutAt(newestBefore, cutsBefore)
  cutAt(Math.max(unit, newestBefore), cuts)
  const mine = bucketOf(unit)
  let pending = mine !== undefined
  let length = 0
  let last = Number.NaN
  let start = 0
  let tier = 0
  let tierBefore = 0
  let window = 0
  let sum1 = 0
  let sum2 = 0
  let sum3 = 0
  // the next start at which a tier or a window ends
  let border = Infinity
  for (let i = 0; i < ring.length; ) {
    const next = i === 0 ? (ring[0] as number) : start - (ring[i] as number)
    if (next < border) {
      while (tier < WINDOWS && next < (cuts[tier] as number)) tier++
      if (tier === WINDOWS) break
      while (tierBefore < WINDOWS - 1 && next < (cutsBefore[tierBefore] as number)) tierBefore++
      const width = widths[tierBefore] as number
      while (window < WINDOWS && next + width <= edgeOf(unit, window)) tell(before, window++, sum1, sum2, sum3)
      border = Math.max(cuts[tier] as number, tierBefore < WINDOWS - 1 ? (cutsBefore[tierBefore] as number) : 0, window < WINDOWS ? edgeOf(unit, window) - width + 1 : 0)
    }
    if (!pending && tier === tierBefore && next !== last && next <= unit) {
      // most of the walk: the bucket stays as it is, which takes a third of the time of what follows
      draft[length] = length === 0 ? next : last - next
      draft[length + 1] = ring[i + 1] as number
      sum1 += ring[i + 1] as number
      if (stride > 2) {
        draft[length + 2] = ring[i + 2] as number
        sum2 += ring[i + 2] as number
      }
      if (stride > 3) {
        draft[length + 3] = ring[i + 3] as number
        sum3 += ring[i + 3] as number
      }
      length += stride
      last = next
      start = next
      i += stride
      continue
    }
    const aligned = tier === tierBefore ? next : alignTo(widths[tier] as number, next)
    const isMine = pending && (mine as number) >= aligned
    const begins = isMine ? (mine as number) : aligned
    const one = isMine ? first : (ring[i + 1] as number)
    const two = stride < 3 ? 0 : isMine ? second : (ring[i + 2] as number)
    const three = stride < 4 ? 0 : isMine ? third : (ring[i + 3] as number)
    if (begins === last) {
      const same = length - stride
      draft[same + 1] = sumOf(draft[same + 1] as number, one)
      if (stride > 2) draft[same + 2] = sumOf(draft[same + 2] as number, two)
      if (stride > 3) draft[same + 3] = sumOf(draft[same + 3] as number, three)
    } else {
      draft[length] = length === 0 ? begins : last - begins
      draft[length + 1] = one
      if (stride > 2) draft[length + 2] = two
      if (stride > 3) draft[length + 3] = three
      length += stride
      last = begins
    }
    if (isMine) {
      pending = false
      continue
    }
    if (next <= unit) {
      sum1 += one
      sum2 += two
      sum3 += three
    }
    start = next
    i += stride
  }
  while (window < WINDOWS) tell(before, window++, sum1, sum2, sum3)
  if (pending) {
    draft[length] = length === 0 ? (mine as number) : last - (mine as number)
    draft[length + 1] = first
    draft[length + 2] = second
    draft[length + 3] = third
    length += stride
  }
  return draft.slice(0, length)
}

/** Before which unit a window that ends with this one begins. */
function edgeOf(unit: number, window: number): number {
  return unit - (lengths[window] as number)
}

function tell(sums: WindowSums, window: number, one: number, two: number, three: number): void {
  sums.counts[window] = one
  sums.second[window] = two
  sums.third[window] = three
}

function alignTo(width: number, start: number): number {
  return Math.floor(start / width) * width
}

function sumOf(a: number, b: number): number {
  const sum = a + b
  return sum < MAX_SUM ? sum : MAX_SUM
}

/** Start of the bucket an event belongs to; undefined when it is too old for any. */
function bucketOf(unit: number): number | undefined {
  for (let tier = 0; tier < WINDOWS; tier++) {
    if (unit >= (cuts[tier] as number)) return alignTo(widths[tier] as number, unit)
  }
  return undefined
}

/**
 * What was added up in each window that ends at a time. Events after that time (later by more than its bucket) are not
 * in it.
 *
 * @param sums gets it, and is returned
 */
export function readRing(ring: readonly number[], stride: 2 | 3 | 4, at: number, sums: WindowSums = windowSums()): WindowSums {
  if (ring.length > 0) cutAt(ring[0] as number, cuts)
  const unit = Math.floor(at / UNIT_MS)
  let one = 0
  let two = 0
  let three = 0
  let window = 0
  let tier = 0
  let start = 0
  for (let i = 0; i < ring.length && window < WINDOWS; i += stride) {
    start = i === 0 ? (ring[0] as number) : start - (ring[i] as number)
    while (tier < WINDOWS - 1 && start < (cuts[tier] as number)) tier++
    const end = start + (widths[tier] as number)
    while (window < WINDOWS && end <= edgeOf(unit, window)) tell(sums, window++, one, two, three)
    if (start > unit) continue
    one += ring[i + 1] as number
    if (stride > 2) two += ring[i + 2] as number
    if (stride > 3) three += ring[i + 3] as number
  }
  while (window < WINDOWS) tell(sums, window++, one, two, three)
  return sums
}

/** What was counted after one time, up to another. The bucket that the first lies in is left out, and what the ring has forgotten. */
export function countAfter(ring: readonly number[], stride: 2 | 3 | 4, after: number, upTo: number): number {
  const from = Math.floor(after / UNIT_MS)
  const to = Math.floor(upTo / UNIT_MS)
  let count = 0
  let start = 0
  for (let i = 0; i < ring.length; i += stride) {
    start = i === 0 ? (ring[0] as number) : start - (ring[i] as number)
    if (start <= from) break
    if (start <= to) count += ring[i + 1] as number
  }
  return count
}

/** Start, in milliseconds, of the first bucket with a count in the 30 days up to a time; undefined when there is none. */
export function firstInRing(ring: readonly number[], stride: 2 | 3 | 4, at: number): number | undefined {
  const to = Math.floor(at / UNIT_MS)
  const edge = edgeOf(to, WINDOWS - 1)
  let first: number | undefined
  let start = 0
  for (let i = 0; i < ring.length; i += stride) {
    start = i === 0 ? (ring[0] as number) : start - (ring[i] as number)
    if (start <= edge) break
    // a bucket whose frauds were taken back stays, with 0
    if (start <= to && (ring[i + 1] as number) > 0) first = start
  }
  return first === undefined ? undefined : first * UNIT_MS
}
