/**
 * Names a card was seen with (countries, merchants, categories), as one array of whole numbers (Avro: `array` of
 * `int`): the last seen first, two numbers each: days before the one in front of it (the first: since the Unix epoch,
 * UTC days of event time), and `shortHash` of the name.
 *
 * At its bound a set forgets the name that was not seen for longest; that name is new when it is seen again. The same
 * sightings in any order make the same set. Hashes can collide: with 32 names known, one in 65,000 new ones is taken
 * for a known one.
 */
export type Known = number[]

const DAY_MS = 86_400_000

export function isKnown(known: readonly number[], code: number): boolean {
  for (let i = 1; i < known.length; i += 2) if (known[i] === code) return true
  return false
}

const draft: number[] = Array.from({ length: 64 }, () => 0)

/** The set after a sighting. It is the same array when nothing changes, as for the second use of a day. */
export function sawOne(known: Known, code: number, at: number, bound: number): Known {
  const day = Math.floor(at / DAY_MS)
  const most = bound * 2
  let length = 0
  let last = 0
  let time = 0
  let pending = true
  for (let i = 0; i < known.length && length < most; i += 2) {
    time = i === 0 ? (known[0] as number) : time - (known[i] as number)
    const other = known[i + 1] as number
    if (other === code) {
      if (time >= day) return known
      continue
    }
    if (pending && (day > time || (day === time && code > other))) {
      pending = false
      draft[length] = length === 0 ? day : last - day
      draft[length + 1] = code
      length += 2
      last = day
      if (length === most) break
    }
    draft[length] = length === 0 ? time : last - time
    draft[length + 1] = other
    length += 2
    last = time
  }
  if (pending) {
    if (length === most) return known
    draft[length] = length === 0 ? day : last - day
    draft[length + 1] = code
    length += 2
  }
  return draft.slice(0, length)
}
