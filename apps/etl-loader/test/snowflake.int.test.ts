import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { eventually } from '@swipestream/messaging/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeSystemTables } from '../src/app/load/system-tables.js'
import { type WarehouseType, scalar, text } from '../src/domain/warehouse-type.js'
import { type WarehouseTable, withColumns } from '../src/domain/warehouse-table.js'
import { loadExample } from '../src/warehouse/duckdb/example-data.fixture.js'
import { SnowflakeSession } from '../src/warehouse/snowflake/session.js'
import { SnowflakeWarehouse } from '../src/warehouse/snowflake/snowflake-warehouse.js'
import { fakesnowPython } from './fakesnow/python.js'

const python = await fakesnowPython()

const struct: WarehouseType = { kind: 'struct', fields: [{ name: 'lat', type: scalar('double') }] }

const table = (name: string, mode: WarehouseTable['mode']): WarehouseTable => ({
  schema: 'bank_shop', name, topic: `bank.shop.${name}`, mode, key: ['id'],
  columns: [
    { name: 'id', type: scalar('long'), pii: null }, { name: 'name', type: text, pii: 'direct' }, { name: 'price', type: { kind: 'decimal', precision: 9, scale: 2 }, pii: null },
    { name: 'made', type: scalar('timestamp'), pii: null }, { name: 'clock', type: scalar('datetime'), pii: null }, { name: 'day', type: scalar('date'), pii: null }, { name: 'at', type: scalar('time'), pii: null },
    { name: 'ok', type: scalar('boolean'), pii: null }, { name: 'x', type: scalar('double'), pii: null }, { name: 'bytes', type: scalar('blob'), pii: null }, { name: 'place', type: struct, pii: null },
  ],
})
const row = (id: bigint, name: string | null, x = 0.5) => [id, name, -5n, 1_700_000_000_123_456n, -1n, -1, 3n, true, x, new Uint8Array([0, 255]), [1.5]]

