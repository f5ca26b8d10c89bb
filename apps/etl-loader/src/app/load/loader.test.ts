import { type AvroSchema, rowEncoder } from '@swipestream/contracts'
import type { KafkaClient, KafkaRecord, Reader } from '@swipestream/messaging'
import { createLogger } from '@swipestream/platform'
import { describe, expect, test } from 'vitest'
import type { WarehouseTable } from '../../domain/warehouse-table.js'
import { EtlError, type EtlErrorCode } from '../../errors.js'
import type { LoadTarget, WarehouseBatch } from '../../warehouse/warehouse.js'
import { Loader } from './loader.js'
import { tablesOf } from './system-tables.js'
import type { BadRecord } from './topic-rows.js'

const schema: AvroSchema = { type: 'record', name: 'R', fields: [{ name: 'n', type: 'int' }] }
const wider: AvroSchema = { type: 'record', name: 'R', fields: [{ name: 'n', type: 'int' }, { name: 'more', type: 'int' }] }
const [encode, encodeWider] = [rowEncoder(schema), rowEncoder(wider)]

const rowsOf = ({ changes }: WarehouseBatch): unknown[] => changes.flatMap(({ rows }) => rows.map(([n]) => n))

/** Keeps rows and offsets as a warehouse does; `fail` says what becomes of a batch, before or after it is committed. */
class FakeWarehouse implements LoadTarget {
  readonly stored: unknown[] = []
  readonly next = new Map<number, bigint>()
  readonly #tables: WarehouseTable[] = []
  constructor(readonly fail: (batch: WarehouseBatch, attempt: number) => { readonly code: EtlErrorCode; readonly committed?: boolean } | undefined = () => undefined) {}

