import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CanonicalRows } from '../../app/reconcile/canonical-rows.js'
import { Checksum } from '../../domain/checksum.js'
import { type Cell, type WarehouseType, commonType, scalar, text } from '../../domain/warehouse-type.js'
import { type TableMode, type WarehouseColumn, type WarehouseTable, withColumns } from '../../domain/warehouse-table.js'
import { widened } from '../../domain/widen.js'
import type { TableSum } from '../warehouse.js'
import { DuckDBWarehouse } from './duckdb-warehouse.js'

const column = (name: string, type: WarehouseType, pii: WarehouseColumn['pii'] = null): WarehouseColumn => ({ name, type, pii })

function tableOf(mode: TableMode, columns: readonly WarehouseColumn[]): WarehouseTable {
  return { schema: 'entities', name: 'people', topic: 'people', mode, key: mode === 'append' ? [] : ['id'], columns }
}

const people = [column('id', text), column('name', text, 'direct'), column('age', scalar('int'))]
const offset = (from: bigint | null, to: bigint) => [{ partition: 0, from, to }]

let folder: string
let warehouse: DuckDBWarehouse

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'warehouse-'))
  warehouse = new DuckDBWarehouse({ path: join(folder, 'w.duckdb') })
  await warehouse.open()
})

afterEach(async () => {
  await warehouse.close()
  rmSync(folder, { recursive: true })
})

const held = async (order = 'id') => (await warehouse.query(`FROM entities.people ORDER BY ${order}`)).map((row) => Object.values(row))

describe('a batch', () => {
  test('replaces the row of its key, adds what is new and takes away what was removed', async () => {
    const table = tableOf('replace', people)
    await warehouse.evolve(table)
    await warehouse.apply({ topic: 'people', offsets: offset(null, 3n), changes: [{ table, rows: [['a', 'Ann', 1], ['b', 'Bob', 2], ['c', 'Cid', 3]], removed: [] }] })
    await warehouse.apply({ topic: 'people', offsets: offset(3n, 6n), changes: [{ table, rows: [['b', 'Bea', 5], ['d', 'Dan', 4]], removed: [['a'], ['nobody']] }] })
    expect(await held()).toEqual([['b', 'Bea', 5], ['c', 'Cid', 3], ['d', 'Dan', 4]])
    expect(await warehouse.offsets('people')).toEqual(new Map([[0, 6n]]))
  })

  test('of a history keeps each version, and empties the personal columns of all of a removed key', async () => {
    const table = tableOf('history', people)
    await warehouse.evolve(table)
    await warehouse.apply({ topic: 'people', offsets: offset(null, 3n), changes: [{ table, rows: [['a', 'Ann', 1], ['a', 'Anna', 2], ['b', 'Bob', 3]], removed: [] }] })
    await warehouse.apply({ topic: 'people', offsets: offset(3n, 4n), changes: [{ table, rows: [['a', null, null]], removed: [['a']] }] })
    expect(await held('id, age')).toEqual([['a', null, 1], ['a', null, 2], ['a', null, null], ['b', 'Bob', 3]])
  })

  test('is written whole before anybody else is answered, and nobody who asks meanwhile breaks it', async () => {
    const table = tableOf('replace', people)
    await warehouse.evolve(table)
    const rows = Array.from({ length: 3_000 }, (_, i) => [`p${i}`, 'Ann', i])
    const write = (i: bigint) => warehouse.apply({ topic: 'people', offsets: offset(i === 0n ? null : i, i + 1n), changes: [{ table, rows, removed: [] }] })
    await write(0n)
    const written = new AbortController()
    const seen = new Set<unknown>()
    const asker = (async () => {
      while (!written.signal.aborted) {
        await warehouse.tables()
        seen.add((await warehouse.query('SELECT count(*)::INT AS n FROM entities.people'))[0]?.['n'])
      }
    })()
    try {
      for (let i = 1n; i < 30n; i++) await write(i)
    } finally {
      written.abort()
      await asker
    }
    expect([...seen]).toEqual([3_000])
  })

  test('whose offsets are not where it says changes nothing', async () => {
    const table = tableOf('replace', people)
    await warehouse.evolve(table)
    const batch = (from: bigint | null) => ({ topic: 'people', offsets: offset(from, 9n), changes: [{ table, rows: [['x', 'Xi', 1]], removed: [] }] })
    await expect(warehouse.apply(batch(4n))).rejects.toMatchObject({ code: 'ETL_OFFSETS_MOVED' })
    await warehouse.apply({ topic: 'people', offsets: offset(null, 5n), changes: [] })
    await expect(warehouse.apply(batch(null))).rejects.toMatchObject({ code: 'ETL_OFFSETS_MOVED', kind: 'fatal' })
    await expect(warehouse.apply(batch(4n))).rejects.toMatchObject({ code: 'ETL_OFFSETS_MOVED' })
    expect(await held()).toEqual([])
  })

  test('with a row that the table refuses changes nothing, not even the offsets', async () => {
    const table = tableOf('replace', people)
    await warehouse.evolve(table)
    await warehouse.query('ALTER TABLE entities.people ALTER COLUMN age SET NOT NULL')
    const refused = warehouse.apply({ topic: 'people', offsets: offset(null, 3n), changes: [{ table, rows: [['a', 'Ann', 1], ['b', 'Bob', null]], removed: [] }] })
    await expect(refused).rejects.toMatchObject({ code: 'ETL_WAREHOUSE_REFUSED' })
    await expect(refused).rejects.not.toThrow('Bob')
    expect(await held()).toEqual([])
    expect(await warehouse.offsets('people')).toEqual(new Map())
  })

  test('is still there when the file is opened again', async () => {
    const table = tableOf('replace', people)
    await warehouse.evolve(table)
    await warehouse.apply({ topic: 'people', offsets: offset(null, 3n), changes: [{ table, rows: [['a', 'Ann', 1]], removed: [] }] })
    await warehouse.close()
    warehouse = new DuckDBWarehouse({ path: join(folder, 'w.duckdb') })
    expect(await warehouse.tables()).toEqual([table])
    expect(await held()).toEqual([['a', 'Ann', 1]])
  })
})

