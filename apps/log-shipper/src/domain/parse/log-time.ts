import type { Zone } from './zone.js'

/** Number of the month from 0, by the first three letters of its English name. */
const months: Readonly<Record<string, number>> = { Jan: 0, Feb: 1, Mar: 2, Apr: 3, May: 4, Jun: 5, Jul: 6, Aug: 7, Sep: 8, Oct: 9, Nov: 10, Dec: 11 }

const zero = 48

/** The digit at an index; NaN where there is none. */
function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - zero
  return value >= 0 && value <= 9 ? value : Number.NaN
}

/** The number of two digits at an index; NaN where there is none. */
export function twoDigits(text: string, at: number): number {
  return digit(text, at) * 10 + digit(text, at + 1)
}

function fourDigits(text: string, at: number): number {
  return twoDigits(text, at) * 100 + twoDigits(text, at + 2)
}

/** Milliseconds since the epoch as if the parts were UTC; NaN for a time that no clock shows. A leap second is the next one's first. */
function instant(year: number, month: number | undefined, day: number, hour: number, minute: number, second: number): number {
  if (month === undefined || !(month >= 0 && month <= 11 && day >= 1 && hour <= 23 && minute <= 59 && second <= 60)) return Number.NaN
  const time = Date.UTC(year, month, day, hour, minute, second)
  // A 31st of a month that has none is rolled over by Date.UTC.
  return day > 28 && new Date(Date.UTC(year, month, day)).getUTCDate() !== day ? Number.NaN : time
}

/** Length of a time of the Common Log Format. */
export const clfLength = 26

/** A time of the Common Log Format at an index, such as `10/Oct/2000:13:55:36 -0700`, in milliseconds since the epoch; NaN where there is none. */
export function clfTime(text: string, at: number): number {
  const sign = text.charCodeAt(at + 21)
  if (text.charCodeAt(at + 2) !== 47 || text.charCodeAt(at + 11) !== 58 || (sign !== 43 && sign !== 45)) return Number.NaN
  const local = instant(fourDigits(text, at + 7), months[text.slice(at + 3, at + 6)], twoDigits(text, at), twoDigits(text, at + 12), twoDigits(text, at + 15), twoDigits(text, at + 18))
  const offset = (twoDigits(text, at + 22) * 60 + twoDigits(text, at + 24)) * 60_000
  return sign === 45 ? local + offset : local - offset
}

/** Whether a time of the Common Log Format stands at an index, be it one that exists or not. */
export function looksLikeClfTime(text: string, at: number): boolean {
  return text.charCodeAt(at + 2) === 47 && text.charCodeAt(at + 6) === 47 && text.charCodeAt(at + 11) === 58 && text.charCodeAt(at + 20) === 32 && text.charCodeAt(at + clfLength) === 93
}

/** nginx's `2016/10/25 14:49:34` at the beginning; NaN where there is none. */
export function nginxErrorTime(text: string, zone: Zone): number {
  return zone.toUtc(instant(fourDigits(text, 0), twoDigits(text, 5) - 1, twoDigits(text, 8), twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17)))
}

/** Apache's `Mon Dec 26 16:15:55.103786 2016`, with or without a fraction; NaN for anything else. */
export function apacheErrorTime(text: string, zone: Zone): number {
  const clock = text.indexOf(':') - 2
  if (clock < 8) return Number.NaN
  const day = text.charCodeAt(clock - 3) === 32 ? digit(text, clock - 2) : twoDigits(text, clock - 3)
  const year = text.length - 4
  const fraction = text.charCodeAt(clock + 8) === 46 ? fractionMs(text, clock + 9) : 0
  return zone.toUtc(instant(fourDigits(text, year), months[text.slice(4, 7)], day, twoDigits(text, clock), twoDigits(text, clock + 3), twoDigits(text, clock + 6)) + fraction)
}

/** Milliseconds that the digits of a fraction of a second are; what is below a millisecond is left out. */
function fractionMs(text: string, at: number): number {
  let ms = 0
  for (let i = 0, weight = 100; i < 3; i++, weight /= 10) {
    const value = digit(text, at + i)
    if (Number.isNaN(value)) break
    ms += value * weight
  }
  return ms
}

/**
 * A time of RFC 3339 (`2026-11-29T10:00:00.123456Z`, a blank in place of the T allowed).
 *
 * @param zone that of a time without one
 * @returns milliseconds since the epoch, NaN for anything else
 */
export function rfc3339Time(text: string, zone: Zone): number {
  const separator = text.charCodeAt(10)
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45 || (separator !== 84 && separator !== 116 && separator !== 32)) return Number.NaN
  if (text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return Number.NaN
  let local = instant(fourDigits(text, 0), twoDigits(text, 5) - 1, twoDigits(text, 8), twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17))
  let end = 19
  const point = text.charCodeAt(end)
  if (point === 46 || point === 44) {
    local += fractionMs(text, ++end)
    while (!Number.isNaN(digit(text, end))) end++
  }
  const rest = text.slice(end)
  if (rest === 'Z' || rest === 'z') return local
  if (rest === '') return zone.toUtc(local)
  const sign = rest.charCodeAt(0)
  if (sign !== 43 && sign !== 45) return Number.NaN
  const minutes = rest.length === 6 && rest.charCodeAt(3) === 58 ? twoDigits(rest, 4) : rest.length === 5 ? twoDigits(rest, 3) : rest.length === 3 ? 0 : Number.NaN
  const offset = (twoDigits(rest, 1) * 60 + minutes) * 60_000
  return sign === 45 ? local + offset : local - offset
}

const dayMs = 86_400_000

/**
 * RFC 3164's `Oct  7 13:55:36` at an index, which has no year: it is the year in which it is not more than a day ahead
 * of the clock, and else the last one.
 *
 * @param now milliseconds since the epoch
 */
export function rfc3164Time(text: string, at: number, zone: Zone, now: number): number {
  const day = text.charCodeAt(at + 4) === 32 ? digit(text, at + 5) : twoDigits(text, at + 4)
  if (text.charCodeAt(at + 3) !== 32 || text.charCodeAt(at + 6) !== 32 || text.charCodeAt(at + 9) !== 58 || text.charCodeAt(at + 12) !== 58) return Number.NaN
  const inYear = (year: number) => zone.toUtc(instant(year, months[text.slice(at, at + 3)], day, twoDigits(text, at + 7), twoDigits(text, at + 10), twoDigits(text, at + 13)))
  // Of the 29th of February the last one there was, up to eight years ago.
  const first = new Date(now + dayMs).getUTCFullYear() + 1
  for (let year = first; year > first - 10; year--) {
    const time = inYear(year)
    if (time <= now + dayMs) return time
  }
  return Number.NaN
}

let last = { ms: 0, text: '1970-01-01T00:00:00.000Z' }

/** As documents have it: ISO 8601, UTC, milliseconds. Lines of the same second come together, and making the text is slow. */
export function isoTime(ms: number): string {
  if (ms !== last.ms) last = { ms, text: new Date(ms).toISOString() }
  return last.text
}
