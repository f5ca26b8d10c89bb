/**
 * A card's last transactions, as one array of whole numbers (Avro: `array` of `long`): newest first by event time, three
 * numbers each: milliseconds before the one in front of it (the first: since the Unix epoch), `longHash` of its id, and
 * its reference amount, or -1 for a currency without a rate.
 *
 * Kept are the newest `ALWAYS_KEPT`, and those up to `KEPT_MS` older than the newest, never more than `MAX_RECENT`. Which
 * ones depends on event times alone: the same transactions in any order leave the same list.
 */
export const ALWAYS_KEPT = 8
export const MAX_RECENT = 64
export const KEPT_MS = 3_600_000

const STRIDE = 3
export const NO_AMOUNT = -1

/** Whether a transaction is one of them: a duplicate. */
export function isRecent(recent: readonly number[], id: number): boolean {
  for (let i = 1; i < recent.length; i += STRIDE) if (recent[i] === id) return true
  return false
}

const draft: number[] = Array.from({ length: (MAX_RECENT + 1) * STRIDE }, () => 0.5)

/** The list with one more transaction, which must not be in it yet. */
export function addRecent(recent: readonly number[], at: number, id: number, amount: number): number[] {
  let length = 0
  let before = 0
  let newest = 0
  let time = 0
  let pending = true
  const keep = (keptAt: number, keptId: number, keptAmount: number): boolean => {
    if (length === 0) newest = keptAt
    const count = length / STRIDE
    if (count >= MAX_RECENT || (count >= ALWAYS_KEPT && newest - keptAt > KEPT_MS)) return false
    draft[length] = length === 0 ? keptAt : before - keptAt
    draft[length + 1] = keptId
    draft[length + 2] = keptAmount
    length += STRIDE
    before = keptAt
    return true
  }
  for (let i = 0; i < recent.length; i += STRIDE) {
    time = i === 0 ? (recent[0] as number) : time - (recent[i] as number)
    const otherId = recent[i + 1] as number
    if (pending && (at > time || (at === time && id > otherId))) {
      pending = false
      if (!keep(at, id, amount)) return draft.slice(0, length)
    }
    if (!keep(time, otherId, recent[i + 2] as number)) return draft.slice(0, length)
  }
  if (pending) keep(at, id, amount)
  return draft.slice(0, length)
}

export interface Before {
  /** Event time of the last transaction before; undefined when none is remembered. */
  lastAt: number | undefined
  /** Unbroken run of small amounts up to it: not above the limit, and not more than `KEPT_MS` from one to the next. */
  smallRun: number
}

/** What came right before a time, as far as it is remembered. One at the same millisecond came before. */
export function lookBack(recent: readonly number[], at: number, smallAmount: number): Before {
  const before: Before = { lastAt: undefined, smallRun: 0 }
  let time = 0
  let next = at
  for (let i = 0; i < recent.length; i += STRIDE) {
    time = i === 0 ? (recent[0] as number) : time - (recent[i] as number)
    if (time > at) continue
    before.lastAt ??= time
    const amount = recent[i + 2] as number
    if (next - time > KEPT_MS || amount > smallAmount || amount === NO_AMOUNT) break
    before.smallRun++
    next = time
  }
  return before
}
