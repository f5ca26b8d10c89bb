import { clfLength, clfTime, looksLikeClfTime } from './log-time.js'
import type { ParseReason } from './parser.js'
import { closingQuote } from './quoted.js'

/** The fields of an access log that nginx and Apache write in one order; undefined: not logged, or `-`. */
export interface AccessLine {
  /** What stands before the time: addresses, host, user. */
  readonly before: string
  /** Milliseconds since the Unix epoch. */
  readonly time: number
  /** As logged, without its quotes. */
  readonly request: string
  readonly status: number | undefined
  /** Of the body. */
  readonly bytes: number | undefined
  /** A bare number after the bytes, as logged. */
  readonly number: string | undefined
  /** As logged, `-` included. */
  readonly referrer: string | undefined
  /** As logged, `-` included. */
  readonly userAgent: string | undefined
  /** What comes after the fields above. */
  readonly after: string
}

/**
 * Finds the fields of `… [time] "request" status bytes "referrer" "user agent" …`.
 *
 * The time is the first one in brackets that an opening quote follows. A user name may hold a forged time; it cannot
 * hold such a quote, since servers escape the quotes of what clients send.
 */
export function accessLine(line: string, truncated: boolean): AccessLine | ParseReason {
  const bracket = timeBracket(line)
  if (bracket < 0) return 'format'
  const begin = bracket + clfLength + 4
  const end = closingQuote(line, begin)
  if (end < 0) return 'format'
  const status = word(line, end + 2)
  const bytes = word(line, status.end + 1)
  if (!isCountOrDash(status.text) || status.text.length > 3 || !isCountOrDash(bytes.text)) return 'format'
  const time = clfTime(line, bracket + 1)
  if (Number.isNaN(time)) return 'time'
  let at = bytes.end + 1
  const third = word(line, at)
  const number = isNumber(third.text) ? third.text : undefined
  if (number !== undefined) at = third.end + 1
  const referrer = quoted(line, at, truncated)
  if (referrer !== undefined) at = referrer.end + 2
  const userAgent = referrer === undefined ? undefined : quoted(line, at, truncated)
  if (userAgent !== undefined) at = userAgent.end + 2
  return {
    before: line.slice(0, Math.max(0, bracket - 1)),
    time,
    request: line.slice(begin, end),
    status: count(status.text),
    bytes: count(bytes.text),
    number,
    referrer: referrer?.text,
    userAgent: userAgent?.text,
    after: line.slice(at),
  }
}

/** Index of the bracket before the time, or -1. */
export function timeBracket(line: string): number {
  for (let at = line.indexOf('['); at >= 0; at = line.indexOf('[', at + 1)) {
    if (!looksLikeClfTime(line, at + 1)) continue
    const after = at + clfLength + 2
    if (line.charCodeAt(after) === 32 && line.charCodeAt(after + 1) === 34 && (at === 0 || line.charCodeAt(at - 1) === 32)) return at
  }
  return -1
}

function word(line: string, from: number): { text: string; end: number } {
  const space = line.indexOf(' ', from)
  const end = space < 0 ? line.length : space
  return { text: line.slice(from, end), end }
}

function quoted(line: string, from: number, truncated: boolean): { text: string; end: number } | undefined {
  if (line.charCodeAt(from) !== 34) return undefined
  const end = closingQuote(line, from + 1)
  if (end >= 0) return { text: line.slice(from + 1, end), end }
  return truncated ? { text: line.slice(from + 1), end: line.length } : undefined
}

/** The most digits that are surely a whole number. */
const maxDigits = 15

export function isCount(text: string): boolean {
  if (text.length === 0 || text.length > maxDigits) return false
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) < 48 || text.charCodeAt(i) > 57) return false
  return true
}

function isCountOrDash(text: string): boolean {
  return text === '-' || isCount(text)
}

function count(text: string): number | undefined {
  return text === '-' ? undefined : Number(text)
}

/** Digits, with a fraction or without. */
export function isNumber(text: string): boolean {
  const point = text.indexOf('.')
  return point < 0 ? isCount(text) : isCount(text.slice(0, point)) && isCount(text.slice(point + 1))
}
