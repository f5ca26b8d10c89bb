import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checksumText } from '../../domain/checksum.js'
import { isErased } from '../../domain/personal-data.js'
import type { WarehouseTable } from '../../domain/warehouse-table.js'
import type { WarehouseType } from '../../domain/warehouse-type.js'
import { EtlError } from '../../errors.js'
import type { BucketSum, OffsetRange, TableSum, Warehouse, WarehouseBatch, Window } from '../warehouse.js'
import { bucketSumsSql, offsetSumSql, rowSumsSql, sumSql } from './canonical-sql.js'
import { changeLines } from './lines.js'
import { literal, name, tableSql } from './names.js'
import { starStatements } from './star.js'
import type { SnowflakeSession } from './session.js'
import { applyStaged, evolution, firstOffset, moveOffset, neverLoaded, ownTables, stageFile } from './statements.js'
import { typeSql } from './types.js'

/**
 * A warehouse in a database of Snowflake. Rows go as files of JSON lines to a stage (PUT) and into temporary tables of
 * the session (COPY); what is in these is then merged in one transaction with the offsets. DDL ends a transaction there,
 * so all of it is done before.
 */
export class SnowflakeWarehouse implements Warehouse {
  readonly #session: SnowflakeSession
  readonly #reading: SnowflakeSession
  #opened = false

  /** @param reading for what is compared: beside the transactions of the loader, and never within one */
  constructor(session: SnowflakeSession, reading = session) {
    this.#session = session
    this.#reading = reading
  }

