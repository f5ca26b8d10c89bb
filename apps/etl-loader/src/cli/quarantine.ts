import type { QuarantinedRow, Row } from '@swipestream/contracts'
import { type Broken, type CommandLine, connect, connectionConfig, type Outcome, type Output, plain, refuseStray, runCommand, tableOf, timeOf, UsageError, userName, wholeNumber } from '@swipestream/messaging'
import { loadConfig, toError } from '@swipestream/platform'
import { z } from 'zod'
import { columnsOf, typedValue } from '../app/column-value.js'
import { type FoundRecord, Quarantine } from '../app/quarantine.js'
import { transformConfig } from '../config.js'

/** What it does, in the list of commands. */
export const summary = 'rows that broke a contract: list, show, fix, replay, drop'

const help = `Usage: npm run etl -- quarantine ACTION [names] [options]

  list                               rows that wait, oldest first, with the reason of each
  show ROW_ID [--reveal]             one row; its columns are masked unless --reveal is given
  fix ROW_ID --set COLUMN=VALUE ...  change columns, write the row to its topic again, and take it out of here; null is null
  replay [ROW_ID ...]                write rows again as they are, once the reason is gone: these, or all that --code,
                                     --topic or --stage select; those that would be refused again stay
  drop ROW_ID ...                    take rows out of here and do nothing else

  --code CODE      only rows that were refused for this, such as ETL_TIME_ZONE_INVALID
  --topic NAME     only rows of this topic
  --stage STAGE    only rows that were refused by extract, transform or load
  --limit N        list at most so many; 100 without it
  --by NAME        who does it; the system's user without it
  --json           print one JSON object as the last line
  --help           print this

What a fix changes is the topic, not the source: the next change of the row there brings its columns back. Mend it there too.

Reads KAFKA_BROKERS, KAFKA_TLS and KAFKA_TLS_*, KAFKA_SASL_*, KAFKA_NAMESPACE, SCHEMA_REGISTRY_URL, ETL_SOURCE_NAME and
ETL_SOURCE_DATABASE from the environment.

Exit code: 0 it is done, 1 a row could not be mended ("broken" says which), 2 wrong use.`

const options = {
  by: { type: 'string' }, code: { type: 'string' }, limit: { type: 'string' }, reveal: { type: 'boolean' }, set: { type: 'string', multiple: true }, stage: { type: 'string' }, topic: { type: 'string' },
} as const

type Values = Parameters<CommandLine<typeof options>['perform']>[2]
type Action = (quarantine: Quarantine, names: readonly string[], values: Values) => Promise<Outcome>

const filters = ['code', 'topic', 'stage'] as const

const actions = new Map<string, { readonly takes: readonly string[]; readonly perform: Action }>([
  ['list', { takes: [...filters, 'limit'], perform: list }],
  ['show', { takes: ['reveal'], perform: show }],
  ['fix', { takes: ['set', 'by'], perform: fix }],
  ['replay', { takes: [...filters, 'by'], perform: replay }],
  ['drop', { takes: [], perform: drop }],
])

/** Runs `etl quarantine`; the exit code. */
export function run(args: readonly string[], env: NodeJS.ProcessEnv, output: Output): Promise<number> {
  return runCommand({ script: 'etl', help, options, perform: (action, names, values) => perform(env, action, names, values) }, args, output)
}

async function perform(env: NodeJS.ProcessEnv, name: string, names: readonly string[], values: Values): Promise<Outcome> {
  const action = actions.get(name)
  if (!action) throw new UsageError(`quarantine has no action ${name}: list, show, fix, replay or drop`)
  refuseStray(`quarantine ${name}`, values, options, action.takes)
  const config = connectionConfig(env)
  const source = loadConfig(z.object(transformConfig), env)
  const connection = await connect({ service: 'etl', config, produces: [] })
  try {
    return await action.perform(new Quarantine(connection, config.KAFKA_NAMESPACE, source), names, values)
  } finally {
    await connection.close()
  }
}

async function list(quarantine: Quarantine, names: readonly string[], values: Values): Promise<Outcome> {
  if (names.length > 0) throw new UsageError(`quarantine list takes no names: ${names.join(' ')}`)
  const limit = values.limit === undefined ? 100 : wholeNumber('--limit', values.limit)
  const rows = selected(await quarantine.rows(), values)
  const shown = rows.slice(0, limit)
  const titles = ['row', 'stage', 'code', 'column', 'since']
  const lines = rows.length === 0 ? ['no row waits'] : tableOf(titles, shown.map((row) => [row.row_id, row.stage, row.code, row.field ?? '', timeOf(row.quarantined_at)].map((cell) => plain(cell))))
  if (shown.length < rows.length) lines.push(`and ${rows.length - shown.length} more`)
  return { lines, json: { quarantined: rows.length, by_code: countsOf(rows), rows: shown.map(({ row: _, source_key: __, ...told }) => told), broken: [] } }
}

