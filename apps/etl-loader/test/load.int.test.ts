import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Customer, customers, etlQuarantine, type Notification, notifications, opsAlerts, uuidv7 } from '@swipestream/contracts'
import { eventually, type TestBackbone, testBackbone } from '@swipestream/messaging/testing'
import { createLogger } from '@swipestream/platform'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type LoadedTopic, loadedTopic } from '../src/app/load/loaded-topic.js'
import { Loader } from '../src/app/load/loader.js'
import { loadQuarantine } from '../src/app/load/quarantine.js'
import { tablesOf } from '../src/app/load/system-tables.js'
import { DuckDBWarehouse } from '../src/warehouse/duckdb/duckdb-warehouse.js'
import { tableTopic, tableWriter } from './tables.js'

const itemTopics = ['bank.shop.items', 'bank.shop.wide', 'bank.shop.bad', 'bank.shop.refused', 'bank.shop.twice', 'bank.shop.raw']
const decimal = { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 } as const
const stamp = { type: 'string', 'connect.name': 'io.debezium.time.ZonedTimestamp' } as const

let backbone: TestBackbone
let folder: string
let warehouse: DuckDBWarehouse

beforeAll(async () => {
  backbone = await testBackbone([customers, notifications, etlQuarantine, opsAlerts, ...itemTopics.map((name) => tableTopic(name))])
})

afterAll(async () => {
  await backbone.close()
})

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'load-'))
  warehouse = new DuckDBWarehouse({ path: join(folder, 'w.duckdb') })
  await warehouse.open()
})

afterEach(async () => {
  await warehouse.close()
  rmSync(folder, { recursive: true })
})

function loaderOf(topics: readonly (string | LoadedTopic)[], rows = 1_000): Loader {
  return new Loader({
    client: backbone.client,
    registry: backbone.registry,
    namespace: backbone.namespace,
    warehouse,
    tablesOf,
    topics: topics.map((topic) => (typeof topic === 'string' ? loadedTopic(topic) : topic)),
    limits: { rows, bytes: 1 << 20 },
    waitMs: 20,
    quarantine: loadQuarantine(backbone),
    logger: createLogger({ service: 'test', level: 'silent' }),
  })
}

const once = (topics: readonly string[], rows?: number) => loaderOf(topics, rows).run(new AbortController().signal, { once: true })
const held = async (sql: string) => (await warehouse.query(sql)).map((row) => Object.values(row).map((value) => (typeof value === 'object' && value !== null ? String(value) : value)))

function customerOf(customer_id: string, given_name: string): Customer {
  return { customer_id, given_name, family_name: 'Doe', email: `${given_name}@example.org`, phone: null, language: 'de', time_zone: 'Europe/Berlin', country: 'DE', channels: ['email'], quiet_from: null, quiet_to: null, updated_at: 1_700_000_000_000 }
}

function notificationOf(customer_id: string, status: Notification['status']): Notification {
  return { notification_id: uuidv7(), alert_id: uuidv7(), customer_id, card_id: 'v1.x', channel: 'email', recipient: 'j***@example.org', status, attempt: 1, provider_message_id: null, error: null, occurred_at: 1_700_000_000_123, purpose: 'alert', merged_into: null }
}

