/** A moment as a clock on the customer's wall shows it. */
export interface LocalTime {
  /** `3 March 2026 at 14:05 CET` */
  readonly full: string
  /** `3 Mar 14:05` */
  readonly brief: string
}

const formats = new Map<string, { full: Intl.DateTimeFormat; brief: Intl.DateTimeFormat }>()

/**
 * @param at milliseconds since the epoch
 * @param timeZone IANA; one that is not known, or null, is UTC, and both texts then say so
 */
export function localTime(at: number, timeZone: string | null): LocalTime {
  const zone = timeZone !== null && isTimeZone(timeZone) ? timeZone : null
  const { full, brief } = formatsOf(zone ?? 'UTC')
  return { full: full.format(at), brief: brief.format(at).replace(',', '') + (zone === null ? ' UTC' : '') }
}

function isTimeZone(name: string): boolean {
  if (formats.has(name)) return true
  try {
    formatsOf(name)
    return true
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

/** Formats are expensive to make and there are some 400 zones. */
function formatsOf(timeZone: string): { full: Intl.DateTimeFormat; brief: Intl.DateTimeFormat } {
  let pair = formats.get(timeZone)
  if (!pair) {
    const clock = { hour: '2-digit', minute: '2-digit', timeZone } as const
    pair = {
      full: new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZoneName: 'short', ...clock }),
      brief: new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', ...clock }),
    }
    formats.set(timeZone, pair)
  }
  return pair
}
