import { type CommandLine, momentOf, type Outcome, type Output, refuseStray, runCommand, UsageError, wholeNumber } from '@swipestream/messaging'
import { CodedError } from '@swipestream/platform'
import { type LedgerFilter, LedgerRepository } from '../../db/ledger.repository.js'
import { withDatabase } from './database.js'
import { entryLines, listLines, viewOfEntry } from './ledger-lines.js'
import { oneName, uuidOf } from './one-name.js'

const statuses = ['queued', 'sending', 'sent', 'delivered', 'failed', 'merged', 'silenced'] as const
const channels = ['email', 'sms', 'app'] as const

/** What it does, in the list of commands. */
export const summary = 'what people were told, and what became of it'

const help = `Usage: npm run notify -- ledger [options]
       npm run notify -- ledger show DELIVERY_ID [--clear] [--json]

What people were told, newest first; or one message, with what is known of it and of its alert.

  --alert ID       messages about this alert only
  --customer ID    messages to this customer only
  --card TOKEN     messages about this card only
  --status NAME    ${statuses.join(', ')}
  --channel NAME   ${channels.join(', ')}
  --since TIME     queued since then: 2026-03-03T18:00:00Z, a date (its start, UTC), or so long ago: 90s, 30m, 12h, 7d
  --limit N        messages at most, 50 unless told
  --clear          addresses and numbers as they are, not masked; mind where the output goes
  --json           print one JSON object as the last line, with the rows
  --help           print this

Reads the database in DATABASE_URL; the service need not run.

Exit code: 0 it is shown, 1 it failed, 2 wrong use.`

const options = {
  alert: { type: 'string' },
  customer: { type: 'string' },
  card: { type: 'string' },
  status: { type: 'string' },
  channel: { type: 'string' },
  since: { type: 'string' },
  limit: { type: 'string' },
  clear: { type: 'boolean' },
} as const

type Values = Parameters<CommandLine<typeof options>['perform']>[2]

const defaultLimit = 50
const mostRows = 10_000

/** Runs `notify ledger`; the exit code. */
export function run(args: readonly string[], env: NodeJS.ProcessEnv, output: Output): Promise<number> {
  return runCommand({ script: 'notify', help, options, perform: (_, names, values) => perform(names, values, env) }, ['ledger', ...args], output)
}

function perform([command, ...names]: readonly string[], values: Values, env: NodeJS.ProcessEnv): Promise<Outcome> {
  const { clear = false, limit, ...filter } = values
  if (command === 'show') {
    refuseStray('ledger show', values, options, ['clear'])
    return show(uuidOf(oneName('ledger show', names, "delivery's id"), 'a delivery'), clear, env)
  }
  if (command !== undefined) throw new UsageError(`no such command: ledger ${command}`)
  return list(filterOf(filter), limit === undefined ? defaultLimit : wholeNumber('--limit', limit, mostRows), clear, env)
}

async function list(filter: LedgerFilter, limit: number, clear: boolean, env: NodeJS.ProcessEnv): Promise<Outcome> {
  // one more tells that there are more
  const found = await withDatabase(env, (database) => new LedgerRepository(database).list(filter, limit + 1))
  const entries = found.slice(0, limit)
  const more = found.length > limit
  const lines = [...listLines(entries, clear), ...(more ? [`there are more: --limit ${limit} were shown`] : [])]
  return { lines, json: { deliveries: entries.map((entry) => viewOfEntry(entry, clear)), more, broken: [] } }
}

async function show(id: string, clear: boolean, env: NodeJS.ProcessEnv): Promise<Outcome> {
  return withDatabase(env, async (database) => {
    const ledger = new LedgerRepository(database)
    const entry = await ledger.byId(id)
    if (entry === undefined) throw new CodedError('DELIVERY_NOT_FOUND', 'unknown', `the ledger has no delivery ${id}: npm run notify -- ledger tells which there are`)
    const context = await ledger.contextOf(entry)
    const { lines, history } = entryLines(entry, context, clear)
    return { lines, json: { delivery: viewOfEntry(entry, clear), history, broken: [] } }
  })
}

/** @throws UsageError */
function filterOf({ alert, customer, card, status, channel, since }: Omit<Values, 'clear' | 'limit'>): LedgerFilter {
  return {
    customer,
    card,
    alert: alert === undefined ? undefined : uuidOf(alert, 'an alert'),
    status: oneOf('--status', status, statuses),
    channel: oneOf('--channel', channel, channels),
    since: since === undefined ? undefined : new Date(momentOf('--since', since)),
  }
}

function oneOf(option: string, text: string | undefined, words: readonly string[]): string | undefined {
  if (text !== undefined && !words.includes(text)) throw new UsageError(`${option} takes one of ${words.join(', ')}, not ${text}`)
  return text
}
