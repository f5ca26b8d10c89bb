import { type CommandLine, type Outcome, type Output, runCommand, tableOf, UsageError } from '@swipestream/messaging'
import { untilInterrupted } from '@swipestream/platform'
import { load } from '../app/load/start-load.js'
import { loadConfiguration } from '../config.js'
import { warehouseOf } from '../warehouse/open-warehouse.js'
import { warnings } from './told.js'

/** What it does, in the list of commands. */
export const summary = 'bring topics to the warehouse and the lake'

const help = `Usage: npm run etl -- load [options]

Brings topics to the warehouse and, where ETL_LAKE_DIR names one, to the lake; on from where it was when it ended last.

  --topics NAMES      separated by commas (default: ETL_LOAD_TOPICS, else business, all that analysts ask about); those of
                      source tables are <source>.<database>.<table>
  --warehouse TARGET  the path of DuckDB's file, or snowflake://USER@ACCOUNT/DATABASE (default: ETL_WAREHOUSE, else
                      warehouse.duckdb)
  --once              end when all that is there now is loaded; else it goes on until Ctrl-C
  --json              print one JSON object as the last line
  --help              print this

Kafka and the schema registry are found by KAFKA_BROKERS and SCHEMA_REGISTRY_URL. LOG_LEVEL=debug tells of each batch.

Exit code: 0 done, 1 failed, 2 wrong use.`

const options = { topics: { type: 'string' }, warehouse: { type: 'string' }, once: { type: 'boolean' } } as const

type Values = Parameters<CommandLine<typeof options>['perform']>[2]

/** Runs `etl load`; the exit code. */
export function run(args: readonly string[], env: NodeJS.ProcessEnv, output: Output): Promise<number> {
  return runCommand({ script: 'etl', help, options, perform: (_, names, values) => perform(env, names, values) }, ['load', ...args], output)
}

async function perform(env: NodeJS.ProcessEnv, names: readonly string[], { topics, warehouse: target, once = false }: Values): Promise<Outcome> {
  if (names.length > 0) throw new UsageError(`load takes no names: ${names.join(' ')}`)
  const config = loadConfiguration({ ...env, ...(topics === undefined ? {} : { ETL_LOAD_TOPICS: topics }), ...(target === undefined ? {} : { ETL_WAREHOUSE: target }) })
  const warehouse = await warehouseOf(config)
  try {
    const started = performance.now()
    const loaded = await untilInterrupted((signal) => load({ config, warehouse, logger: warnings(env), signal, once }))
    const { topics: records, quarantined } = loaded.warehouse
    const lines = [...tableOf(['topic', 'records'], Object.entries(records)), ...(quarantined > 0 ? [`${quarantined} records are in the quarantine`] : [])]
    return { lines, json: { ...loaded, durationMs: Math.round(performance.now() - started), broken: [] } }
  } finally {
    await warehouse.close()
  }
}
