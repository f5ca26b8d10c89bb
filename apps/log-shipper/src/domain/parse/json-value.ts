import { rfc3339Time } from './log-time.js'
import type { ParseContext, ParseReason } from './parser.js'

export type JsonObject = Record<string, unknown>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Elasticsearch refuses objects that are nested deeper; the document adds a level. */
const maxNesting = 19

/** The object that a line is; brackets within texts count as nesting, which more than so many are not. */
export function jsonObject(line: string): JsonObject | ParseReason {
  if (nesting(line) > maxNesting) return 'nesting'
  try {
    const value: unknown = JSON.parse(line)
    return isObject(value) ? value : 'format'
  } catch (error) {
    if (error instanceof SyntaxError) return 'format'
    throw error
  }
}

function nesting(line: string): number {
  let depth = 0
  let deepest = 0
  for (let at = 0; at < line.length; at++) {
    const code = line.charCodeAt(at)
    if (code === 123 || code === 91) deepest = Math.max(deepest, ++depth)
    else if (code === 125 || code === 93) depth--
  }
  return deepest
}

/** The year 10000: documents have four digits for a year. */
const tooLate = 253_402_300_800_000

/** Milliseconds since the epoch of a number (seconds or milliseconds, by its size) or a text of RFC 3339; undefined for anything else, NaN for no time. */
export function jsonTime(value: unknown, { zone }: ParseContext): number | undefined {
  if (typeof value === 'string') return rfc3339Time(value, zone)
  if (typeof value !== 'number') return undefined
  // Seconds come to 1e11 in the year 5138, milliseconds were there in 1973.
  const ms = value < 1e11 ? value * 1000 : value
  return ms >= 0 && ms < tooLate ? ms : Number.NaN
}
