import { type Broken, type CommandLine, type Outcome, type Output, runCommand, tableOf, UsageError } from '@swipestream/messaging'
import { type Logger, untilInterrupted } from '@swipestream/platform'
import { summaryOf } from '../app/reconcile/announcements.js'
import type { TableReconciliation } from '../app/reconcile/reconciler.js'
import { type Ran, RunTables } from '../app/run-tables.js'
import { loadConfiguration, readExtractConfig } from '../config.js'
import { readTableSettings } from '../table-settings.js'
import { warehouseOf } from '../warehouse/open-warehouse.js'
import { progressLine, stoppedTable } from './extract.js'
import { told, warnings } from './told.js'

/** What it does, in the list of commands. */
export const summary = 'bring tables to the warehouse, and compare: extract, load and reconciliation in one'

const help = `Usage: npm run etl -- run [options]

Writes the rows of tables to their topics, brings those to the warehouse, and compares counts and checksums of source,
topic and warehouse. Makes the topics that it needs.

  --source URL        the database, mysql://user:password@host:3306/bank (default: ETL_SOURCE_URL)
  --tables NAMES      separated by commas, * for any characters, ! before those to leave out (default: ETL_TABLES, else all)
  --config FILE       settings of single tables, JSON (default: ETL_CONFIG)
  --warehouse TARGET  the path of DuckDB's file, or snowflake://USER@ACCOUNT/DATABASE (default: ETL_WAREHOUSE, else
                      warehouse.duckdb)
  --once              end when all that is there now is in the warehouse and compared; else it goes on until Ctrl-C
  --json              print one JSON object as the last line
  --help              print this

Kafka and the schema registry are found by KAFKA_BROKERS and SCHEMA_REGISTRY_URL.

Exit code: 0 all tables are equal, 1 one is not ("broken" names it) or it failed, 2 wrong use.`

const options = {
  source: { type: 'string' }, tables: { type: 'string' }, config: { type: 'string' }, warehouse: { type: 'string' }, once: { type: 'boolean' },
} as const

type Values = Parameters<CommandLine<typeof options>['perform']>[2]

/** Runs `etl run`; the exit code. */
export function run(args: readonly string[], env: NodeJS.ProcessEnv, output: Output): Promise<number> {
  return runCommand({ script: 'etl', help, options, perform: (_, names, values, progress) => perform(env, names, values, progress) }, ['run', ...args], output)
}

async function perform(env: NodeJS.ProcessEnv, names: readonly string[], values: Values, progress: (line: string) => void): Promise<Outcome> {
  if (names.length > 0) throw new UsageError(`run takes no names: ${names.join(' ')}`)
  const source = readExtractConfig({ ETL_SOURCE_URL: values.source, ETL_TABLES: values.tables, ETL_CONFIG: values.config }, env)
  const load = loadConfiguration({ ...env, ...(values.warehouse === undefined ? {} : { ETL_WAREHOUSE: values.warehouse }) })
  const settings = readTableSettings(source.ETL_CONFIG)
  const warehouse = await warehouseOf(load)
  try {
    const started = performance.now()
    const say = told(progress)
    const log = { info: say, warn: say, error: say } as Pick<Logger, 'info' | 'warn' | 'error'>
    return await untilInterrupted(async (signal) => {
      const tables = new RunTables({ source, settings, load, warehouse, log, loadLog: warnings(env), onProgress: (far) => progress(progressLine(far)), signal })
      const took = () => Math.round(performance.now() - started)
      if (values.once === true) return outcomeOf(await tables.once(), took())
      await tables.untilEnded()
      return { lines: [], json: { durationMs: took(), broken: [] } }
    })
  } finally {
    await warehouse.close()
  }
}

function outcomeOf({ tables, stopped }: Ran, durationMs: number): Outcome {
  const results = tables.map(({ extracted: { table, mode, rows, deleted }, reconciled: { source, topic, warehouse, equal, quarantined } }) => ({
    table, mode, rows, deleted, quarantined, source, topic, warehouse, equal: equal === true,
  }))
  const broken = [...stopped.map(stoppedTable), ...tables.flatMap(({ reconciled }) => brokenBy(reconciled))]
  const quarantined = results.reduce((sum, one) => sum + one.quarantined, 0)
  const lines = tableOf(
    ['table', 'mode', 'written', 'deleted', 'quarantined', 'source', 'topic', 'warehouse', 'checksum', 'equal'],
    results.map(({ table, mode, rows, deleted, quarantined: waiting, source, topic, warehouse, equal }) => [table, mode, rows, deleted, waiting, source?.rows ?? 0, topic.rows, warehouse.rows, equal ? topic.checksum.slice(0, 8) : '', equal ? 'yes' : 'NO']),
  )
  if (quarantined > 0) lines.push(`${quarantined} ${quarantined === 1 ? 'row is' : 'rows are'} in the quarantine, and not compared: npm run etl -- quarantine list`)
  return { lines: [...lines, ...broken.map(({ message }) => message)], json: { tables: results, durationMs, broken } }
}

function brokenBy(found: TableReconciliation): (Broken & { readonly table: string })[] {
  if (found.equal === true) return []
  if (found.equal === false) return [{ rule: 'ETL_RECONCILIATION_DIFFERS', message: summaryOf(found), table: found.table }]
  return [{ rule: 'ETL_RECONCILIATION_UNDECIDED', message: `${found.table} could not be compared: ${found.undecided}`, table: found.table }]
}