  async open(): Promise<void> {
    if (this.#opened) return
    for (const statement of ownTables) await this.#session.run(statement)
    this.#opened = true
  }

  async tables(): Promise<readonly WarehouseTable[]> {
    await this.open()
    const rows = await this.#session.run('SELECT DESCRIPTION FROM "ETL"."TABLES" ORDER BY SCHEMA_NAME, TABLE_NAME')
    return rows.map((row) => JSON.parse(String(row['DESCRIPTION'])) as WarehouseTable)
  }

  async offsets(topic: string): Promise<ReadonlyMap<number, bigint>> {
    await this.open()
    const rows = await this.#session.run(`SELECT PARTITION_ID, NEXT_OFFSET::VARCHAR AS NEXT_OFFSET FROM "ETL"."OFFSETS" WHERE TOPIC = ${literal(topic)} AND NEXT_OFFSET <> ${neverLoaded}`)
    return new Map(rows.map((row) => [Number(row['PARTITION_ID']), BigInt(String(row['NEXT_OFFSET']))]))
  }

  async evolve(table: WarehouseTable): Promise<void> {
    const old = (await this.tables()).find((one) => tableSql(one) === tableSql(table))
    if (old !== undefined && old.topic !== table.topic) {
      throw new EtlError('ETL_TABLE_NAME_TAKEN', `${tableSql(table)} holds topic ${old.topic}; ${table.topic} would go there too: leave one of them out of ETL_LOAD_TOPICS`)
    }
    for (const statement of evolution(old, table)) await this.#session.run(statement)
    const [schema, tableName, topic, description] = [table.schema, table.name, table.topic, JSON.stringify(table)].map(literal)
    await this.#transaction([
      `DELETE FROM "ETL"."TABLES" WHERE SCHEMA_NAME = ${schema} AND TABLE_NAME = ${tableName}`,
      `INSERT INTO "ETL"."TABLES" (SCHEMA_NAME, TABLE_NAME, TOPIC, DESCRIPTION) VALUES (${schema}, ${tableName}, ${topic}, ${description})`,
    ])
  }

  async apply({ topic, offsets, changes }: WarehouseBatch): Promise<void> {
    await this.open()
    const folder = await mkdtemp(join(tmpdir(), 'etl-load-'))
    try {
      const statements: string[] = []
      for (const [i, change] of changes.entries()) {
        const file = join(folder, `${i}.json`)
        await writeFile(file, changeLines(change))
        const stage = `"STAGE_${i}"`
        for (const statement of stageFile(file, randomUUID(), stage)) await this.#session.run(statement)
        statements.push(...applyStaged(change, stage))
      }
      for (const { partition, from } of offsets) if (from === null) await this.#session.run(firstOffset(topic, partition))
      await this.#transaction(statements, async () => {
        for (const offset of offsets) {
          const [result] = await this.#session.run(moveOffset(topic, offset))
          if (Number(Object.values(result ?? {})[0] ?? 0) !== 1) {
            throw new EtlError('ETL_OFFSETS_MOVED', `${topic}/${offset.partition} is not at offset ${offset.from ?? 'none'} in the warehouse any more: another loader is at work there; run one of them`)
          }
        }
      })
    } finally {
      await rm(folder, { recursive: true })
    }
  }

  async makeViews(): Promise<void> {
    await this.open()
    for (const statement of await starStatements()) await this.#session.run(statement)
  }

  async reset(topic: string): Promise<void> {
    for (const table of await this.tables()) if (table.topic === topic) await this.#session.run(`DROP TABLE IF EXISTS ${tableSql(table)}`)
    await this.#transaction(['TABLES', 'OFFSETS'].map((own) => `DELETE FROM "ETL"."${own}" WHERE TOPIC = ${literal(topic)}`))
  }

  async lookUp(table: WarehouseTable, column: string, by: string, text: string): Promise<string[]> {
    await this.open()
    const rows = await this.#session.run(`SELECT DISTINCT ${name(column)}::VARCHAR AS FOUND FROM ${tableSql(table)} WHERE ${name(by)}::VARCHAR = ${literal(text)} AND ${name(column)} IS NOT NULL`)
    return rows.map((row) => String(row['FOUND']))
  }

  sum(table: WarehouseTable, window?: Window): Promise<TableSum> {
    return this.#sum(sumSql(table, window))
  }

  offsetSum(table: WarehouseTable, ranges: readonly OffsetRange[]): Promise<TableSum> {
    return this.#sum(offsetSumSql(table, ranges))
  }

  /** What is a VARIANT there has no text of its own any more. */
  compares(type: WarehouseType): boolean {
    return typeSql(type) !== 'VARIANT'
  }

  async bucketSums(table: WarehouseTable): Promise<readonly BucketSum[]> {
    await this.open()
    const rows = await this.#reading.run(bucketSumsSql(table))
    return rows.map((row) => ({ bucket: String(row['BUCKET']), rows: Number(row['N']), high: BigInt(String(row['HIGH'])), low: BigInt(String(row['LOW'])) }))
  }

  async rowSums(table: WarehouseTable, buckets: Iterable<string>, take: (key: string, row: string) => void): Promise<void> {
    await this.open()
    for (const { K: key, M: row } of await this.#reading.run(rowSumsSql(table, buckets))) take(String(key), String(row))
  }

  async #sum(sql: string): Promise<TableSum> {
    await this.open()
    const [row] = await this.#reading.run(sql)
    return { rows: Number(row?.['N']), checksum: checksumText(BigInt(String(row?.['HIGH'])), BigInt(String(row?.['LOW']))) }
  }

  async erase(table: WarehouseTable, column: string, texts: readonly string[]): Promise<number> {
    await this.open()
    const emptied = table.columns.filter(({ pii }) => isErased(pii)).map((one) => `${name(one.name)} = NULL`)
    if (emptied.length === 0 || texts.length === 0) return 0
    const [result] = await this.#session.run(`UPDATE ${tableSql(table)} SET ${emptied.join(', ')} WHERE ${name(column)}::VARCHAR IN (${texts.map(literal).join(', ')})`)
    return Number(Object.values(result ?? {})[0] ?? 0)
  }

  async close(): Promise<void> {
    this.#opened = false
    await this.#session.close()
    await this.#reading.close()
  }

  async #transaction(statements: readonly string[], before: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    await this.#session.run('BEGIN')
    try {
      await before()
      for (const statement of statements) await this.#session.run(statement)
      await this.#session.run('COMMIT')
    } catch (error) {
      try {
        await this.#session.run('ROLLBACK')
      } catch {
        // A session that is closed takes its transaction along; what counts is why.
        await this.#session.close()
      }
      throw error
    }
  }
}