describe('topics of the system', () => {
  test('are tables: one row a key for a compacted topic, with its history for customers, and one row an event', async () => {
    await backbone.publish([customers.event(customerOf('c1', 'ann')), customers.event(customerOf('c2', 'bob')), notifications.event(notificationOf('c1', 'queued')), notifications.event(notificationOf('c1', 'sent'))])
    const counts = await once(['customers', 'notifications'])
    expect(counts).toMatchObject({ records: 4, quarantined: 0, topics: { customers: 2, notifications: 2 } })
    expect(await held('SELECT customer_id, given_name, channels, updated_at FROM entities.customers ORDER BY 1')).toEqual([
      ['c1', 'ann', "['email']", '2023-11-14 22:13:20+00'],
      ['c2', 'bob', "['email']", '2023-11-14 22:13:20+00'],
    ])
    expect(await held('SELECT status, occurred_at FROM events.notifications ORDER BY _partition, _offset')).toEqual([['queued', '2023-11-14 22:13:20.123+00'], ['sent', '2023-11-14 22:13:20.123+00']])

    await backbone.publish([customers.event(customerOf('c1', 'anna')), customers.tombstone('c2')])
    await once(['customers', 'notifications'])
    expect(await held('SELECT customer_id, given_name FROM entities.customers')).toEqual([['c1', 'anna']])
    expect(await held('SELECT customer_id, given_name, _removed FROM history.customers ORDER BY 1, _partition, _offset')).toEqual([['c1', 'ann', false], ['c1', 'anna', false], ['c2', null, false], ['c2', null, true]])
    expect(await held('SELECT count(*) FROM events.notifications')).toEqual([[2n]])
  })

  test('that come while it runs are loaded', async () => {
    const stop = new AbortController()
    const running = loaderOf(['notifications']).run(stop.signal)
    await backbone.publish([notifications.event(notificationOf('late', 'sent'))])
    await eventually(async () => {
      expect((await held("SELECT count(*) FROM events.notifications WHERE customer_id = 'late'"))[0]).toEqual([1n])
      return true
    })
    stop.abort()
    expect((await running).records).toBeGreaterThan(0)
  })

  test('that are not there yet are waited for', async () => {
    expect(await once(['no.such.topic'])).toMatchObject({ records: 0 })
  })
})

describe("topics of a source's tables", () => {
  test('are tables with the columns of the source; a removal takes the row away', async () => {
    const items = await tableWriter(backbone, 'bank.shop.items', [['id', 'long'], ['price', decimal], ['made', stamp]])
    await items.write([
      { op: 'c', row: { id: 1, price: Buffer.from([0x27, 0x0f]), made: '2024-02-29T12:00:00.5Z' } },
      { op: 'c', row: { id: 2n ** 62n, price: null, made: null } },
      { op: 'c', row: { id: 3, price: null, made: null } },
      { op: 'u', row: { id: 1, price: Buffer.from([0xff]), made: '2024-02-29T12:00:00.5Z' } },
      { op: 'd', row: { id: 3, price: null, made: null } },
    ])
    await once(['bank.shop.items'], 2)
    expect(await held('SELECT id, price, made FROM bank_shop.items ORDER BY id')).toEqual([[1n, '-0.01', '2024-02-29 12:00:00.5+00'], [2n ** 62n, null, null]])
    expect(await held("SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'items' AND NOT starts_with(column_name, '_') ORDER BY column_index")).toEqual([['id', 'BIGINT'], ['price', 'DECIMAL(9,2)'], ['made', 'TIMESTAMP WITH TIME ZONE']])
  })

  test('change their shape in the middle: a new column, a wider type', async () => {
    const topic = 'bank.shop.wide'
    const narrow = await tableWriter(backbone, topic, [['id', 'int'], ['n', 'int']])
    await narrow.write([{ op: 'c', row: { id: 1, n: 7 } }, { op: 'c', row: { id: 2, n: 8 } }])
    const wide = await tableWriter(backbone, topic, [['id', 'int'], ['n', 'long'], ['note', 'string']])
    await wide.write([{ op: 'u', row: { id: 2, n: 2n ** 60n, note: 'wide' } }, { op: 'c', row: { id: 3, n: null, note: null } }])
    const seen = [{ op: 'c', row: { id: 4, n: 9 } }] as const
    await narrow.write(seen)
    await once([topic], 2)
    expect(await held('SELECT id, n, note FROM bank_shop.wide ORDER BY id')).toEqual([[1, 7n, null], [2, 2n ** 60n, 'wide'], [3, null, null], [4, 9n, null]])
  })
})

