import type { LogLine } from '@swipestream/contracts'
import { momentOf, type Outcome, type Output, plainLines, runCommand, UsageError, wholeNumber } from '@swipestream/messaging'
import { pause, untilInterrupted } from '@swipestream/platform'
import { tailCommandConfig } from '../config.js'
import type { EcsDocument } from '../domain/parse/ecs.js'
import { parseEntry } from '../domain/parse/parse-entry.js'
import type { ParseContext } from '../domain/parse/parser.js'
import { isFailure, toldEntry } from '../domain/told-entry.js'
import { userAgents } from '../domain/user-agent/user-agent.js'
import { uapCoreRules } from '../enrichment/uap-core.js'
import { type LogSource, LogTail } from '../topic/log-tail.js'
import { patientWriter } from './standard-streams.js'

/** What it does, in the list of commands. */
export const summary = 'follow the log entries of all services'

const help = `Usage: npm run logs -- tail [-n N] [--since TIME] [--service NAME] [--errors] [--once] [--json]

Prints the newest log entries of the topic server_logs, and those that come: time (UTC), service, status or level, text.
Ends by Ctrl-C.

  -n, --lines N    of those that are there, the newest N (default: 10), looked for among the last 1,000, or N if that
                   is more, of each partition
  --since TIME     instead, those that arrived since 2026-11-29T18:00:00Z, a date (its start, UTC), or so long ago:
                   90s, 30m, 12h, 7d
  --service NAME   of this service only
  --errors         only requests that were answered with 5xx, and messages of a level that is an error
  --once           print what is there, and end
  --json           one ECS document, as JSON, a line
  --help           print this

Exit code: 0 it was ended, 1 it failed, 2 wrong use.`

const options = {
  lines: { type: 'string', short: 'n', default: '10' },
  since: { type: 'string' },
  service: { type: 'string' },
  errors: { type: 'boolean', default: false },
  once: { type: 'boolean', default: false },
  documents: { type: 'boolean', default: false },
} as const

const pollMs = 500
const mostLines = 100_000
/** So many entries of a partition are looked at for the newest. */
const lookBack = 1_000

/** Runs `logs tail`; the exit code. */
export function run(args: readonly string[], env: NodeJS.ProcessEnv, output: Output): Promise<number> {
  // Of other commands, --json says that an object about what was done is the last line; here each line is an object.
  const own = args.map((arg) => (arg === '--json' ? '--documents' : arg))
  return runCommand({ script: 'logs', help, options, perform: (_, names, given, progress) => tail(names, given, env, progress) }, ['tail', ...own], output)
}

type Given = Parameters<NonNullable<Parameters<typeof runCommand<typeof options>>[0]>['perform']>[2]

async function tail(names: readonly string[], given: Given, env: NodeJS.ProcessEnv, progress: (line: string) => void): Promise<Outcome> {
  if (names.length > 0) throw new UsageError(`logs tail takes no names, not ${names.join(' ')}`)
  const asked = askedFor(given, Date.now())
  const { connection, zone } = tailCommandConfig(env)
  const source = new LogTail(connection)
  try {
    // A line for people says nothing of the user agent, whose rules take their time to be made.
    const parsing = { zone, ...(asked.documents && { userAgent: userAgents(uapCoreRules) }) }
    await untilInterrupted((signal) => follow(source, asked, parsing, patientWriter(process.stdout), signal))
    if (source.unreadable > 0) progress(`${source.unreadable} records that are no entries were left out`)
    return { lines: [], json: { broken: [] } }
  } finally {
    await source.close()
  }
}

export interface Asked {
  readonly lines: number
  /** Milliseconds since the Unix epoch. */
  readonly since: number | undefined
  readonly service: string | undefined
  readonly errors: boolean
  readonly once: boolean
  readonly documents: boolean
}

/** @throws UsageError */
export function askedFor({ lines = '10', since, service, errors = false, once = false, documents = false }: Partial<Given>, now: number): Asked {
  return { lines: wholeNumber('--lines', lines, mostLines), since: since === undefined ? undefined : momentOf('--since', since, now), service, errors, once, documents }
}

/**
 * Prints what is there, then what comes, until it is told to end or nobody reads any more.
 *
 * @param write resolves when more can be written, to false when nobody reads any more
 */
export async function follow(source: LogSource, { lines, since, service, errors, once, documents }: Asked, parsing: Omit<ParseContext, 'now'>, write: (text: string) => Promise<boolean>, signal: AbortSignal): Promise<void> {
  const wanted = (entries: readonly LogLine[]) =>
    entries
      .filter((entry) => service === undefined || entry.service === service)
      .map((entry) => documentOf(entry, parsing))
      .filter((document) => !errors || isFailure(document))
  await source.begin(since === undefined ? { last: Math.max(lines, lookBack) } : { since })
  let found = wanted(await source.entries())
  if (since === undefined) found = found.slice(Math.max(0, found.length - lines))
  for (;;) {
    const text = found.map((document) => (documents ? JSON.stringify(document) : lineOf(document))).map((line) => `${line}\n`).join('')
    if (text !== '' && !(await write(text))) return
    if (once || signal.aborted) return
    await pause(pollMs, signal)
    if (signal.aborted) return
    found = wanted(await source.entries())
  }
}

function documentOf({ message, path, offset, format, truncated, host, service, read_at: readAt }: LogLine, parsing: Omit<ParseContext, 'now'>): EcsDocument {
  return parseEntry({ message, path, offset, format, truncated, host, service, readAt }, { ...parsing, now: readAt }).document
}

/** What others have written is shown without the characters that steer a terminal. */
function lineOf(document: EcsDocument): string {
  const { time, service, status, text } = toldEntry(document)
  return `${time}  ${plainLines(service, '').padEnd(18)} ${plainLines(status, '').padEnd(6)} ${plainLines(text, '    ')}`
}
