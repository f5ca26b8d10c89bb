import type { Draft, ParseContext, Parser } from './parser.js'
import { utc } from './zone.js'

/** The 29th of November 2026, noon. */
export const noon = Date.UTC(2026, 10, 29, 12)

export const context: ParseContext = { zone: utc, now: noon }

/** The draft of a line that must be parsed. */
export function draft(parser: Parser, line: string, inContext: ParseContext = context): Draft {
  const found = parser(line, inContext, false)
  if (typeof found === 'string') throw new Error(`not parsed (${found}): ${line}`)
  return found
}
