import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { etl } from '../src/cli/etl-command.fixture.js'
import { DuckDBWarehouse } from '../src/warehouse/duckdb/duckdb-warehouse.js'
import { type SourceUnderTest, sourceUnderTest } from './source-under-test.js'

let source: SourceUnderTest
let topic: string
const folder = mkdtempSync(join(tmpdir(), 'warehouse-'))
const path = join(folder, 'w.duckdb')

beforeAll(async () => {
  source = await sourceUnderTest()
  topic = `src.${source.database}.orders`
  await source.sql('CREATE TABLE orders (id INT PRIMARY KEY, name VARCHAR(40) NOT NULL, price DECIMAL(9, 2) NULL, ordered DATE NOT NULL)')
  await source.sql(`INSERT INTO orders VALUES (1, 'Tea 茶 🍵', 12.30, '2026-03-03'), (2, 'Ink', NULL, '2026-03-04'), (3, 'Pen', -0.05, '1000-01-01')`)
})
afterAll(async () => {
  await source?.close()
  rmSync(folder, { recursive: true })
})

const command = (...args: string[]) => etl({ ...source.env, ETL_SWEEP_SECONDS: '0.1', ETL_WAREHOUSE: path }, ...args, '--json')

/** What an analyst sees. */
async function orders(): Promise<unknown[]> {
  const warehouse = new DuckDBWarehouse({ path })
  await warehouse.open()
  try {
    return await warehouse.query(`SELECT id, name, price::VARCHAR AS price, ordered::VARCHAR AS ordered FROM "src_${source.database}"."orders" ORDER BY id`)
  } finally {
    await warehouse.close()
  }
}

describe('a table that is extracted and loaded', () => {
  test('is in the warehouse as it is at the source', async () => {
    expect(await command('extract', '--tables', 'orders', '--once')).toMatchObject({ code: 0, last: { tables: [{ table: topic, rows: 3 }] } })
    expect(await command('load', '--topics', topic, '--once')).toMatchObject({ code: 0, last: { warehouse: { topics: { [topic]: 3 }, quarantined: 0 } } })
    expect(await orders()).toEqual([
      { id: 1, name: 'Tea 茶 🍵', price: '12.30', ordered: '2026-03-03' },
      { id: 2, name: 'Ink', price: null, ordered: '2026-03-04' },
      { id: 3, name: 'Pen', price: '-0.05', ordered: '1000-01-01' },
    ])
  })

  test('follows changes and deletes', async () => {
    await source.sql(`UPDATE orders SET price = 9.99 WHERE id = 2; DELETE FROM orders WHERE id = 1; INSERT INTO orders VALUES (4, 'Cup', 1, '2026-03-05')`)
    expect(await command('extract', '--tables', 'orders', '--once')).toMatchObject({ code: 0 })
    expect(await command('load', '--topics', topic, '--once')).toMatchObject({ code: 0 })
    expect(await orders()).toMatchObject([{ id: 2, price: '9.99' }, { id: 3 }, { id: 4, name: 'Cup' }])
  })

  test('is loaded again after a reset, which names what there is when it is asked for another', async () => {
    expect(await command('reset', 'no.such.topic')).toMatchObject({ code: 2, err: [expect.stringContaining(topic)] })
    expect(await command('reset', topic)).toMatchObject({ code: 0, last: { topics: [topic] } })
    expect(await command('load', '--topics', topic, '--once')).toMatchObject({ code: 0 })
    expect(await orders()).toMatchObject([{ id: 2 }, { id: 3 }, { id: 4 }])
  })
})
