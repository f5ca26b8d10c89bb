/**
 * Names a card was seen with (countries, merchants, categories), as one array of whole numbers (Avro: `array` of
 * `int`): the last seen first, two numbers each: days before the one in front of it (the first: since the Unix epoch,
 * UTC days of event time), and `shortHash` of the name.
 *
 * At its bound a set forgets the name that was not seen for longest; that name is new when it is seen again. The same
 * sightings in any order make the same set. Hashes can collide: with 32 names known, one in 65,000 new ones is taken
 * for a known one.
 */
export type Known = readonly number[]

const DAY_MS = 86_400_000

export function isKnown(known: Known, code: number): boolean {
  for (let i = 1; i < known.length; i += 2) if (known[i] === code) return true
  return false
}

/** The set after a sighting. It is the same array when nothing changes, as for the second use of a day. */
export function sawOne(known: Known, code: number, at: number, bound: number): Known {
  const day = Math.floor(at / DAY_MS)
  const days: number[] = []
  const codes: number[] = []
  let last = 0
  for (let i = 0; i < known.length; i += 2) {
    last = i === 0 ? (known[0] as number) : last - (known[i] as number)
    if (known[i + 1] === code) {
      if (last >= day) return known
      continue
    }
    days.push(last)
    codes.push(known[i + 1] as number)
  }
  let place = 0
  while (place < days.length && isBefore(days[place] as number, codes[place] as number, day, code)) place++
  if (place >= bound) return known
  days.splice(place, 0, day)
  codes.splice(place, 0, code)
  const count = Math.min(bound, days.length)
  const next: number[] = []
  for (let i = 0; i < count; i++) next.push(i === 0 ? (days[0] as number) : (days[i - 1] as number) - (days[i] as number), codes[i] as number)
  return next.slice()
}

function isBefore(day: number, code: number, otherDay: number, otherCode: number): boolean {
  return day > otherDay || (day === otherDay && code > otherCode)
}