describe('a row that cannot be loaded', () => {
  const quarantined = async (topic: string) => (await backbone.received(etlQuarantine)).map(({ value }) => value).filter(({ source_topic }) => source_topic === topic)

  test('because its value does not fit stands on etl_quarantine, and those around it are loaded', async () => {
    const topic = 'bank.shop.bad'
    const items = await tableWriter(backbone, topic, [['id', 'int'], ['made', stamp]])
    await items.write([{ op: 'c', row: { id: 1, made: '2024-01-01T00:00:00Z' } }, { op: 'c', row: { id: 2, made: '0000-00-00T00:00:00Z' } }, { op: 'u', row: { id: 1, made: 'yesterday' } }, { op: 'c', row: { id: 3, made: null } }])
    expect(await once([topic])).toMatchObject({ records: 4, quarantined: 2 })
    expect(await held('SELECT id, made FROM bank_shop.bad ORDER BY id')).toEqual([[1, '2024-01-01 00:00:00+00'], [3, null]])
    const bad = await quarantined(topic)
    expect(bad.map(({ stage, code, field, row }) => ({ stage, code, field, row }))).toEqual(
      expect.arrayContaining([{ stage: 'load', code: 'ETL_VALUE_OUT_OF_RANGE', field: 'made', row: '{"id":2,"made":"0000-00-00T00:00:00Z"}' }]),
    )
    expect(bad).toHaveLength(2)
    for (const { reason } of bad) expect(reason).not.toContain('yesterday')
  })

  test('because the warehouse refuses it is found among the others', async () => {
    const topic = 'bank.shop.refused'
    const items = await tableWriter(backbone, topic, [['id', 'int'], ['n', 'int']])
    await items.write([{ op: 'c', row: { id: 0, n: 0 } }])
    await once([topic])
    await warehouse.query('ALTER TABLE bank_shop.refused ALTER COLUMN n SET NOT NULL')
    await items.write(Array.from({ length: 50 }, (_, i) => ({ op: 'c' as const, row: { id: i + 1, n: i === 11 || i === 44 ? null : i } })))
    expect(await once([topic])).toMatchObject({ records: 50, quarantined: 2 })
    expect(await held('SELECT count(*), count(n) FROM bank_shop.refused')).toEqual([[49n, 49n]])
    expect((await quarantined(topic)).map(({ code }) => code)).toEqual(['ETL_WAREHOUSE_REFUSED', 'ETL_WAREHOUSE_REFUSED'])
    expect(await once([topic])).toMatchObject({ records: 0 })
  })

  test('because it is not Avro stands on etl_quarantine with its bytes', async () => {
    const topic = 'bank.shop.raw'
    await backbone.send([{ topic, key: Buffer.from('k'), value: Buffer.from('text'), headers: {} }])
    expect(await once([topic])).toMatchObject({ records: 1, quarantined: 1 })
    expect(await quarantined(topic)).toMatchObject([{ code: 'AVRO_NOT_FRAMED', source_key: '"k"', row: '{"base64":"dGV4dA=="}' }])
  })
})

describe('of two loaders', () => {
  test('the one that was there first finds that the offsets have moved, and ends', async () => {
    const topic = 'bank.shop.twice'
    const items = await tableWriter(backbone, topic, [['id', 'int']])
    const stop = new AbortController()
    const first = loaderOf([topic]).run(stop.signal)
    await items.write([{ op: 'c', row: { id: 1 } }])
    await eventually(async () => (await held('SELECT count(*) FROM bank_shop.twice'))[0]?.[0] === 1n)
    // Another loader that is quicker with the next records: it leaves the offsets elsewhere.
    const partitions = [...(await warehouse.offsets(topic))]
    await warehouse.apply({ topic, offsets: partitions.map(([partition, from]) => ({ partition, from, to: from + 1_000n })), changes: [] })
    await items.write(Array.from({ length: 30 }, (_, i) => ({ op: 'c' as const, row: { id: i + 2 } })))
    await expect(first).rejects.toMatchObject({ code: 'ETL_OFFSETS_MOVED' })
    expect(await held('SELECT count(*) FROM bank_shop.twice')).toEqual([[1n]])
    stop.abort()
  })

  test('one that finds a topic that ends before what it has loaded says so', async () => {
    await warehouse.apply({ topic: 'notifications', offsets: [{ partition: 0, from: null, to: 1_000_000n }], changes: [] })
    await expect(once(['notifications'])).rejects.toMatchObject({ code: 'ETL_TOPIC_REPLACED' })
  })
})
