import { resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { type Outcome, type Output, runCommand, UsageError } from '@swipestream/messaging'
import { toError } from '@swipestream/platform'
import { formatNames, parserOf } from '../domain/parse/formats.js'
import { parseEntry } from '../domain/parse/parse-entry.js'
import type { ParseContext, ParseReason } from '../domain/parse/parser.js'
import { zoneOf } from '../domain/parse/zone.js'
import { userAgents } from '../domain/user-agent/user-agent.js'
import { geoip } from '../enrichment/geoip.js'
import { uapCoreRules } from '../enrichment/uap-core.js'
import { LogError } from '../errors.js'
import { Entries } from './parse/entries.js'
import { type Line, linesOf } from './parse/lines.js'
import { bytesOf } from './parse/source.js'
import { type ParseStreams, standardStreams } from './standard-streams.js'

/** What it does, in the list of commands. */
export const summary = 'print the ECS documents of a log file'

const help = `Usage: npm run logs -- parse FILE [--format NAME] [--timezone ZONE] [--geoip DATABASE]… [--json]

Prints one ECS document, as JSON, a line of a log file; of error logs, lines that do not begin an entry are joined to the
one before. FILE can be packed by gzip, - is standard input.

  --format NAME    ${formatNames.join(', ')} (default: auto, found out by each entry)
  --timezone ZONE  of times without one: an IANA name, or an offset as in --timezone=-02:00 (default: this machine's)
  --geoip DATABASE a .mmdb of cities, countries or autonomous systems; can be given again
  --json           print one JSON object as the last line
  --help           print this

Exit code: 0 the file was read, 1 it could not be, 2 wrong use.`

const options = { format: { type: 'string' }, timezone: { type: 'string' }, geoip: { type: 'string', multiple: true } } as const

/** Runs `logs parse`; the exit code. @param streams those of this process where nothing else is given */
export function run(args: readonly string[], _env: NodeJS.ProcessEnv, output: Output, streams = standardStreams()): Promise<number> {
  return runCommand({ script: 'logs', help, options, perform: (_, names, values, progress) => parseFile(names, values, streams, Date.now(), progress) }, ['parse', ...args], output)
}

interface ParseOptions {
  readonly format?: string | undefined
  readonly timezone?: string | undefined
  readonly geoip?: readonly string[] | undefined
}

/** How much of an entry is looked at. */
const lineLimit = 1_048_576
/** Documents are written in pieces of about so many characters. */
const pieceChars = 65_536

/**
 * Prints the documents of a file's entries; the summary goes to `progress`.
 *
 * @throws UsageError, LogError LOG_FILE_UNREADABLE, LOG_GEOIP_UNREADABLE
 */
async function parseFile(names: readonly string[], given: ParseOptions, streams: ParseStreams, now: number, progress: (line: string) => void): Promise<Outcome> {
  const [file, ...others] = names
  if (file === undefined || others.length > 0) throw new UsageError(`parse takes one FILE, or - for standard input, not ${names.length}`)
  const { format = 'auto' } = given
  if (!(formatNames as readonly string[]).includes(format)) throw new UsageError(`--format takes one of ${formatNames.join(', ')}, not ${format}`)
  const context = await contextOf(given, now)
  const path = file === '-' ? file : resolve(file)
  const parser = parserOf(format, path)
  const reasons: Partial<Record<ParseReason, number>> = {}
  let entries = 0
  let lines = 0
  let piece = ''
  const print = ({ text: message, offset, truncated }: Line) => {
    const { document, reason } = parseEntry({ message, path, offset, format, truncated }, context, parser)
    entries++
    if (reason !== undefined) reasons[reason] = (reasons[reason] ?? 0) + 1
    piece += `${JSON.stringify(document)}\n`
  }
  const joined = new Entries(format)
  let read = true
  for await (const some of linesOf(readable(file, streams.stdin), lineLimit)) {
    for (const line of some) {
      lines++
      const entry = joined.add(line)
      if (entry !== undefined) print(entry)
    }
    if (piece.length < pieceChars) continue
    read = await streams.write(piece)
    piece = ''
    if (!read) break
  }
  const last = joined.end()
  if (read && last !== undefined) print(last)
  if (read && piece !== '') await streams.write(piece)
  const unparsed = Object.values(reasons).reduce((sum, count) => sum + count, 0)
  const because = Object.entries(reasons).map(([reason, count]) => `${count} ${reason}`)
  progress(`${lines} lines, ${entries} entries: ${entries - unparsed} parsed, ${unparsed} not${because.length > 0 ? ` (${because.join(', ')})` : ''}`)
  return { lines: [], json: { lines, entries, parsed: entries - unparsed, unparsed, reasons, broken: [] } }
}

async function contextOf({ timezone = Intl.DateTimeFormat().resolvedOptions().timeZone, geoip: databases = [] }: ParseOptions, now: number): Promise<ParseContext> {
  const zone = zoneOf(timezone)
  if (zone === undefined) throw new UsageError(`--timezone takes an IANA name such as Europe/Berlin, or an offset as in --timezone=-02:00, not ${timezone}`)
  return { zone, now, userAgent: userAgents(uapCoreRules), ...(databases.length > 0 && { locate: await geoip(databases) }) }
}

async function* readable(file: string, stdin: Readable): AsyncGenerator<Uint8Array> {
  try {
    yield* bytesOf(file, stdin)
  } catch (error) {
    throw new LogError('LOG_FILE_UNREADABLE', `${file} cannot be read: ${toError(error).message}`, { cause: error })
  }
}
