import { type Broken, connect, connectionConfig, type Outcome, type Output, runCommand, tableOf, timeOf, UsageError } from '@swipestream/messaging'
import { statusOfTables, type TableStatus } from '../app/reconcile/table-status.js'
import { tableStoppedCode } from '../app/stopped-tables.js'
import { loadConfiguration } from '../config.js'
import { EtlError } from '../errors.js'
import { warehouseToRead } from '../warehouse/open-warehouse.js'
import type { Warehouse } from '../warehouse/warehouse.js'

/** What it does, in the list of commands. */
export const summary = 'how far each table has come, and whether source, topic and warehouse hold the same'

const help = `Usage: npm run etl -- status [--warehouse TARGET] [--json]

Tells of each table, and of each topic that is loaded without one, how far it has come, how many records the warehouse has
not loaded (lag), how many rows are in the quarantine, and what the last comparison found; and why a table is stopped.

  --warehouse TARGET  the path of DuckDB's file, or snowflake://USER@ACCOUNT/DATABASE (default: ETL_WAREHOUSE, else
                      warehouse.duckdb); where a loader has DuckDB's file, only what Kafka knows is told
  --json              print one JSON object as the last line
  --help              print this

Kafka and the schema registry are found by KAFKA_BROKERS and SCHEMA_REGISTRY_URL.

Exit code: 0 nothing differs or is stopped, 1 something does or is ("broken" names it) or it failed, 2 wrong use.`

/** Runs `etl status`; the exit code. */
export function run(args: readonly string[], env: NodeJS.ProcessEnv, output: Output): Promise<number> {
  const options = { warehouse: { type: 'string' } } as const
  return runCommand({ script: 'etl', help, options, perform: (_, names, values) => perform(env, names, values.warehouse) }, ['status', ...args], output)
}

async function perform(env: NodeJS.ProcessEnv, names: readonly string[], target: string | undefined): Promise<Outcome> {
  if (names.length > 0) throw new UsageError(`status takes no names: ${names.join(' ')}`)
  const config = connectionConfig(env)
  const load = loadConfiguration({ ...env, ...(target === undefined ? {} : { ETL_WAREHOUSE: target }) })
  const warehouse = await opened(() => warehouseToRead(load))
  const connection = await connect({ service: 'etl', config, produces: [] })
  try {
    return outcomeOf(await statusOfTables(connection, config.KAFKA_NAMESPACE, 'open' in warehouse ? warehouse : null), 'why' in warehouse ? warehouse.why : null)
  } finally {
    await connection.close()
    if ('open' in warehouse) await warehouse.close()
  }
}

/** The warehouse, or why it cannot be asked: Kafka knows the rest. */
async function opened(open: () => Promise<Warehouse>): Promise<Warehouse | { readonly why: string }> {
  try {
    const warehouse = await open()
    await warehouse.open()
    return warehouse
  } catch (error) {
    if (error instanceof EtlError && error.code.startsWith('ETL_WAREHOUSE_')) return { why: `${error.code}: ${error.message}` }
    throw error
  }
}

function outcomeOf(tables: readonly TableStatus[], warehouseAway: string | null): Outcome {
  const titles = ['table', 'mode', 'phase', 'written', 'lag', 'quarantined', 'source', 'topic', 'warehouse', 'equal', 'compared']
  const lines = tables.length === 0 ? ['nothing was extracted, loaded or compared yet'] : tableOf(titles, tables.map(rowOf), [false, false, false, true, true, true, true, true, true])
  if (warehouseAway !== null) lines.push(`the warehouse cannot be asked, so how far it lags is not known: ${warehouseAway}`)
  const broken = tables.flatMap(brokenBy)
  return { lines: [...lines, ...broken.map(({ message }) => message)], json: { tables: tables.map(told), warehouseAway, broken } }
}

function brokenBy({ table, stopped, reconciled }: TableStatus): (Broken & { readonly table: string })[] {
  return [
    ...(stopped === null ? [] : [{ rule: tableStoppedCode, message: `${stopped.reason} (since ${timeOf(stopped.since)}): see docs/runbooks/etl-table-stopped.md`, table }]),
    ...(reconciled === null || reconciled.equal ? [] : [{ rule: 'ETL_RECONCILIATION_DIFFERS', message: `${table} is not the same everywhere, at ${timeOf(reconciled.reconciled_at)}: see docs/runbooks/etl-reconciliation-differs.md`, table }]),
  ]
}

function rowOf({ table, extract, lag, quarantined, stopped, reconciled }: TableStatus): (string | number)[] {
  const followed = extract === null ? '' : extract.upTo === null ? extract.phase : `${extract.phase} to ${extract.upTo.slice(0, 19)}`
  const phase = stopped === null ? followed : `STOPPED ${followed}`.trimEnd()
  const last = reconciled === null ? ['', '', '', '', ''] : [reconciled.source_rows ?? '', reconciled.topic_rows, reconciled.warehouse_rows, reconciled.equal ? 'yes' : 'NO', timeOf(reconciled.reconciled_at)]
  return [table, extract?.mode ?? '', phase, extract?.rows ?? '', lag ?? '?', quarantined, ...last]
}

function told({ table, extract, lag, quarantined, stopped, reconciled }: TableStatus) {
  const sum = (rows: number | null, checksum: string | null) => (rows === null ? null : { rows, checksum })
  return {
    table, mode: extract?.mode ?? null, phase: extract?.phase ?? null, upTo: extract?.upTo ?? null, written: extract?.rows ?? null, extractedAt: extract?.at ?? null, lag, quarantined, stopped,
    ...(reconciled === null
      ? { source: null, topic: null, warehouse: null, equal: null, reconciledAt: null }
      : {
          source: sum(reconciled.source_rows, reconciled.source_checksum),
          topic: sum(reconciled.topic_rows, reconciled.topic_checksum),
          warehouse: sum(reconciled.warehouse_rows, reconciled.warehouse_checksum),
          equal: reconciled.equal,
          reconciledAt: reconciled.reconciled_at,
        }),
  }
}
