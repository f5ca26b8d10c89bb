import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api'
import { checksumText } from '../../domain/checksum.js'
import type { Cell } from '../../domain/warehouse-type.js'
import { isErased } from '../../domain/personal-data.js'
import type { TableMode, WarehouseColumn, WarehouseTable } from '../../domain/warehouse-table.js'
import { EtlError } from '../../errors.js'
import { literal, quoted, tableSql } from '../identifiers.js'
import type { BucketSum, OffsetChange, OffsetRange, TableChange, TableSum, Warehouse, WarehouseBatch, Window } from '../warehouse.js'
import { duckdbError } from './errors.js'
import { columnSql, evolution } from './evolution.js'
import { bucketSumsSql, rangesSql, rowSumsSql, sumSql } from './row-sums.js'
import { appendRows } from './rows.js'
import { starStatements } from './star.js'

export interface DuckDBOptions {
  /** Of the file; `:memory:` for none. */
  readonly path: string
  /** How much of the memory DuckDB may take, such as `1GB`. */
  readonly memory?: string
  /** Only reads: nothing is made, and other processes may read as well. */
  readonly readOnly?: boolean
}

/** What the warehouse keeps for the loader. */
const ownTables = `
  CREATE SCHEMA IF NOT EXISTS etl;
  CREATE TABLE IF NOT EXISTS etl.offsets (topic VARCHAR, "partition" INTEGER, next_offset BIGINT NOT NULL, PRIMARY KEY (topic, "partition"));
  CREATE TABLE IF NOT EXISTS etl.tables (schema_name VARCHAR, table_name VARCHAR, topic VARCHAR NOT NULL, mode VARCHAR NOT NULL, key_columns VARCHAR NOT NULL, columns VARCHAR NOT NULL, PRIMARY KEY (schema_name, table_name));
`

/**
 * A warehouse in a file of DuckDB. One process has it at a time: DuckDB's own lock says so.
 *
 * Rows go through the appender into the table, or for keyed tables into a temporary one, from which they are merged by
 * DELETE and INSERT: measured ten times as fast as ON CONFLICT on a primary key, and without an index that must fit
 * into memory.
 */
export class DuckDBWarehouse implements Warehouse {
  readonly #options: DuckDBOptions
  #instance: DuckDBInstance | undefined
  #connection: DuckDBConnection | undefined
  /** Settled when the loader's connection is free. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(options: DuckDBOptions) {
    this.#options = options
  }

  async open(): Promise<void> {
    if (this.#connection !== undefined) return
    try {
      this.#instance = await DuckDBInstance.create(this.#options.path, { memory_limit: this.#options.memory ?? '1GB', preserve_insertion_order: 'false', ...(this.#options.readOnly === true ? { access_mode: 'READ_ONLY' } : {}) })
      this.#connection = await this.#instance.connect()
      await this.#connection.run("SET TimeZone = 'UTC'")
      if (this.#options.readOnly !== true) await this.#connection.run(ownTables)
    } catch (error) {
      await this.close()
      throw duckdbError(error, 'when it is opened')
    }
  }

  /** For what is DuckDB's alone: views, questions, files. @throws EtlError */
  async query(sql: string, values: DuckDBValue[] = []): Promise<Record<string, DuckDBValue>[]> {
    return this.#doing('a query', async (connection) => (await connection.runAndReadAll(sql, values)).getRowObjects())
  }

  async tables(): Promise<readonly WarehouseTable[]> {
    const rows = await this.query('SELECT schema_name, table_name, topic, mode, key_columns, columns FROM etl.tables ORDER BY schema_name, table_name')
    return rows.map((row) => ({
      schema: String(row['schema_name']),
      name: String(row['table_name']),
      topic: String(row['topic']),
      mode: row['mode'] as TableMode,
      key: JSON.parse(String(row['key_columns'])) as string[],
      columns: JSON.parse(String(row['columns'])) as WarehouseColumn[],
    }))
  }

  async offsets(topic: string): Promise<ReadonlyMap<number, bigint>> {
    const rows = await this.query('SELECT "partition", next_offset FROM etl.offsets WHERE topic = ?', [topic])
    return new Map(rows.map((row) => [Number(row['partition']), row['next_offset'] as bigint]))
  }