describe('a table', () => {
  test('that is evolved twice is evolved once', async () => {
    await warehouse.evolve(tableOf('replace', people))
    await warehouse.evolve(tableOf('replace', people))
    expect(await warehouse.tables()).toEqual([tableOf('replace', people)])
  })

  test('says which of its columns are personal', async () => {
    await warehouse.evolve(tableOf('replace', people))
    expect(await warehouse.query("SELECT column_name, comment FROM duckdb_columns() WHERE table_name = 'people' AND comment IS NOT NULL")).toEqual([{ column_name: 'name', comment: 'personal data: direct' }])
  })

  test('is not shared by two topics', async () => {
    await warehouse.evolve(tableOf('replace', people))
    await expect(warehouse.evolve({ ...tableOf('replace', people), name: 'People', topic: 'others' })).rejects.toMatchObject({ code: 'ETL_TABLE_NAME_TAKEN' })
  })

  test('of odd names, with quotes and dots, is a table like others', async () => {
    const table = { ...tableOf('append', [column('a "b".c', text), column('select', scalar('int'))]), schema: 'x.y', name: `it's "odd"` }
    await warehouse.evolve(table)
    await warehouse.apply({ topic: 'people', offsets: [], changes: [{ table, rows: [['1', 2]], removed: [] }] })
    expect(await warehouse.sum(table)).toMatchObject({ rows: 1 })
  })

  test('of a topic that is forgotten is gone, with the offsets', async () => {
    await warehouse.evolve(tableOf('replace', people))
    await warehouse.apply({ topic: 'people', offsets: offset(null, 3n), changes: [] })
    await warehouse.reset('people')
    expect(await warehouse.tables()).toEqual([])
    expect(await warehouse.offsets('people')).toEqual(new Map())
  })

  test('is emptied of what is personal where a person is erased', async () => {
    const table = tableOf('append', people)
    await warehouse.evolve(table)
    await warehouse.apply({ topic: 'people', offsets: [], changes: [{ table, rows: [['a', 'Ann', 1], ['b', 'Bob', 2]], removed: [] }] })
    expect(await warehouse.erase(table, 'id', ['a', 'z'])).toBe(1)
    expect(await held()).toEqual([['a', null, 1], ['b', 'Bob', 2]])
  })
})

const wellFormed = fc.string({ unit: 'binary', maxLength: 8 }).filter((s) => s.isWellFormed())
const scalarCells: Record<string, fc.Arbitrary<Cell>> = {
  boolean: fc.boolean(),
  int: fc.integer(),
  long: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  float: fc.float({ noNaN: true, noDefaultInfinity: true }),
  double: fc.double({ noNaN: true, noDefaultInfinity: true }),
  text: wellFormed,
  blob: fc.uint8Array({ maxLength: 8 }),
  date: fc.integer({ min: -719_162, max: 2_932_896 }),
  time: fc.bigInt({ min: 0n, max: 86_399_999_999n }),
  timestamp: fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n }),
  datetime: fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n }),
}