async function show(quarantine: Quarantine, names: readonly string[], { reveal = false }: Values): Promise<Outcome> {
  const row = await quarantine.row(oneName('show', names))
  const columns = Object.entries(JSON.parse(row.row) as Record<string, unknown>).map(([name, value]) => [name, value === null || reveal ? value : '[masked]'] as const)
  const { row: _, source_key, ...told } = row
  return {
    lines: [
      `${row.row_id}  refused by ${row.stage} at ${timeOf(row.quarantined_at)}`,
      `${row.code}${row.field === null ? '' : `, column ${row.field}`}: ${row.reason}`,
      ...tableOf(['column', 'value'], columns.map(([name, value]) => [plain(name), plain(JSON.stringify(value))])),
    ],
    json: { ...told, ...(reveal ? { source_key } : {}), row: Object.fromEntries(columns), broken: [] },
  }
}

async function fix(quarantine: Quarantine, names: readonly string[], { set = [], by }: Values): Promise<Outcome> {
  const rowId = oneName('fix', names)
  if (set.length === 0) throw new UsageError('fix takes --set COLUMN=VALUE, at least once; replay writes a row as it is')
  const who = userName(by)
  const row = await quarantine.row(rowId)
  const found = await quarantine.recordOf(row)
  await quarantine.replay(row, found, changesOf(set, found), who)
  return { lines: [`${rowId} is mended: written to ${row.source_topic} again`], json: { replayed: [rowId], broken: [] } }
}

async function replay(quarantine: Quarantine, names: readonly string[], values: Values): Promise<Outcome> {
  const filtered = filters.some((filter) => values[filter] !== undefined)
  if (names.length > 0 === filtered) throw new UsageError('replay takes ids of rows, or one of --code, --topic and --stage')
  const who = userName(values.by)
  const rows = filtered ? selected(await quarantine.rows(), values) : await Promise.all(names.map((name) => quarantine.row(name)))
  const replayed: string[] = []
  const broken: (Broken & { row_id: string })[] = []
  for (const row of rows) {
    try {
      await quarantine.replay(row, await quarantine.recordOf(row), {}, who)
      replayed.push(row.row_id)
    } catch (error) {
      // One that cannot be mended is no reason to leave the others.
      const rule = ruleOf(error)
      if (rule === undefined) throw error
      broken.push({ rule, message: toError(error).message, row_id: row.row_id })
    }
  }
  return { lines: [`${replayed.length} of ${rows.length} rows are written again`, ...broken.map(({ rule, message }) => `${rule}: ${message}`)], json: { replayed, broken } }
}

async function drop(quarantine: Quarantine, names: readonly string[]): Promise<Outcome> {
  if (names.length === 0) throw new UsageError('drop takes the ids of rows')
  for (const name of names) await quarantine.row(name)
  await quarantine.drop(names)
  return { lines: [`${names.length} left the quarantine`], json: { dropped: names, broken: [] } }
}

/** Of this row alone; undefined for what would befall any other too. */
function ruleOf(error: unknown): string | undefined {
  return error instanceof Error && 'kind' in error && error.kind === 'poison' && 'code' in error ? String(error.code) : undefined
}

/** @throws UsageError for a column that the row does not have, or a value that it cannot have */
function changesOf(sets: readonly string[], { schema }: FoundRecord): Row {
  const columns = columnsOf(schema)
  return Object.fromEntries(sets.map((text) => {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
    const type = name === undefined ? undefined : columns.get(name)
    if (name === undefined || value === undefined) throw new UsageError(`--set takes COLUMN=VALUE, not ${text}`)
    if (type === undefined) throw new UsageError(`the row has no column ${name}; it has ${[...columns.keys()].join(', ')}`)
    const typed = typedValue(value, type)
    if (typed === undefined) throw new UsageError(`${name} cannot have this value`)
    return [name, typed]
  }))
}

function selected(rows: readonly QuarantinedRow[], { code, topic, stage }: Values): readonly QuarantinedRow[] {
  return rows.filter((row) => (code ?? row.code) === row.code && (topic ?? row.source_topic) === row.source_topic && (stage ?? row.stage) === row.stage)
}

function countsOf(rows: readonly QuarantinedRow[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { code } of rows) counts[code] = (counts[code] ?? 0) + 1
  return counts
}

function oneName(action: string, names: readonly string[]): string {
  const [name, ...more] = names
  if (name === undefined || more.length > 0) throw new UsageError(`quarantine ${action} takes one row's id`)
  return name
}
