import { isNumber } from './access-line.js'
import { isIp } from './ip-address.js'
import { closingQuote } from './quoted.js'

/** What sites add behind the combined format. */
export interface AccessExtras {
  /** Addresses of `X-Forwarded-For`, as the client or proxies said. */
  readonly forwardedFor: readonly string[]
  /** How long the request took, in nanoseconds. */
  readonly duration: number | undefined
}

const none: AccessExtras = { forwardedFor: [], duration: undefined }

/** Names under which the time of a request is logged. */
const durationNames: ReadonlySet<string> = new Set(['rt', 'request_time', 'reqtime', 'response_time', 'duration'])

/**
 * Reads what follows the user agent: quoted or bare values, with a name before `=` or without. Addresses in quotes are
 * those of `X-Forwarded-For`; the first bare number, or the one named so, is how long the request took.
 *
 * @param whole what numbers count: nginx logs seconds, always with a fraction (its other numbers have none), Apache's %D microseconds
 */
export function accessExtras(after: string, whole: 'seconds' | 'microseconds'): AccessExtras {
  if (after === '') return none
  let forwardedFor: readonly string[] = []
  let duration: number | undefined
  let at = 0
  while (at < after.length) {
    if (after.charCodeAt(at) === 32) {
      at++
      continue
    }
    const { name, value, isQuoted, end } = piece(after, at)
    at = end
    const isDuration = isNumber(value) && (whole === 'microseconds' || value.includes('.')) && (name === '' ? !isQuoted : durationNames.has(name.toLowerCase()))
    if (isDuration) duration ??= nanoseconds(value, whole)
    else if (isQuoted && forwardedFor.length === 0) forwardedFor = addresses(value)
  }
  return { forwardedFor, duration }
}

/** @param number digits; those with a fraction are seconds */
export function nanoseconds(number: string, whole: 'seconds' | 'microseconds'): number {
  return Math.round(Number(number) * (whole === 'seconds' || number.includes('.') ? 1e9 : 1e3))
}

function piece(text: string, from: number): { name: string; value: string; isQuoted: boolean; end: number } {
  const space = text.indexOf(' ', from)
  const wordEnd = space < 0 ? text.length : space
  const quote = text.indexOf('"', from)
  // A quote begins the piece, or follows its name.
  const opens = quote === from || (quote > from && quote < wordEnd && text.charCodeAt(quote - 1) === 61)
  const close = opens ? closingQuote(text, quote + 1) : -1
  if (close >= 0) return { name: text.slice(from, Math.max(from, quote - 1)), value: text.slice(quote + 1, close), isQuoted: true, end: close + 1 }
  const word = text.slice(from, wordEnd)
  const equals = word.indexOf('=')
  return { name: equals < 0 ? '' : word.slice(0, equals), value: word.slice(equals + 1), isQuoted: false, end: wordEnd }
}

/** Addresses separated by commas; none when anything else is among them. */
function addresses(text: string): string[] {
  const parts = text.split(',').map((part) => part.trim())
  return parts.every(isIp) ? parts : []
}
