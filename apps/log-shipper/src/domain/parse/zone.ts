/** A time zone, as far as times that are logged without one need it. */
export interface Zone {
  /** An IANA name, or an offset such as -02:00. */
  readonly name: string
  /**
   * @param local a time of the zone's clocks, as milliseconds since the Unix epoch as if it were UTC
   * @returns the same time, as milliseconds since the Unix epoch. A time that the clocks show twice is the later one or
   * the earlier one, one that they skip is moved by the hour: nothing in the log tells.
   */
  toUtc(local: number): number
}

const hourMs = 3_600_000

export const utc: Zone = { name: 'UTC', toUtc: (local) => local }

/** @param name `UTC`, `Z`, an offset such as +05:30, or an IANA name such as Europe/Berlin @returns undefined when there is no such zone */
export function zoneOf(name: string): Zone | undefined {
  if (name === 'UTC' || name === 'Z') return utc
  const offset = /^([+-])(\d\d):?(\d\d)$/.exec(name)
  if (offset !== null) return fixedZone(offset[1] === '-' ? -1 : 1, Number(offset[2]), Number(offset[3]))
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone: name, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' })
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
  return namedZone(format.resolvedOptions().timeZone, format)
}

function fixedZone(sign: number, hours: number, minutes: number): Zone | undefined {
  if (hours > 18 || minutes > 59) return undefined
  const offset = sign * (hours * 60 + minutes) * 60_000
  const two = (number: number) => String(number).padStart(2, '0')
  return { name: `${sign < 0 ? '-' : '+'}${two(hours)}:${two(minutes)}`, toUtc: (local) => local - offset }
}

/** The offset is asked once for each quarter of an hour of the log: zones change theirs at quarters, and asking is slow. */
function namedZone(name: string, format: Intl.DateTimeFormat): Zone {
  const offsetAt = (instant: number) => {
    const parts: Record<string, number> = {}
    for (const { type, value } of format.formatToParts(instant)) parts[type] = Number(value)
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000
  }
  let quarter = Number.NaN
  let offset = 0
  return {
    name,
    toUtc(local) {
      const itsQuarter = Math.floor(local / (hourMs / 4))
      if (itsQuarter !== quarter) {
        quarter = itsQuarter
        // The offset at the instant that the first guess gives is the right one but within an hour of a change.
        offset = offsetAt(local - offsetAt(local))
      }
      return local - offset
    },
  }
}
