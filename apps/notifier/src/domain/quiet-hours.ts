/** When somebody wants to be left alone, as `HH:MM` by the clock on their wall; `to` may be on the next day. */
export interface QuietHours {
  readonly from: string
  readonly to: string
}

const minutesOfDay = 24 * 60
const minuteMs = 60_000

/**
 * When a message may go out that must not come in quiet hours.
 *
 * @param now milliseconds since the epoch
 * @param timeZone IANA; in one that is not known there are no quiet hours, for nobody knows when they would be
 * @returns the end of the quiet hours, milliseconds since the epoch; `now` outside of them
 */
export function afterQuietHours(now: number, quiet: QuietHours | null, timeZone: string): number {
  const [from, to] = [minutesOf(quiet?.from), minutesOf(quiet?.to)]
  const clock = clockOf(timeZone)
  if (from === undefined || to === undefined || from === to || clock === undefined) return now
  const sinceFrom = wrapped(clock(now) - from)
  const length = wrapped(to - from)
  if (sinceFrom >= length) return now
  const beginOfMinute = now - (now % minuteMs)
  const end = beginOfMinute + (length - sinceFrom) * minuteMs
  // A clock that is put forward or back meanwhile shows another time then.
  const off = wrapped(to - clock(end) + minutesOfDay / 2) - minutesOfDay / 2
  const mended = end + off * minuteMs
  // An hour that is left out in spring never comes: the end is where the clock jumps over it.
  return clock(mended) === to ? mended : Math.max(end, mended)
}

function minutesOf(text: string | undefined): number | undefined {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text ?? '') ?? []
  return hours === undefined ? undefined : Number(hours) * 60 + Number(minutes)
}

function wrapped(minutes: number): number {
  return ((minutes % minutesOfDay) + minutesOfDay) % minutesOfDay
}

const clocks = new Map<string, Intl.DateTimeFormat>()

/** What the clock shows at a moment, in minutes since midnight; undefined for a zone that is none. */
function clockOf(timeZone: string): ((at: number) => number) | undefined {
  let format = clocks.get(timeZone)
  if (format === undefined) {
    try {
      format = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone })
    } catch (error) {
      if (error instanceof RangeError) return undefined
      throw error
    }
    clocks.set(timeZone, format)
  }
  const { format: write } = format
  return (at) => minutesOf(write(at)) ?? 0
}
