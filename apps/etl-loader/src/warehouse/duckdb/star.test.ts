import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeSystemTables } from '../../app/load/system-tables.js'
import { rowLayout, rowReader } from '../../domain/row-layout.js'
import { scalar } from '../../domain/warehouse-type.js'
import { placeCells, placeColumns, removedColumn, withColumns } from '../../domain/warehouse-table.js'
import { customers } from '@swipestream/contracts'
import { DuckDBWarehouse } from './duckdb-warehouse.js'
import { loadExample } from './example-data.fixture.js'
import { questions } from './star.js'

let warehouse: DuckDBWarehouse

beforeEach(async () => {
  warehouse = new DuckDBWarehouse({ path: ':memory:' })
  await warehouse.open()
  await makeSystemTables(warehouse)
  await warehouse.makeViews()
})

afterEach(() => warehouse.close())

const shown = (value: unknown) => (value === null ? '' : typeof value === 'object' ? String(value) : String(value as string | number))
const rows = async (sql: string) => (await warehouse.query(sql)).map((row) => Object.values(row).map(shown))

/** A record of a customer: at its place, at a time in seconds; null removes them. */
async function tell(offset: number, seconds: number, customer_id: string, values: { given_name: string; country?: string } | null): Promise<void> {
  const [table] = (await warehouse.tables()).filter(({ schema, name }) => schema === 'history' && name === 'customers')
  if (table === undefined) throw new Error('there is no history of customers')
  const further = [...placeColumns, removedColumn].map(({ name }) => name)
  const row = { customer_id, ...values }
  const cells = rowReader(rowLayout(customers.schema).fields, table, further)(row, [...placeCells(0, BigInt(offset), seconds * 1_000), values === null])
  await warehouse.apply({ topic: 'customers', offsets: [], changes: [{ table, rows: [cells], removed: values === null ? [[customer_id]] : [] }] })
}

describe('a customer of dim_customer', () => {
  const versions = () => rows('SELECT customer_id, version, given_name, epoch(valid_from)::INT, epoch(valid_to)::INT, is_current FROM star.dim_customer ORDER BY 1, 2')

  test('has a version for each change, each valid until the next', async () => {
    await tell(1, 10, 'c', { given_name: 'Ann' })
    await tell(2, 20, 'c', { given_name: 'Anna' })
    await tell(3, 30, 'd', { given_name: 'Bob' })
    expect(await versions()).toEqual([['c', '1', 'Ann', '10', '20', 'false'], ['c', '2', 'Anna', '20', '', 'true'], ['d', '1', 'Bob', '30', '', 'true']])
  })

  test('has no version of what is told again', async () => {
    await tell(1, 10, 'c', { given_name: 'Ann' })
    await tell(2, 20, 'c', { given_name: 'Ann' })
    expect(await versions()).toEqual([['c', '1', 'Ann', '10', '', 'true']])
  })

  test('who is erased has no personal column any more, in any version, and none that is valid', async () => {
    await tell(1, 10, 'c', { given_name: 'Ann', country: 'DE' })
    await tell(2, 20, 'c', { given_name: 'Anna', country: 'AT' })
    await tell(3, 30, 'c', null)
    const all = await rows('SELECT given_name, country, epoch(valid_to)::INT, is_current FROM star.dim_customer')
    expect(all).toEqual([['', '', '30', 'false']])
  })

  test('who comes back after that has a version from then on', async () => {
    await tell(1, 10, 'c', { given_name: 'Ann' })
    await tell(2, 20, 'c', null)
    await tell(3, 30, 'c', { given_name: 'Ann' })
    expect(await rows('SELECT given_name, epoch(valid_from)::INT, epoch(valid_to)::INT FROM star.dim_customer ORDER BY version')).toEqual([['', '10', '20'], ['Ann', '30', '']])
  })
})

describe('facts', () => {
  test('have a swipe once, however often its record was written', async () => {
    await loadExample(warehouse)
    expect(await rows('SELECT (SELECT count(*) FROM events.transactions_log), count(*), count(DISTINCT transaction_id) FROM star.fact_transactions')).toEqual([['49', '48', '48']])
  })

  test('are there also after a table has changed its shape', async () => {
    const table = (await warehouse.tables()).find(({ name }) => name === 'transactions_log')
    if (table === undefined) throw new Error('there are no swipes')
    await warehouse.evolve(withColumns(table, [{ name: 'tip_minor', type: scalar('long'), pii: null }, { name: 'currency', type: scalar('json'), pii: null }]))
    await warehouse.makeViews()
    expect(await rows('SELECT count(*) FROM answers.spend_by_day')).toEqual([['0']])
  })

  test('have amounts in the unit of their currency', async () => {
    expect(await rows("SELECT currency, minor_digits FROM star.dim_currency WHERE currency IN ('EUR', 'JPY', 'KWD') ORDER BY 1")).toEqual([['EUR', '2'], ['JPY', '0'], ['KWD', '3']])
    await loadExample(warehouse)
    expect(await rows('SELECT count(*) FROM star.fact_transactions WHERE amount * 100 <> amount_minor')).toEqual([['0']])
  })
})

describe("the analysts' questions", () => {
  test('are answered as the documentation prints it', async () => {
    await loadExample(warehouse)
    let page = '# Ten questions, answered by the warehouse\n\nMade by a test from example data (`npx vitest run --project unit apps/etl-loader/src/warehouse/duckdb/star.test.ts -u`); the views are in [questions.duckdb.sql](../apps/etl-loader/warehouse/questions.duckdb.sql).\n'
    for (const { view, question } of await questions()) {
      const answer = await warehouse.query(`FROM answers.${view}`)
      expect(answer.length, view).toBeGreaterThan(0)
      const names = Object.keys(answer[0] ?? {})
      const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`
      page += `\n## ${question}\n\n\`FROM answers.${view}\`\n\n${line(names)}${line(names.map(() => '---'))}${answer.map((row) => line(Object.values(row).map(shown))).join('')}`
    }
    await expect(page).toMatchFileSnapshot('../../../../../docs/warehouse-answers.md')
  })
})
