import { type Broken, type CommandLine, type Outcome, type Output, runCommand, tableOf, UsageError } from '@swipestream/messaging'
import { type Logger, untilInterrupted } from '@swipestream/platform'
import type { Extracted, StoppedTable } from '../app/extract/extract.js'
import type { SnapshotProgress } from '../app/extract/followed-table.js'
import { extract } from '../app/extract/start-extract.js'
import { readExtractConfig } from '../config.js'
import { readTableSettings } from '../table-settings.js'
import { told } from './told.js'

/** What it does, in the list of commands. */
export const summary = 'write the rows of tables to their topics, and what changes in them'

const help = `Usage: npm run etl -- extract [options]

Writes the rows of tables to their topics, and what changes in them.

  --source URL     the database, mysql://user:password@host:3306/bank (default: ETL_SOURCE_URL)
  --tables NAMES   separated by commas, * for any characters, ! before those to leave out (default: ETL_TABLES, else all)
  --config FILE    settings of single tables, JSON (default: ETL_CONFIG)
  --once           end when all that is there now is on the topics; else it goes on until Ctrl-C
  --json           print one JSON object as the last line
  --help           print this

Kafka and the schema registry are found by KAFKA_BROKERS and SCHEMA_REGISTRY_URL.

A table that cannot be read, or whose change of schema is refused, stops alone.

Exit code: 0 done, 1 failed, or a table is stopped ("broken" says which), 2 wrong use.`

const options = {
  source: { type: 'string' },
  tables: { type: 'string' },
  config: { type: 'string' },
  once: { type: 'boolean' },
} as const

type Values = Parameters<CommandLine<typeof options>['perform']>[2]

/** Runs `etl extract`; the exit code. */
export function run(args: readonly string[], env: NodeJS.ProcessEnv, output: Output): Promise<number> {
  return runCommand({ script: 'etl', help, options, perform: (_, names, values, progress) => perform(env, names, values, progress) }, ['extract', ...args], output)
}

async function perform(env: NodeJS.ProcessEnv, names: readonly string[], { source, tables, config: file, once = false }: Values, progress: (line: string) => void): Promise<Outcome> {
  if (names.length > 0) throw new UsageError(`extract takes no names: ${names.join(' ')}`)
  const config = readExtractConfig({ ETL_SOURCE_URL: source, ETL_TABLES: tables, ETL_CONFIG: file }, env)
  const settings = readTableSettings(config.ETL_CONFIG)
  const log = { info: told(progress), warn: told(progress), error: told(progress) } as Pick<Logger, 'info' | 'warn' | 'error'>
  const started = performance.now()
  const extracted = await untilInterrupted((signal) => extract({ config, settings, log, signal, once, observer: { snapshot: (far) => progress(progressLine(far)) } }))
  return outcomeOf(extracted, Math.round(performance.now() - started))
}

function outcomeOf({ tables, stopped }: Extracted, durationMs: number): Outcome {
  const rows = tables.map(({ table, mode, rows: written, deleted, quarantined }) => [table, mode, written, deleted, quarantined])
  const broken = stopped.map(stoppedTable)
  const lines = [...tableOf(['table', 'mode', 'rows', 'deleted', 'quarantined'], rows), ...broken.map(({ message }) => message)]
  return { lines, json: { tables, durationMs, broken } }
}

/** What a table that was stopped breaks. */
export function stoppedTable({ table, reason }: StoppedTable): Broken & { readonly table: string } {
  return { rule: reason.code, message: `${table} is stopped: ${reason.message}`, table }
}

/** How far a snapshot has come, as a line for a person. */
export function progressLine({ table, rows, estimate, rowsPerSecond, secondsLeft, ended }: SnapshotProgress): string {
  return ended ? `${table}: snapshot of ${rows} rows done, ${rowsPerSecond} rows/s` : `${table}: ${rows} of about ${estimate} rows, ${rowsPerSecond} rows/s, about ${secondsLeft} s left`
}
