/** What a clock on the wall shows. */
export interface LocalTime {
  /** 0 to 23. */
  hour: number
  /** 0 is Sunday, 6 is Saturday. */
  weekday: number
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Offsets from UTC during one UTC day; `at` is where the second one begins, at the day's end when there is no second. */
interface DayOffsets { before: number; at: number; after: number }

/** A zone's days that were asked for; undefined for a name that is no time zone. */
interface Zone { format: Intl.DateTimeFormat; days: Map<number, DayOffsets> }

const zones = new Map<string, Zone | undefined>()
/** Names that are no zone come from outside, so that their number must be bounded too. */
const MAX_ZONES = 1_000
const MAX_DAYS = 400

/**
 * The local time of an instant, by the rules of a time zone, also over changes of daylight saving time. Intl is asked a
 * few times a zone and day, and not again: it takes microseconds.
 *
 * @param timeZone IANA name
 * @returns undefined when that is no time zone
 */
export function localTime(at: number, timeZone: string): LocalTime | undefined {
  const zone = zoneOf(timeZone)
  if (zone === undefined) return undefined
  const day = Math.floor(at / DAY_MS)
  let offsets = zone.days.get(day)
  if (offsets === undefined) {
    if (zone.days.size >= MAX_DAYS) zone.days.clear()
    zone.days.set(day, (offsets = offsetsOf(day, zone.format)))
  }
  const local = at + (at < offsets.at ? offsets.before : offsets.after)
  const localDay = Math.floor(local / DAY_MS)
  // 1970-01-01 was a Thursday
  return { hour: Math.floor((local - localDay * DAY_MS) / HOUR_MS), weekday: (((localDay + 4) % 7) + 7) % 7 }
}

function zoneOf(timeZone: string): Zone | undefined {
  if (zones.has(timeZone)) return zones.get(timeZone)
  if (zones.size >= MAX_ZONES) zones.clear()
  let zone: Zone | undefined
  try {
    zone = { format: formatOf(timeZone), days: new Map() }
  } catch (error) {
    // what Intl says of a name that is no time zone
    if (!(error instanceof RangeError)) throw error
  }
  zones.set(timeZone, zone)
  return zone
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric',
  })
}

/** Zones change their offset at most once a day; when, is found by halving. */
function offsetsOf(day: number, format: Intl.DateTimeFormat): DayOffsets {
  let low = day * DAY_MS
  let high = low + DAY_MS
  const before = offsetAt(low, format)
  const after = offsetAt(high, format)
  if (before === after) return { before, at: high, after }
  while (high - low > 1_000) {
    const middle = Math.floor((low + high) / 2_000) * 1_000
    if (offsetAt(middle, format) === before) low = middle
    else high = middle
  }
  return { before, at: high, after }
}

/** @param at a whole second */
function offsetAt(at: number, format: Intl.DateTimeFormat): number {
  const part: Record<string, number> = {}
  for (const { type, value } of format.formatToParts(at)) part[type] = Number(value)
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = part
  return Date.UTC(year, month - 1, day, hour, minute, second) - at
}
