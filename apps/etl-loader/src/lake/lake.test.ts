import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Cell } from '../domain/warehouse-type.js'
import { scalar, text } from '../domain/warehouse-type.js'
import { placeColumns, type WarehouseTable, withColumns } from '../domain/warehouse-table.js'
import { Lake } from './lake.js'
import { readManifest } from './manifest.js'

const table: WarehouseTable = {
  schema: 'lake', name: 'people', topic: 'people', mode: 'append', key: [],
  columns: [{ name: 'id', type: text, pii: 'pseudonymous' }, { name: 'name', type: text, pii: 'direct' }, { name: 'n', type: scalar('int'), pii: null }, ...placeColumns],
}

const day = 86_400_000
/** A row of a day (from 1970-01-01 on). */
const row = (id: string, offset: number, onDay = 0, partition = 0): Cell[] => [id, `name of ${id}`, offset, partition, BigInt(offset), BigInt(onDay * day) * 1_000n]

let folder: string
let lake: Lake

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lake-'))
  lake = new Lake(folder)
  await lake.evolve(table)
})

afterEach(async () => {
  await lake.close()
  rmSync(folder, { recursive: true })
})

const apply = (from: bigint | null, to: bigint, rows: readonly Cell[][], of = table) => lake.apply({ topic: 'people', offsets: [{ partition: 0, from, to }], changes: [{ table: of, rows, removed: [] }] })

const filesOf = () => readdirSync(join(folder, 'people'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.parquet')).sort()

/** What another process reads, which knows the manifest alone. */
async function read(sql: (source: string) => string): Promise<unknown[][]> {
  const manifest = await readManifest(join(folder, 'people'))
  const list = (manifest?.files ?? []).map(({ path }) => `'${join(folder, 'people', path)}'`).join(', ')
  const connection = await (await DuckDBInstance.create()).connect()
  const result = await connection.runAndReadAll(sql(`read_parquet([${list}], union_by_name = true)`))
  connection.closeSync()
  return result.getRowsJson()
}

describe('a batch', () => {
  test('is files by day and partition, named by their offsets, and DuckDB reads them', async () => {
    await apply(null, 5n, [row('a', 0), row('b', 1), row('c', 3, 1), row('d', 7, 1, 2)])
    expect(filesOf()).toEqual(['date=1970-01-01/0-0-1.parquet', 'date=1970-01-02/0-3-3.parquet', 'date=1970-01-02/2-7-7.parquet'])
    expect(await read((source) => `SELECT id, date::VARCHAR, n FROM ${source} ORDER BY id`)).toEqual([['a', '1970-01-01', 0], ['b', '1970-01-01', 1], ['c', '1970-01-02', 3], ['d', '1970-01-02', 7]])
    expect(await lake.offsets('people')).toEqual(new Map([[0, 5n]]))
  })

  test('whose offsets are not where it says is not written', async () => {
    await apply(null, 5n, [row('a', 0)])
    await expect(apply(4n, 9n, [row('b', 5)])).rejects.toMatchObject({ code: 'ETL_OFFSETS_MOVED' })
    expect(filesOf()).toHaveLength(1)
  })

  test('of which only files were written when the writer was killed does not count, and is removed', async () => {
    await apply(null, 5n, [row('a', 0)])
    await lake.close()
    mkdirSync(join(folder, 'people', 'date=1970-01-09'))
    writeFileSync(join(folder, 'people', 'date=1970-01-09', '0-5-8.parquet'), 'half a file')
    writeFileSync(join(folder, 'people', '.manifest-x'), '{"files":')
    expect(await read((source) => `SELECT count(*) FROM ${source}`)).toEqual([['1']])
    lake = new Lake(folder)
    await lake.open()
    expect(filesOf()).toEqual(['date=1970-01-01/0-0-0.parquet'])
    expect(existsSync(join(folder, 'people', '.manifest-x'))).toBe(false)
    expect(await lake.offsets('people')).toEqual(new Map([[0, 5n]]))
    await apply(5n, 9n, [row('b', 5)])
    expect(await read((source) => `SELECT count(*) FROM ${source}`)).toEqual([['2']])
  })

  test('without a row moves the offsets, also where there was never one', async () => {
    for (const [from, to] of [[null, 3n], [3n, 4n]] as const) await lake.apply({ topic: 'empty', offsets: [{ partition: 1, from, to }], changes: [] })
    await lake.close()
    expect(await lake.offsets('empty')).toEqual(new Map([[1, 4n]]))
  })

  test('is not written while another process has the lake', async () => {
    const program = `import { promisify } from 'node:util'
import { DuckDBInstance } from '@duckdb/node-api'; await DuckDBInstance.create(process.argv[1]).then(() => console.log('open'), (error) => console.log(error.message))`
    await lake.open()
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program, join(folder, '.writer.duckdb')], { cwd: import.meta.dirname })
    expect(stdout).toContain('lock')
  })

  test('with a new column and a wider type is read together with those before', async () => {
    await apply(null, 1n, [row('a', 0)])
    const wide = withColumns(table, [{ name: 'n', type: scalar('long'), pii: null }, { name: 'note', type: text, pii: null }])
    await lake.evolve(wide)
    await apply(1n, 2n, [[...row('b', 1).with(2, 2n ** 60n), 'new']], wide)
    expect(await read((source) => `SELECT id, n, note FROM ${source} ORDER BY id`)).toEqual([['a', '0', null], ['b', String(2n ** 60n), 'new']])
  })
})

describe('a day', () => {
  test('of many files becomes one, with the same rows', async () => {
    for (let i = 0; i < 5; i++) await apply(i === 0 ? null : BigInt(i), BigInt(i + 1), [row(`p${i}`, i)])
    await apply(5n, 6n, [row('late', 5, 1)])
    expect(await lake.compact('people', '1970-01-01', 5)).toBe(0)
    expect(await lake.compact('people', '1970-01-02', 5)).toBe(4)
    expect(filesOf()).toEqual(['date=1970-01-01/r1.parquet', 'date=1970-01-02/0-5-5.parquet'])
    expect(await read((source) => `SELECT string_agg(id, ' ' ORDER BY _offset) FROM ${source}`)).toEqual([['p0 p1 p2 p3 p4 late']])
    expect(await lake.compact('people', '1970-01-02', 1)).toBe(0)
    expect(await lake.offsets('people')).toEqual(new Map([[0, 6n]]))
  })
})

describe('a person who is erased', () => {
  test('is in no file any more; the rows of others are as they were', async () => {
    await apply(null, 2n, [row('a', 0), row('b', 1)])
    await apply(2n, 3n, [row('a', 2, 1)])
    await apply(3n, 4n, [row('c', 3, 2)])
    expect(await lake.erase(table, 'id', ['a'])).toBe(2)
    expect(await read((source) => `SELECT id, name, n FROM ${source} ORDER BY n`)).toEqual([['a', null, 0], ['b', 'name of b', 1], ['a', null, 2], ['c', 'name of c', 3]])
    expect(filesOf()).toEqual(['date=1970-01-01/r1.parquet', 'date=1970-01-02/r2.parquet', 'date=1970-01-03/0-3-3.parquet'])
  })
})