describe.skipIf(python === null)('Snowflake', () => {
  let server: ReturnType<typeof spawn>
  let session: SnowflakeSession
  let warehouse: SnowflakeWarehouse

  beforeAll(async () => {
    const port = await freePort()
    server = spawn(python as string, [fileURLToPath(new URL('fakesnow/server.py', import.meta.url)), String(port)], { stdio: 'ignore' })
    const accessUrl = `http://127.0.0.1:${port}`
    await eventually(async () => (await fetch(accessUrl)).status > 0, { timeoutMs: 60_000 })
    session = new SnowflakeSession({ account: 'fake', username: 'user', password: 'password', accessUrl, database: 'BANK' })
    warehouse = new SnowflakeWarehouse(session)
    await warehouse.open()
  })

  afterAll(async () => {
    await warehouse.close()
    const ended = once(server, 'exit')
    server.kill()
    await ended
  })

  test('holds the last row of each key, exactly as it came', async () => {
    const items = table('items', 'replace')
    await warehouse.evolve(items)
    await warehouse.apply({ topic: items.topic, offsets: [{ partition: 0, from: null, to: 3n }], changes: [{ table: items, rows: [row(1n, 'old'), row(2n ** 62n, `é'\\n"`), row(3n, 'gone')], removed: [] }] })
    await warehouse.apply({ topic: items.topic, offsets: [{ partition: 0, from: 3n, to: 5n }], changes: [{ table: items, rows: [row(1n, null)], removed: [[3n]] }] })
    const held = await session.run('SELECT ID::VARCHAR AS A, NAME AS B, PRICE::VARCHAR AS C, MADE::VARCHAR AS D, CLOCK::VARCHAR AS E, DAY::VARCHAR AS F, "AT"::VARCHAR AS G, OK AS H, X AS I, HEX_ENCODE(BYTES) AS J, PLACE:lat::FLOAT AS K FROM BANK_SHOP.ITEMS ORDER BY ID')
    const others = ['-0.05', expect.stringMatching(/^2023-11-14 22:13:20.123456/), expect.stringMatching(/^1969-12-31 23:59:59.999999/), '1969-12-31', expect.stringMatching(/^00:00:00.000003/), true, 0.5, '00FF', 1.5]
    expect(held.map((one) => Object.values(one))).toEqual([['1', null, ...others], [String(2n ** 62n), `é'\\n"`, ...others]])
    expect(await warehouse.offsets(items.topic)).toEqual(new Map([[0, 5n]]))
    expect(await warehouse.tables()).toEqual([items])
  })

  test('changes nothing when the offsets are elsewhere', async () => {
    const moved = table('moved', 'replace')
    await warehouse.evolve(moved)
    const batch = (from: bigint | null) => ({ topic: moved.topic, offsets: [{ partition: 0, from, to: 9n }], changes: [{ table: moved, rows: [row(1n, 'x')], removed: [] }] })
    await expect(warehouse.apply(batch(4n))).rejects.toMatchObject({ code: 'ETL_OFFSETS_MOVED' })
    await warehouse.apply({ topic: moved.topic, offsets: [{ partition: 0, from: null, to: 5n }], changes: [] })
    await expect(warehouse.apply(batch(null))).rejects.toMatchObject({ code: 'ETL_OFFSETS_MOVED' })
    expect(await session.run('SELECT COUNT(*) AS N FROM BANK_SHOP.MOVED')).toEqual([{ N: 0 }])
  })

  test('keeps the history of a key, and empties what is personal when it is removed', async () => {
    const past = table('past', 'history')
    await warehouse.evolve(past)
    await warehouse.apply({ topic: past.topic, offsets: [], changes: [{ table: past, rows: [row(1n, 'a'), row(1n, 'b'), row(2n, 'c')], removed: [[1n]] }] })
    expect(await session.run('SELECT NAME FROM BANK_SHOP.PAST ORDER BY ID, NAME')).toEqual([{ NAME: null }, { NAME: null }, { NAME: 'c' }])
  })

  test('takes a new column and a wider type; doing it again changes nothing', async () => {
    const narrow = table('wide', 'replace')
    await warehouse.evolve(narrow)
    await warehouse.apply({ topic: narrow.topic, offsets: [], changes: [{ table: narrow, rows: [row(1n, 'a')], removed: [] }] })
    const wide = withColumns(narrow, [{ name: 'x', type: text, pii: null }, { name: 'id', type: { kind: 'decimal', precision: 20, scale: 0 }, pii: null }, { name: 'more', type: scalar('int'), pii: null }])
    await warehouse.evolve(wide)
    await warehouse.apply({ topic: wide.topic, offsets: [], changes: [{ table: wide, rows: [[...row(2n, 'b').with(8, 'text'), 7]], removed: [] }] })
    await warehouse.evolve(wide)
    expect(await session.run('SELECT X, MORE FROM BANK_SHOP.WIDE ORDER BY ID')).toEqual([{ X: '524288', MORE: null }, { X: 'text', MORE: 7 }])
  })

  test('has the star schema', async () => {
    await makeSystemTables(warehouse)
    await warehouse.makeViews()
    await loadExample(warehouse)
    expect(await session.run('SELECT COUNT(*) AS N, COUNT(DISTINCT TRANSACTION_ID) AS IDS FROM STAR.FACT_TRANSACTIONS')).toEqual([{ N: 48, IDS: 48 }])
    expect(await session.run("SELECT VERSION, COUNTRY, IS_CURRENT FROM STAR.DIM_CUSTOMER WHERE CUSTOMER_ID = 'c1' ORDER BY VERSION")).toEqual([{ VERSION: 1, COUNTRY: 'DE', IS_CURRENT: false }, { VERSION: 2, COUNTRY: 'AT', IS_CURRENT: true }])
    expect(await session.run("SELECT STATUS, COUNT(*) AS N FROM STAR.FACT_NOTIFICATIONS GROUP BY STATUS ORDER BY STATUS")).toEqual([{ STATUS: 'delivered', N: 7 }, { STATUS: 'failed', N: 1 }])
  }, 240_000)
})

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  return typeof address === 'object' && address !== null ? address.port : 0
}
