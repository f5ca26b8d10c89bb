import { type AvroSchema, ContractError, type EtlCheckpoint } from '@swipestream/contracts'
import type { Connection } from '@swipestream/messaging'
import type { ExtractConfig } from '../../config.js'
import type { TableSettings } from '../../table-settings.js'
import type { SourceTable } from '../../domain/source-table.js'
import { EtlError } from '../../errors.js'
import type { DescribedTable } from '../../source/describe-tables.js'
import type { MysqlSource } from '../../source/mysql-source.js'
import { cut, safeTime } from '../../source/safe-time.js'
import { identifier, tableName } from '../../source/sql.js'
import { type Position, positionOf } from './position.js'
import { topicNameOf, TableTopic } from './table-topic.js'
import { type Refused, type TableCounts, type TableOptions, TableWork } from './table-work.js'
import type { TransactionWriter } from './transaction-writer.js'

/** What the tables of one extraction share. */
export interface Surroundings {
  readonly source: MysqlSource
  readonly connection: Connection
  readonly config: ExtractConfig
  readonly writer: TransactionWriter
  readonly checkpoints: ReadonlyMap<string, EtlCheckpoint>
  /** All rows in the quarantine. */
  readonly quarantined: ReadonlyMap<string, Refused>
  readonly now: () => number
}

export interface ChosenTable {
  readonly table: SourceTable
  readonly described: DescribedTable
  readonly settings: TableSettings
  /** Goes on over sessions. */
  readonly counts: TableCounts
}

/** A table with its topic, where its last checkpoint left it. @throws EtlError ETL_SCHEMA_CHANGED, ETL_KEY_UNUSABLE; ContractError */
export async function openTable({ table, described, settings, counts }: ChosenTable, { source, connection, config, writer, checkpoints, quarantined, now }: Surroundings): Promise<TableWork> {
  await refuseEqualKeys(source, described, settings)
  const options: TableOptions = {
    chunkRows: settings.chunkRows ?? config.ETL_CHUNK_ROWS,
    sweepMs: 1000 * (settings.sweepSeconds ?? config.ETL_SWEEP_SECONDS),
    overlapSeconds: settings.overlapSeconds ?? config.ETL_OVERLAP_SECONDS,
    atLeastSeconds: settings.overlapSeconds ?? 0,
  }
  const checkpoint = checkpoints.get(topicNameOf(config.ETL_SOURCE_NAME, table))
  const topic = await TableTopic.register(table, await writtenWith(connection, checkpoint), {
    registry: connection.registry,
    namespace: config.KAFKA_NAMESPACE,
    sourceName: config.ETL_SOURCE_NAME,
    connector: source.connector,
    maxRecordBytes: config.ETL_MAX_RECORD_BYTES,
    now,
  })
  const known = checkpoint === undefined || checkpoint.mode !== table.mode ? undefined : positionOf(checkpoint)
  const goesOn = known !== undefined && !topic.hasNewFields
  const start = goesOn ? { position: known, rows: checkpoint?.rows ?? 0 } : { position: await beginning(source, table, options), rows: 0 }
  return new TableWork(table, described, topic, source, connection, options, now, counts, new Map([...quarantined].filter(([id]) => id.startsWith(`${topic.name}/`))), writer, start)
}

async function beginning(source: MysqlSource, { change }: SourceTable, options: TableOptions): Promise<Position> {
  if (change === null) return { kind: 'snapshot', after: null, from: null, ranges: [] }
  const { utc, local } = await safeTime(source, options.overlapSeconds, options.atLeastSeconds)
  return { kind: 'snapshot', after: null, from: cut(change.type.kind === 'timestamp' ? utc : local, change.precision), ranges: [] }
}

async function writtenWith({ registry }: Connection, checkpoint: EtlCheckpoint | undefined): Promise<AvroSchema | undefined> {
  if (checkpoint === undefined) return undefined
  try {
    return await registry.schemaById(checkpoint.schema_id)
  } catch (error) {
    // A registry that was made anew: the topic's rows are read, and written, from the beginning.
    if (error instanceof ContractError && error.code === 'SCHEMA_UNKNOWN') return undefined
    throw error
  }
}

/** A configured key is only believed where an index, or a look at all rows, says that it tells them apart. */
async function refuseEqualKeys(source: MysqlSource, described: DescribedTable, { key }: TableSettings): Promise<void> {
  if (key === undefined || described.indexes.some(({ unique, columns }) => unique && columns.every((column) => key.includes(column)))) return
  const columns = key.map(identifier).join(', ')
  const [equal] = await source.rows(`SELECT COUNT(*) FROM ${tableName(described)} GROUP BY ${columns} HAVING COUNT(*) > 1 LIMIT 1`)
  if (equal === undefined) return
  throw new EtlError('ETL_KEY_UNUSABLE', `${described.database}.${described.name} has rows with equal ${key.join(', ')}, which ETL_CONFIG says is its key: name more columns, and best give the table a unique index`)
}
