import { type CommandLine, type Outcome, type Output, plain, refuseStray, runCommand, tableOf, timeOf, UsageError, userName, wholeNumber } from '@swipestream/messaging'
import { CodedError } from '@swipestream/platform'
import { newSilence, silenceBody } from '../../app/new-silence.js'
import { type Silence, SilencesRepository } from '../../db/silences.repository.js'
import { viewOfSilence } from '../../http/silence-view.js'
import { withDatabase } from './database.js'
import { oneName, uuidOf } from './one-name.js'

/** What it does, in the list of commands. */
export const summary = 'keep ops alerts from being sent for a while'

const help = `Usage: npm run notify -- silence COMMAND [options]

  add              silence ops alerts from now on: of a service, a code, a subject, or of what has all that is said
  list             the silences that hold
  end ID           end one before its time

add:
  --service NAME   alerts of this service or source only
  --code CODE      alerts of this code only
  --subject TEXT   alerts about this only, such as a rule
  --minutes N      for how long; this or
  --until TIME     until when, such as 2026-03-03T18:00:00Z; 30 days from now at most
  --comment TEXT   why, for those who wonder
  --by NAME        who does it; the system's user unless told

list:
  --all            also those that are over, newest first; 500 at most

  --json           print one JSON object as the last line
  --help           print this

Works on the database in DATABASE_URL; the service need not run. What is silenced stands in the ledger.

Exit code: 0 it is done, 1 it failed, 2 wrong use.`

const options = {
  service: { type: 'string' },
  code: { type: 'string' },
  subject: { type: 'string' },
  minutes: { type: 'string' },
  until: { type: 'string' },
  comment: { type: 'string' },
  by: { type: 'string' },
  all: { type: 'boolean' },
} as const

type Values = Parameters<CommandLine<typeof options>['perform']>[2]

const ofAdd: readonly string[] = ['service', 'code', 'subject', 'minutes', 'until', 'comment', 'by']
/** The options of each command. */
const takes: ReadonlyMap<string, readonly string[]> = new Map([['add', ofAdd], ['list', ['all']], ['end', []]])

/** Runs `notify silence`; the exit code. */
export function run(args: readonly string[], env: NodeJS.ProcessEnv, output: Output): Promise<number> {
  return runCommand({ script: 'notify', help, options, perform: (_, names, values) => perform(names, values, env) }, ['silence', ...args], output)
}

async function perform([command, ...names]: readonly string[], values: Values, env: NodeJS.ProcessEnv): Promise<Outcome> {
  if (command === undefined) throw new UsageError('silence takes a command: add, list or end')
  const own = takes.get(command)
  if (!own) throw new UsageError(`no such command: silence ${command}`)
  refuseStray(`silence ${command}`, values, options, own)
  if (command === 'end') return end(uuidOf(oneName('silence end', names, "silence's id"), 'a silence'), env)
  if (names.length > 0) throw new UsageError(`silence ${command} takes no names: ${names.join(' ')}`)
  return command === 'add' ? add(values, env) : list(values.all === true, env)
}

async function add({ by, minutes, service, code, subject, until, comment }: Values, env: NodeJS.ProcessEnv): Promise<Outcome> {
  const parsed = silenceBody.safeParse({ service, code, subject, until, comment, minutes: minutes === undefined ? undefined : wholeNumber('--minutes', minutes) })
  if (!parsed.success) throw new UsageError(parsed.error.issues.map(({ path, message }) => `--${path.join('.')} ${message}`).join('\n'))
  const now = Date.now()
  const silence = newSilence(parsed.data, userName(by), now)
  if ('field' in silence) throw new UsageError(`--${silence.field} ${silence.detail}`)
  const added = await withDatabase(env, (database) => new SilencesRepository(database).add(silence))
  return { lines: [`silenced until ${timeOf(added.until.getTime())}: ${added.id}`], json: { silence: viewOfSilence(added, now), broken: [] } }
}

async function list(all: boolean, env: NodeJS.ProcessEnv): Promise<Outcome> {
  const now = Date.now()
  const silences = await withDatabase(env, (database) => {
    const repository = new SilencesRepository(database)
    return all ? repository.all() : repository.active(now)
  })
  return { lines: silenceLines(silences, now), json: { silences: silences.map((silence) => viewOfSilence(silence, now)), broken: [] } }
}

/** @param now milliseconds since the epoch */
function silenceLines(silences: readonly Silence[], now: number): string[] {
  if (silences.length === 0) return ['nothing is silenced']
  const rows = silences.map(({ id, service, code, subject, until, ended_at, created_by, comment }) => [
    id,
    ...[service, code, subject].map((matched) => plain(matched ?? '*')),
    timeOf(until.getTime()),
    ended_at !== null ? `ended ${timeOf(ended_at.getTime())}` : until.getTime() > now ? 'holds' : 'over',
    plain(created_by),
    plain(comment),
  ])
  return tableOf(['SILENCE', 'SERVICE', 'CODE', 'SUBJECT', 'UNTIL', 'STATE', 'BY', 'COMMENT'], rows)
}

async function end(id: string, env: NodeJS.ProcessEnv): Promise<Outcome> {
  const silence = await withDatabase(env, (database) => new SilencesRepository(database).end(id))
  if (silence === undefined) throw new CodedError('SILENCE_NOT_FOUND', 'unknown', `there is no silence ${id}: npm run notify -- silence list --all tells which there are`)
  const ended = silence.ended_at === null ? `it was over at ${timeOf(silence.until.getTime())}` : `ended at ${timeOf(silence.ended_at.getTime())}`
  return { lines: [`${id}: ${ended}`], json: { silence: viewOfSilence(silence, Date.now()), broken: [] } }
}