  async evolve(table: WarehouseTable): Promise<void> {
    const old = (await this.tables()).find(({ schema, name }) => schema.toLowerCase() === table.schema.toLowerCase() && name.toLowerCase() === table.name.toLowerCase())
    if (old !== undefined && old.topic !== table.topic) {
      throw new EtlError('ETL_TABLE_NAME_TAKEN', `${tableSql(table)} holds topic ${old.topic}; ${table.topic} would go there too: leave one of them out of ETL_LOAD_TOPICS`)
    }
    await this.#transaction(`to evolve ${tableSql(table)}`, async (connection) => {
      for (const statement of evolution(old, table)) await connection.run(statement)
      await connection.run('INSERT OR REPLACE INTO etl.tables VALUES (?, ?, ?, ?, ?, ?)', [
        old?.schema ?? table.schema, old?.name ?? table.name, table.topic, table.mode, JSON.stringify(table.key), JSON.stringify(table.columns),
      ])
    })
  }

  async apply(batch: WarehouseBatch): Promise<void> {
    await this.#transaction(`rows of ${batch.topic}`, async (connection) => {
      for (const offset of batch.offsets) await moveOffset(connection, batch.topic, offset)
      for (const change of batch.changes) await applyChange(connection, change)
    })
  }

  async reset(topic: string): Promise<void> {
    const tables = (await this.tables()).filter((table) => table.topic === topic)
    await this.#transaction(`to forget ${topic}`, async (connection) => {
      for (const table of tables) await connection.run(`DROP TABLE IF EXISTS ${tableSql(table)}`)
      await connection.run('DELETE FROM etl.tables WHERE topic = ?', [topic])
      await connection.run('DELETE FROM etl.offsets WHERE topic = ?', [topic])
    })
  }

  async sum(table: WarehouseTable, window?: Window): Promise<TableSum> {
    return this.#sum(sumSql(table, window === undefined ? '' : `WHERE epoch_us(${quoted(window.column)}) >= ${BigInt(window.from) * 1_000n} AND epoch_us(${quoted(window.column)}) < ${BigInt(window.to) * 1_000n}`))
  }

  async offsetSum(table: WarehouseTable, ranges: readonly OffsetRange[]): Promise<TableSum> {
    return this.#sum(sumSql(table, `WHERE ${rangesSql(ranges)}`))
  }

  compares(): boolean {
    return true
  }

  async bucketSums(table: WarehouseTable): Promise<readonly BucketSum[]> {
    const found: BucketSum[] = []
    await this.#reading(bucketSumsSql(table), ([bucket, rows, high, low]) => found.push({ bucket: String(bucket), rows: Number(rows), high: BigInt(String(high)), low: BigInt(String(low)) }))
    return found
  }

  rowSums(table: WarehouseTable, buckets: Iterable<string>, take: (key: string, row: string) => void): Promise<void> {
    return this.#reading(rowSumsSql(table, buckets), ([key, row]) => take(String(key), String(row)))
  }

  async makeViews(): Promise<void> {
    for (const sql of await starStatements()) await this.query(sql)
  }

  async lookUp(table: WarehouseTable, column: string, by: string, text: string): Promise<string[]> {
    const rows = await this.query(`SELECT DISTINCT ${quoted(column)}::VARCHAR AS found FROM ${tableSql(table)} WHERE ${quoted(by)}::VARCHAR = ? AND ${quoted(column)} IS NOT NULL`, [text])
    return rows.map(({ found }) => String(found))
  }

  async erase(table: WarehouseTable, column: string, texts: readonly string[]): Promise<number> {
    const emptied = table.columns.filter(({ pii }) => isErased(pii))
    if (emptied.length === 0 || texts.length === 0) return 0
    return this.#doing(`to erase rows of ${tableSql(table)}`, async (connection) => {
      const list = texts.map(literal).join(', ')
      const result = await connection.run(`UPDATE ${tableSql(table)} SET ${emptied.map(({ name }) => `${quoted(name)} = NULL`).join(', ')} WHERE ${quoted(column)}::VARCHAR IN (${list})`)
      return result.rowsChanged
    })
  }

  close(): Promise<void> {
    this.#connection?.closeSync()
    this.#connection = undefined
    this.#instance?.closeSync()
    this.#instance = undefined
    return Promise.resolve()
  }

  async #sum(sql: string): Promise<TableSum> {
    let found: TableSum = { rows: 0, checksum: checksumText(0n, 0n) }
    await this.#reading(sql, ([rows, high, low]) => {
      found = { rows: Number(rows), checksum: checksumText(BigInt(String(high)), BigInt(String(low))) }
    })
    return found
  }

  /** Reads by a connection of its own: beside the transactions of the loader, and never within one. */
  async #reading(sql: string, take: (row: readonly DuckDBValue[]) => void): Promise<void> {
    await this.open()
    const connection = await (this.#instance as DuckDBInstance).connect()
    try {
      await connection.run("SET TimeZone = 'UTC'")
      for await (const rows of (await connection.stream(sql)).yieldRows()) for (const row of rows) take(row)
    } catch (error) {
      throw duckdbError(error, 'a comparison')
    } finally {
      connection.closeSync()
    }
  }

  /**
   * By the loader's connection, one after the other: a statement that begins while another runs there ends that one, and
   * what is asked between two statements of a transaction is answered from within it. `work` must not wait for another turn.
   */
  #doing<T>(doing: string, work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const turn = this.#turn.then(async () => {
      await this.open()
      try {
        return await work(this.#connection as DuckDBConnection)
      } catch (error) {
        throw duckdbError(error, doing)
      }
    })
    // Who has asked hears of its failure; the next comes all the same.
    this.#turn = turn.catch(() => undefined)
    return turn
  }

  async #transaction(doing: string, work: (connection: DuckDBConnection) => Promise<void>): Promise<void> {
    await this.#doing(doing, async (connection) => {
      await connection.run('BEGIN')
      try {
        await work(connection)
        await connection.run('COMMIT')
      } catch (error) {
        await rolledBack(connection, error)
        throw error
      }
    })
  }
}

