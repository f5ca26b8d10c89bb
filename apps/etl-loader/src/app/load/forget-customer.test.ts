import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { scalar, text } from '../../domain/warehouse-type.js'
import { Lake } from '../../lake/lake.js'
import { DuckDBWarehouse } from '../../warehouse/duckdb/duckdb-warehouse.js'
import { loadExample } from '../../warehouse/duckdb/example-data.fixture.js'
import { forgetPerson, type Person, withKnownCards } from './forget-customer.js'
import { lakeTablesOf, makeSystemTables } from './system-tables.js'
import { loadedTopic } from './loaded-topic.js'

test('a customer who is forgotten leaves nothing personal in warehouse and lake, and counts are as before', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'forget-'))
  const warehouse = new DuckDBWarehouse({ path: ':memory:' })
  const lake = new Lake(folder)
  onTestFinished(async () => {
    await warehouse.close()
    await lake.close()
    rmSync(folder, { recursive: true })
  })
  await makeSystemTables(warehouse)
  await loadExample(warehouse)
  const notifications = (await warehouse.tables()).find(({ name }) => name === 'notifications')
  const [kept] = lakeTablesOf(loadedTopic('notifications'), (notifications?.columns ?? []).filter(({ name }) => !name.startsWith('_')), [])
  if (kept === undefined) throw new Error('there are no notifications')
  await lake.evolve(kept)
  const row = (customer: string, offset: number) => kept.columns.map(({ name, type }) => (name === 'customer_id' ? customer : name === '_partition' ? 0 : name === '_offset' ? BigInt(offset) : name === '_written_at' ? 0n : type.kind === 'text' ? name : null))
  await lake.apply({ topic: 'notifications', offsets: [], changes: [{ table: kept, rows: [row('c0', 1), row('c1', 2)], removed: [] }] })

  const [source] = lakeTablesOf(loadedTopic('bank.core.people'), [{ name: 'id', type: scalar('long'), pii: null }, { name: 'customer_id', type: text, pii: null }, { name: 'name', type: text, pii: null }], ['id'])
  if (source === undefined) throw new Error('there are no people')
  await lake.evolve(source)
  await lake.apply({ topic: 'bank.core.people', offsets: [], changes: [{ table: source, rows: [[7n, 'c0', 'Ann', 0, 1n, 0n, false], [8n, 'c1', 'Bob', 0, 2n, 0n, false]], removed: [] }] })

  const personal = (where: string) =>
    warehouse.query(`SELECT
      (SELECT count(recipient) FROM events.notifications WHERE customer_id ${where}) AS recipients,
      (SELECT count(country) FROM events.transactions_log WHERE card_id IN (SELECT card_id FROM entities.cards WHERE customer_id ${where})) AS countries,
      (SELECT count(email) FROM entities.customers WHERE customer_id ${where}) AS emails,
      (SELECT count(*) FROM events.transactions_log) AS swipes`)
  const [others] = await personal("<> 'c0'")
  expect((await personal("= 'c0'"))[0]).not.toMatchObject({ recipients: 0n })

  const person: Person = { customers: ['c0'], cards: [] }
  expect(await forgetPerson(person, lake)).toBe(2)
  expect(await forgetPerson(await withKnownCards(person, warehouse), warehouse)).toBeGreaterThan(10)
  expect((await personal("= 'c0'"))[0]).toEqual({ recipients: 0n, countries: 0n, emails: 0n, swipes: 49n })
  expect((await personal("<> 'c0'"))[0]).toEqual(others)
  expect(await warehouse.query(`SELECT customer_id, recipient, alert_id FROM ${lake.source('notifications')} ORDER BY 1`)).toEqual([
    { customer_id: 'c0', recipient: null, alert_id: 'alert_id' },
    { customer_id: 'c1', recipient: 'recipient', alert_id: 'alert_id' },
  ])

  expect(await warehouse.query(`SELECT id, name FROM ${lake.source('bank.core.people')} ORDER BY id`)).toEqual([{ id: 7n, name: null }, { id: 8n, name: 'Bob' }])
})