function cellsOf(type: WarehouseType): fc.Arbitrary<Cell> {
  const present = (): fc.Arbitrary<Cell> => {
    switch (type.kind) {
      case 'decimal':
        return fc.bigInt({ min: -(10n ** BigInt(type.precision)) + 1n, max: 10n ** BigInt(type.precision) - 1n })
      case 'struct':
        return fc.tuple(...type.fields.map((field) => cellsOf(field.type)))
      case 'list':
        return fc.array(cellsOf(type.item), { maxLength: 4 })
      case 'map':
        return fc.uniqueArray(fc.tuple(wellFormed, cellsOf(type.value)), { selector: ([key]) => key, maxLength: 3 })
      default:
        return scalarCells[type.kind] as fc.Arbitrary<Cell>
    }
  }
  return fc.option(present(), { freq: 5 })
}

const { type: anyType } = fc.letrec<{ type: WarehouseType }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    fc.constantFrom(...Object.keys(scalarCells)).map((kind) => scalar(kind as 'text')),
    fc.tuple(fc.integer({ min: 1, max: 38 }), fc.nat(37)).map(([precision, scale]): WarehouseType => ({ kind: 'decimal', precision, scale: Math.min(scale, precision) })),
    fc.array(tie('type'), { minLength: 1, maxLength: 3 }).map((types): WarehouseType => ({ kind: 'struct', fields: types.map((type, i) => ({ name: `f${i}`, type })) })),
    tie('type').map((item): WarehouseType => ({ kind: 'list', item })),
    tie('type').map((value): WarehouseType => ({ kind: 'map', value })),
  ),
}))

const typed = (types: fc.Arbitrary<WarehouseType>, rows: number) => types.chain((type) => fc.tuple(fc.constant(type), fc.array(cellsOf(type), { minLength: 1, maxLength: rows })))

function sumOf(table: WarehouseTable, rows: readonly (readonly Cell[])[]): TableSum {
  const canonical = new CanonicalRows(table)
  const sum = new Checksum()
  for (const row of rows) sum.add(canonical.md5(row))
  return { rows: sum.rows, checksum: sum.text }
}

describe('whatever a cell holds', () => {
  test('is in the warehouse as it was, and its checksum is the same there', async () => {
    let number = 0
    await fc.assert(
      fc.asyncProperty(fc.array(typed(anyType, 3), { minLength: 1, maxLength: 3 }), async (columns) => {
        const table: WarehouseTable = { schema: 'x', name: `t${number++}`, topic: `t${number}`, mode: 'append', key: [], columns: columns.map(([type], i) => column(`c${i}`, type)) }
        const rows = [0, 1, 2].map((r) => columns.map(([, cells]) => cells[r] ?? null))
        await warehouse.evolve(table)
        await warehouse.apply({ topic: table.topic, offsets: [], changes: [{ table, rows, removed: [] }] })
        expect(await warehouse.sum(table)).toEqual(sumOf(table, rows))
      }),
      { numRuns: 60 },
    )
  })

  test('is the same when its column gets a wider type as when it comes after that', async () => {
    let number = 0
    await fc.assert(
      fc.asyncProperty(typed(anyType, 3), anyType, async ([type, cells], other) => {
        const name = `w${number++}`
        const table: WarehouseTable = { schema: 'x', name, topic: name, mode: 'append', key: [], columns: [column('c', type)] }
        await warehouse.evolve(table)
        await warehouse.apply({ topic: name, offsets: [], changes: [{ table, rows: cells.map((cell) => [cell]), removed: [] }] })
        const wide = withColumns(table, [column('c', other)])
        await warehouse.evolve(wide)
        const widen = widened(type, commonType(type, other))
        expect(await warehouse.sum(wide)).toEqual(sumOf(wide, cells.map((cell) => [widen(cell)])))
      }),
      { numRuns: 60 },
    )
  })

  test('is counted in its window alone', async () => {
    const table: WarehouseTable = { schema: 'x', name: 'w', topic: 'w', mode: 'append', key: [], columns: [column('at', scalar('timestamp'))] }
    await warehouse.evolve(table)
    await warehouse.apply({ topic: 'w', offsets: [], changes: [{ table, rows: [[999_999n], [1_000_000n], [2_000_000n]], removed: [] }] })
    expect(await warehouse.sum(table, { column: 'at', from: 1_000, to: 2_000 })).toEqual(sumOf(table, [[1_000_000n]]))
  })
})