/** A transaction that has failed of itself may be gone already; what counts is why. */
async function rolledBack(connection: DuckDBConnection, reason: unknown): Promise<void> {
  try {
    await connection.run('ROLLBACK')
  } catch (cause) {
    if (!/no transaction is active/i.test(String(cause))) throw new AggregateError([reason, cause], `${String(reason)}, and cannot be rolled back`, { cause })
  }
}

async function moveOffset(connection: DuckDBConnection, topic: string, { partition, from, to }: OffsetChange): Promise<void> {
  const result =
    from === null
      ? await connection.run('INSERT OR IGNORE INTO etl.offsets VALUES (?, ?, ?)', [topic, partition, to])
      : await connection.run('UPDATE etl.offsets SET next_offset = ? WHERE topic = ? AND "partition" = ? AND next_offset = ?', [to, topic, partition, from])
  if (result.rowsChanged !== 1) {
    throw new EtlError('ETL_OFFSETS_MOVED', `${topic}/${partition} is not at offset ${from ?? 'none'} in the warehouse any more: another loader is at work there; run one of them`)
  }
}

async function applyChange(connection: DuckDBConnection, { table, rows, removed }: TableChange): Promise<void> {
  const target = tableSql(table)
  const direct = { catalog: null, schema: table.schema, name: table.name }
  if (table.mode === 'append' || table.mode === 'history') await appendRows(connection, direct, table.columns, rows)
  else if (rows.length > 0) {
    await staged(connection, table.columns, rows, async (stage) => {
      await connection.run(`DELETE FROM ${target} AS t USING ${stage} AS s WHERE ${sameKey(table)}`)
      await connection.run(`INSERT INTO ${target} SELECT * FROM ${stage}`)
    })
  }
  if (removed.length === 0) return
  const keys = table.key.map((name) => table.columns.find((column) => column.name === name) as WarehouseColumn)
  const emptied = table.columns.filter(({ pii }) => isErased(pii))
  await staged(connection, keys, removed, async (stage) => {
    if (table.mode === 'replace') await connection.run(`DELETE FROM ${target} AS t USING ${stage} AS s WHERE ${sameKey(table)}`)
    else if (emptied.length > 0) await connection.run(`UPDATE ${target} AS t SET ${emptied.map(({ name }) => `${quoted(name)} = NULL`).join(', ')} FROM ${stage} AS s WHERE ${sameKey(table)}`)
  })
}

function sameKey({ key }: WarehouseTable): string {
  return key.map((name) => `t.${quoted(name)} = s.${quoted(name)}`).join(' AND ')
}

/** Rows in a temporary table, for as long as the work with them. */
async function staged(connection: DuckDBConnection, columns: readonly WarehouseColumn[], rows: readonly (readonly Cell[])[], work: (stage: string) => Promise<void>): Promise<void> {
  const stage = 'temp.main.etl_stage'
  await connection.run(`CREATE OR REPLACE TEMP TABLE etl_stage (${columns.map(columnSql).join(', ')})`)
  await appendRows(connection, { catalog: 'temp', schema: 'main', name: 'etl_stage' }, columns, rows)
  await work(stage)
  await connection.run(`DROP TABLE ${stage}`)
}
