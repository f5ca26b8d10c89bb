import { type EcsDocument, ecsVersion } from './ecs.js'
import { datasetOf, parserOf } from './formats.js'
import { isoTime } from './log-time.js'
import type { ParseContext, Parser, ParseReason } from './parser.js'

/** An entry as it was shipped. */
export interface LogEntry {
  readonly message: string
  readonly path: string
  /** Byte at which it begins. */
  readonly offset: number
  readonly format: string
  readonly truncated: boolean
  /** The machine it is from and the service that wrote it, where that is known. */
  readonly host?: string | undefined
  readonly service?: string | undefined
  /** When it was read, where that is to be told. Milliseconds since the Unix epoch. */
  readonly readAt?: number | undefined
}

/** What an entry that could not be parsed is tagged with. */
export const parseFailureTag = '_parsefailure'

export interface Parsed {
  readonly document: EcsDocument
  /** Undefined when it was parsed. */
  readonly reason: ParseReason | undefined
}

/**
 * Makes the document of an entry. What cannot be parsed is a document too: the entry as `message`, tagged
 * `_parsefailure`, the reason in `error.message`, at the time when it was read.
 *
 * @param context its `now` is the time of entries that tell none
 */
export function parseEntry(entry: LogEntry, context: ParseContext, parser: Parser = parserOf(entry.format, entry.path)): Parsed {
  const { message: original } = entry
  const found = original.trim() === '' ? 'empty' : parser(original, context, entry.truncated)
  const reason = typeof found === 'string' ? found : undefined
  const draft =
    typeof found === 'string'
      ? {
          '@timestamp': isoTime(context.now),
          event: { kind: 'event' as const, dataset: datasetOf(entry.format) },
          message: original,
          error: { message: whyNot[found] },
          tags: [parseFailureTag],
        }
      : found
  const document: EcsDocument = { ...draft, ecs: { version: ecsVersion }, event: { ...draft.event, original } }
  document.log = { ...document.log, offset: entry.offset, file: { path: entry.path } }
  if (entry.truncated) document.log.flags = ['truncated']
  else if (original.includes('\n')) document.log.flags = ['multiline']
  if (entry.host !== undefined) document.host = { ...document.host, name: entry.host }
  if (entry.service !== undefined) document.service = { ...document.service, name: entry.service }
  if (entry.readAt !== undefined) document.event.created = isoTime(entry.readAt)
  return { document, reason }
}

const whyNot: Readonly<Record<ParseReason, string>> = {
  empty: 'The entry is empty.',
  format: 'The entry is not of the format that it was read as.',
  nesting: 'The entry is nested too deeply.',
  time: 'The entry has a time that does not exist.',
}