  attempts = 0
  open = () => Promise.resolve()
  close = () => Promise.resolve()
  erase = () => Promise.resolve(0)
  tables = () => Promise.resolve(this.#tables)
  offsets = () => Promise.resolve(new Map(this.next))

  evolve(table: WarehouseTable): Promise<void> {
    this.#tables.splice(0, this.#tables.length, table)
    return Promise.resolve()
  }

  apply(batch: WarehouseBatch): Promise<void> {
    const failure = this.fail(batch, ++this.attempts)
    const moved = batch.offsets.some(({ partition, from }) => (this.next.get(partition) ?? null) !== from)
    if (moved) return Promise.reject(new EtlError('ETL_OFFSETS_MOVED', 'moved'))
    const columns = (tables: readonly WarehouseTable[]) => tables.flatMap((table) => table.columns.map(({ name }) => name)).join()
    if (batch.changes.some(({ table }) => columns([table]) !== columns(this.#tables))) return Promise.reject(new EtlError('ETL_WAREHOUSE_BROKEN', 'the rows have not the columns of the table'))
    if (failure === undefined || failure.committed === true) {
      this.stored.push(...rowsOf(batch))
      for (const { partition, to } of batch.offsets) this.next.set(partition, to)
    }
    return failure === undefined ? Promise.resolve() : Promise.reject(new EtlError(failure.code, 'the warehouse says no'))
  }
}

/** A loader of ten events, 0 to 9, in batches of four. @param widerFrom the first of them that has a column more */
function loaderOf(warehouse: LoadTarget, widerFrom = 10): { readonly loader: Loader; readonly bad: BadRecord[] } {
  const bad: BadRecord[] = []
  const record = (n: number): KafkaRecord => ({ topic: 'happened', partition: 0, offset: BigInt(n), timestamp: 0, key: null, value: Buffer.from(n < widerFrom ? encode(1, { n }) : encodeWider(2, { n, more: 1 })), headers: {} })
  const reader: Reader = {
    bounds: () => Promise.resolve([{ first: 0n, end: 10n }]),
    written: () => Promise.resolve([]),
    offsetsAt: () => Promise.resolve([]),
    async *read(_, from, to) {
      for (let n = Number(from); n < Number(to); n++) yield [record(n)]
    },
    close: () => Promise.resolve(),
  }
  const admin = { createTopics: () => Promise.resolve(), deleteTopics: () => Promise.resolve(), partitionsOf: () => Promise.resolve(new Map([['happened', 1]])), close: () => Promise.resolve() }
  const client: Pick<KafkaClient, 'reader' | 'admin'> = { reader: () => reader, admin: () => admin }
  const loader = new Loader({
    client, registry: { schemaById: (id) => Promise.resolve(id === 1 ? schema : wider) }, namespace: '', warehouse, tablesOf, topics: [{ name: 'happened', compacted: false, keyColumn: null, history: false }],
    limits: { rows: 4, bytes: 1_000 }, waitMs: 1, logger: createLogger({ service: 'test', level: 'silent' }),
    quarantine: (_, records) => {
      bad.push(...records)
      return Promise.resolve()
    },
  })
  return { loader, bad }
}

const once = (loader: Loader) => loader.run(new AbortController().signal, { once: true })
const all = Array.from({ length: 10 }, (_, n) => n)

describe('a loader', () => {
  test('brings every record once', async () => {
    const warehouse = new FakeWarehouse()
    const { loader } = loaderOf(warehouse)
    expect(await once(loader)).toEqual({ records: 10, batches: 3, quarantined: 0, topics: { happened: 10 } })
    expect(warehouse.stored).toEqual(all)
    expect(await once(loader)).toMatchObject({ records: 10 })
  })

  test.each([false, true])('whose warehouse goes away, and has committed: %s, goes on where it stands', async (committed) => {
    const warehouse = new FakeWarehouse((_, attempt) => (attempt === 2 ? { code: 'ETL_WAREHOUSE_UNAVAILABLE', committed } : undefined))
    await once(loaderOf(warehouse).loader)
    expect(warehouse.stored).toEqual(all)
  })

  test('finds the rows that are refused, and brings the others', async () => {
    const warehouse = new FakeWarehouse((batch) => (rowsOf(batch).some((n) => n === 5 || n === 8) ? { code: 'ETL_WAREHOUSE_REFUSED' } : undefined))
    const { loader, bad } = loaderOf(warehouse)
    expect(await once(loader)).toMatchObject({ records: 10, quarantined: 2 })
    expect(warehouse.stored).toEqual(all.filter((n) => n !== 5 && n !== 8))
    expect(bad.map(({ record, error }) => [record.offset, (error as EtlError).code])).toEqual([[5n, 'ETL_WAREHOUSE_REFUSED'], [8n, 'ETL_WAREHOUSE_REFUSED']])
    expect(warehouse.next.get(0)).toBe(10n)
  })

  test.each([2, 4, 6, 8])('finds them too while the next batch, which is read already, widens the table: from %i on', async (widerFrom) => {
    const warehouse = new FakeWarehouse((batch) => (rowsOf(batch).some((n) => n === 1 || n === 6) ? { code: 'ETL_WAREHOUSE_REFUSED' } : undefined))
    expect(await once(loaderOf(warehouse, widerFrom).loader)).toMatchObject({ records: 10, quarantined: 2 })
    expect(warehouse.stored).toEqual(all.filter((n) => n !== 1 && n !== 6))
  })

  test.each([2, 4, 6, 8])('goes on where the table is widened from %i on, and the warehouse goes away', async (widerFrom) => {
    const warehouse = new FakeWarehouse((_, attempt) => (attempt % 2 === 1 ? { code: 'ETL_WAREHOUSE_UNAVAILABLE', committed: attempt === 3 } : undefined))
    await once(loaderOf(warehouse, widerFrom).loader)
    expect(warehouse.stored).toEqual(all)
  })

  test('ends when another has moved the offsets while it did not know whether it had', async () => {
    const warehouse = new FakeWarehouse((_, attempt) => {
      if (attempt !== 2) return undefined
      queueMicrotask(() => warehouse.next.set(0, 9n))
      return { code: 'ETL_WAREHOUSE_UNAVAILABLE' }
    })
    await expect(once(loaderOf(warehouse).loader)).rejects.toMatchObject({ code: 'ETL_OFFSETS_MOVED' })
    expect(warehouse.stored).toEqual([0, 1, 2, 3])
  })

  test('ends when what is refused is no row', async () => {
    const warehouse = new FakeWarehouse(() => ({ code: 'ETL_WAREHOUSE_REFUSED' }))
    await expect(once(loaderOf(warehouse).loader)).rejects.toMatchObject({ code: 'ETL_WAREHOUSE_BROKEN' })
  })
})
