import { mkdir, readdir, rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { isErased } from '../domain/personal-data.js'
import type { WarehouseTable } from '../domain/warehouse-table.js'
import { EtlError } from '../errors.js'
import { duckdbError } from '../warehouse/duckdb/errors.js'
import { columnSql } from '../warehouse/duckdb/evolution.js'
import { appendRows } from '../warehouse/duckdb/rows.js'
import { literal, quoted } from '../warehouse/identifiers.js'
import type { LoadTarget, WarehouseBatch } from '../warehouse/warehouse.js'
import { type LakeFile, type Manifest, readManifest, syncedFile, writeManifest } from './manifest.js'

const lockFile = '.writer.duckdb'

/**
 * A folder of Parquet files: `<topic>/date=YYYY-MM-DD/<partition>-<first offset>-<last offset>.parquet`, by the day (UTC)
 * on which records came to their topic, every record a row.
 *
 * What counts is the topic's manifest, which also holds the offsets: files are written first, and exist for readers
 * when the manifest that names them is in the place of the one before. What a writer that was killed has left is removed
 * when the next one opens the lake. One process writes at a time: the lock of a file of DuckDB's, which ends with the
 * process, sees to it.
 */
export class Lake implements LoadTarget {
  readonly #folder: string
  readonly #memory: string
  readonly #manifests = new Map<string, Manifest>()
  #instance: DuckDBInstance | undefined
  #connection: DuckDBConnection | undefined

  /** @param memory how much of it DuckDB may take, such as `1GB` */
  constructor(folder: string, memory = '1GB') {
    this.#folder = folder
    this.#memory = memory
  }

  async open(): Promise<void> {
    if (this.#connection !== undefined) return
    await mkdir(this.#folder, { recursive: true })
    try {
      this.#instance = await DuckDBInstance.create(join(this.#folder, lockFile), { memory_limit: this.#memory })
      this.#connection = await this.#instance.connect()
      await this.#connection.run("SET TimeZone = 'UTC'")
    } catch (error) {
      await this.close()
      const known = duckdbError(error, 'to open the lake')
      throw known.code === 'ETL_WAREHOUSE_LOCKED' ? new EtlError('ETL_LAKE_LOCKED', `another process writes to the lake ${this.#folder}: end that one`, { cause: error }) : known
    }
    for (const entry of await readdir(this.#folder, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue
      const manifest = await readManifest(join(this.#folder, entry.name))
      if (manifest !== undefined) this.#manifests.set(manifest.topic, manifest)
      await this.#sweep(join(this.#folder, entry.name), manifest)
    }
  }

  async tables(): Promise<readonly WarehouseTable[]> {
    await this.open()
    return [...this.#manifests.values()].flatMap(({ table }) => table ?? [])
  }

  async offsets(topic: string): Promise<ReadonlyMap<number, bigint>> {
    await this.open()
    const { offsets } = this.#manifest(topic)
    return new Map(Object.entries(offsets).map(([partition, next]) => [Number(partition), BigInt(next)]))
  }

  async evolve(table: WarehouseTable): Promise<void> {
    await this.open()
    await this.#commit({ ...this.#manifest(table.topic), table })
  }

  async apply({ topic, offsets, changes }: WarehouseBatch): Promise<void> {
    await this.open()
    const manifest = this.#manifest(topic)
    const held = await this.offsets(topic)
    for (const { partition, from } of offsets) {
      if ((held.get(partition) ?? null) !== from) throw new EtlError('ETL_OFFSETS_MOVED', `${topic}/${partition} is not at offset ${from ?? 'none'} in the lake any more: another loader is at work there; run one of them`)
    }
    const added: LakeFile[] = []
    for (const { table, rows } of changes) added.push(...(await this.#write(table, rows)))
    const moved = Object.fromEntries(offsets.map(({ partition, to }) => [partition, String(to)]))
    await this.#commit({ ...manifest, offsets: { ...manifest.offsets, ...moved }, files: [...manifest.files, ...added] })
  }

  /** Files of a topic that count, as DuckDB reads them: a FROM item with all columns of the table and `date`. */
  source(topic: string): string {
    const manifest = this.#manifest(topic)
    if (manifest.files.length === 0) throw new EtlError('ETL_LAKE_BROKEN', `the lake holds nothing of ${topic}`)
    return parquet(manifest.files.map(({ path }) => join(this.#topicFolder(topic), path)))
  }

  /**
   * Makes one file of a day's files: of days before `today` (YYYY-MM-DD) where there are several, of others where there
   * are more than `most`. Gives how many files went.
   */
  async compact(topic: string, today: string, most: number): Promise<number> {
    await this.open()
    let gone = 0
    for (const [date, files] of Map.groupBy(this.#manifest(topic).files, (file) => file.date)) {
      if (files.length <= (date < today ? 1 : most)) continue
      await this.#rewrite(topic, date, files, '*')
      gone += files.length - 1
    }
    return gone
  }

  async erase(table: WarehouseTable, column: string, texts: readonly string[]): Promise<number> {
    await this.open()
    const emptied = table.columns.filter(({ pii }) => isErased(pii))
    if (emptied.length === 0 || texts.length === 0) return 0
    const among = `${quoted(column)}::VARCHAR IN (${texts.map(literal).join(', ')})`
    let rows = 0
    for (const file of this.#manifest(table.topic).files) {
      const source = parquet([join(this.#topicFolder(table.topic), file.path)])
      const columns = new Set((await this.#query(`DESCRIBE FROM ${source}`)).map((row) => String(row['column_name'])))
      if (!columns.has(column)) continue
      const [found] = await this.#query(`SELECT count(*) AS n FROM ${source} WHERE ${among}`)
      const n = Number(found?.['n'])
      if (n === 0) continue
      const replaced = emptied.filter(({ name }) => columns.has(name)).map(({ name }) => `CASE WHEN ${among} THEN NULL ELSE ${quoted(name)} END AS ${quoted(name)}`)
      await this.#rewrite(table.topic, file.date, [file], replaced.length === 0 ? '*' : `* REPLACE (${replaced.join(', ')})`)
      rows += n
    }
    return rows
  }

  close(): Promise<void> {
    this.#connection?.closeSync()
    this.#connection = undefined
    this.#instance?.closeSync()
    this.#instance = undefined
    this.#manifests.clear()
    return Promise.resolve()
  }

  /** A topic's folder; its name may hold what a file system does not take. */
  #topicFolder(topic: string): string {
    return join(this.#folder, encodeURIComponent(topic))
  }

  #manifest(topic: string): Manifest {
    return this.#manifests.get(topic) ?? { topic, table: null, offsets: {}, files: [], revision: 0 }
  }

  async #commit(manifest: Manifest): Promise<void> {
    await writeManifest(this.#topicFolder(manifest.topic), manifest)
    this.#manifests.set(manifest.topic, manifest)
  }

  /** One file a day and partition of the rows. */
  async #write(table: WarehouseTable, rows: WarehouseBatch['changes'][number]['rows']): Promise<LakeFile[]> {
    await this.#query(`CREATE OR REPLACE TEMP TABLE lake_stage (${table.columns.map(columnSql).join(', ')})`)
    await this.#doing((connection) => appendRows(connection, { catalog: 'temp', schema: 'main', name: 'lake_stage' }, table.columns, rows))
    const groups = await this.#query('SELECT CAST(_written_at AS DATE)::VARCHAR AS date, _partition, min(_offset) AS first, max(_offset) AS last, count(*) AS n FROM lake_stage GROUP BY ALL')
    const files: LakeFile[] = []
    for (const { date, _partition, first, last, n } of groups) {
      const path = `date=${String(date)}/${String(_partition)}-${String(first)}-${String(last)}.parquet`
      await this.#copy(`SELECT * FROM lake_stage WHERE _partition = ${String(_partition)} AND CAST(_written_at AS DATE) = DATE ${literal(String(date))} ORDER BY _offset`, join(this.#topicFolder(table.topic), path))
      files.push({ path, date: String(date), rows: Number(n) })
    }
    await this.#query('DROP TABLE lake_stage')
    return files
  }

  /** Puts one file in the place of several of a day. The old ones are gone when this has resolved. */
  async #rewrite(topic: string, date: string, files: readonly LakeFile[], columns: string): Promise<void> {
    const manifest = this.#manifest(topic)
    const revision = manifest.revision + 1
    const folder = this.#topicFolder(topic)
    const path = `date=${date}/r${revision}.parquet`
    await this.#copy(`SELECT ${columns} FROM ${parquet(files.map((file) => join(folder, file.path)), false)} ORDER BY _partition, _offset`, join(folder, path))
    const old = new Set(files.map((file) => file.path))
    const merged: LakeFile = { path, date, rows: files.reduce((sum, file) => sum + file.rows, 0) }
    await this.#commit({ ...manifest, revision, files: [...manifest.files.filter((file) => !old.has(file.path)), merged] })
    await Promise.all([...old].map((one) => rm(join(folder, one), { force: true })))
  }

  async #copy(select: string, path: string): Promise<void> {
    await mkdir(dirname(path), { recursive: true })
    await this.#query(`COPY (${select}) TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd)`)
    await syncedFile(path)
  }

  /** Removes what no manifest names: a writer was killed before it could. */
  async #sweep(folder: string, manifest: Manifest | undefined): Promise<void> {
    const counting = new Set((manifest?.files ?? []).map(({ path }) => join(folder, path)))
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.name.startsWith('.manifest-')) await rm(path)
      if (!entry.isDirectory() || !entry.name.startsWith('date=')) continue
      const names = await readdir(path)
      const stray = names.map((name) => join(path, name)).filter((one) => !counting.has(one))
      await Promise.all(stray.map((one) => rm(one, { recursive: true })))
      if (stray.length === names.length) await rmdir(path)
    }
  }

  async #query(sql: string): Promise<Record<string, unknown>[]> {
    return this.#doing(async (connection) => (await connection.runAndReadAll(sql)).getRowObjects())
  }

  async #doing<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    try {
      return await work(this.#connection as DuckDBConnection)
    } catch (error) {
      throw duckdbError(error, 'a file of the lake')
    }
  }
}

function parquet(paths: readonly string[], withDate = true): string {
  return `read_parquet([${paths.map(literal).join(', ')}], union_by_name = true, hive_partitioning = ${withDate})`
}
