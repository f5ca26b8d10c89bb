import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Card, cards, type Customer, customers, notifications, type Notification, uuidv7 } from '@swipestream/contracts'
import { eventually, type TestBackbone } from '@swipestream/messaging/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { etl } from '../src/cli/etl-command.fixture.js'
import { customerRow } from '../src/domain/bank/example-rows.js'
import { DuckDBWarehouse } from '../src/warehouse/duckdb/duckdb-warehouse.js'
import { type ServiceProcess, startRole } from './service-process.js'
import { backboneWithSource, sourceTables } from './source-table.js'

let backbone: TestBackbone
let source: Awaited<ReturnType<typeof sourceTables>>
const folder = mkdtempSync(join(tmpdir(), 'forget-'))
const [path, lake] = [join(folder, 'w.duckdb'), join(folder, 'lake')]
const env = () => ({
  ...backbone.env, ETL_WAREHOUSE: path, ETL_LAKE_DIR: lake, ETL_LAKE_MS: '200', ETL_BATCH_MS: '100', ETL_LOAD_TOPICS: 'cards,customers,notifications,bank.bank.customers',
})

beforeAll(async () => {
  backbone = await backboneWithSource()
  source = await sourceTables(backbone)
})
afterAll(async () => {
  await backbone?.close()
  rmSync(folder, { recursive: true })
})

/** Somebody whose personal data nobody else has. */
function person(id: string) {
  const personal = { given_name: `Given${id}`, family_name: `Family${id}`, email: `${id}@example.com`, phone: `+4930${Array.from(id, (letter) => letter.codePointAt(0)).join('')}54321` }
  const customer: Customer = { customer_id: id, ...personal, language: 'de', time_zone: 'Europe/Berlin', country: 'DE', channels: [], quiet_from: null, quiet_to: null, updated_at: 1 }
  const card: Card = { card_id: `v1.card-${id}`, customer_id: id, card_bin: '411111', card_last4: '1111', home_country: 'DE', time_zone: 'Europe/Berlin', updated_at: 1 }
  const told = (): Notification => ({
    notification_id: uuidv7(), alert_id: uuidv7(), customer_id: id, card_id: card.card_id, channel: 'email', recipient: personal.email, status: 'sent', attempt: 1,
    provider_message_id: null, error: null, occurred_at: 1, purpose: 'alert', merged_into: null,
  })
  return { id, personal: Object.values(personal), customer, card, told, row: customerRow({ customer_id: id, ...personal }) }
}
type Known = ReturnType<typeof person>

async function bringUp({ customer, card, told, row }: Known): Promise<void> {
  await source.put('customers', row)
  await backbone.publish([customers.event(customer), cards.event(card), notifications.event(told())])
}

/** Every row of warehouse and lake as text: of the lake also those of files that no manifest names. */
async function everything(): Promise<{ warehouse: string; lake: string; files: string }> {
  const warehouse = new DuckDBWarehouse({ path })
  await warehouse.open()
  const texts = async (from: string) => JSON.stringify(await warehouse.query(`SELECT * FROM ${from}`), (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
  try {
    let tables = ''
    for (const { schema, name } of await warehouse.tables()) tables += await texts(`"${schema}"."${name}"`)
    let files = ''
    for (const file of globSync('**/*.parquet', { cwd: lake })) files += await texts(`read_parquet('${join(lake, file)}')`)
    let named = ''
    for (const manifest of globSync('**/manifest.json', { cwd: lake })) {
      const { topic, files: those } = JSON.parse(readFileSync(join(lake, manifest), 'utf8')) as { topic: string; files: { path: string }[] }
      for (const one of those) named += await texts(`read_parquet('${join(lake, encodeURIComponent(topic), one.path)}')`)
    }
    return { warehouse: tables, lake: named, files }
  } finally {
    await warehouse.close()
  }
}

const loaded = async ({ url }: ServiceProcess, topic: string) => Number(new RegExp(`etl_load_records_total\\{topic="${topic}"\\} (\\d+)`).exec(await (await fetch(new URL('/metrics', url))).text())?.[1] ?? 0)

test('who is forgotten while the loader runs is in no row of the warehouse, and in no file of the lake; others are', async () => {
  const [gone, stays] = [person('ga'), person('sa')]
  for (const one of [gone, stays]) await bringUp(one)
  const load = await startRole('load', env())
  try {
    await eventually(async () => (await loaded(load, 'notifications')) >= 2 && (await loaded(load, 'bank.bank.customers')) >= 2)
    await eventually(() => Promise.resolve(globSync('**/notifications/date=*/*.parquet', { cwd: lake }).length > 0 && globSync('**/customers/date=*/*.parquet', { cwd: lake }).length > 0))
    const { code, last } = await etl({ ...process.env, ...env() }, 'forget', gone.id, '--json')
    expect({ code, last }).toMatchObject({ code: 0, last: { cards: [gone.card.card_id], warehouse: { rows: null, left: expect.stringContaining('a loader has it open') as string } } })
    await eventually(async () => (await loaded(load, 'customers')) >= 3)
    // The lake follows at its own pace.
    await eventually(() => Promise.resolve(JSON.parse(readFileSync(join(lake, 'customers/manifest.json'), 'utf8')) as { files: { rows: number }[] }).then(({ files }) => files.reduce((sum, { rows }) => sum + rows, 0) >= 3))
  } finally {
    expect(await load.stop()).toBe(0)
  }
  const { warehouse, lake: named, files } = await everything()
  for (const text of gone.personal) for (const place of [warehouse, named, files]) expect(place).not.toContain(text)
  for (const text of stays.personal) for (const place of [warehouse, named]) expect(place).toContain(text)
  // What only stands for them is still counted.
  expect(warehouse).toContain(gone.card.card_id)
}, 300_000)

test('who is forgotten while no loader runs goes at once, and what was not loaded yet goes with the tombstones', async () => {
  const [gone, stays] = [person('gb'), person('sb')]
  for (const one of [gone, stays]) await bringUp(one)
  expect(await etl({ ...process.env, ...env() }, 'load', '--once', '--json')).toMatchObject({ code: 0 })
  // Not loaded when they are forgotten, and on a topic that is loaded after `customers`.
  await backbone.publish([notifications.event(gone.told()), customers.event({ ...gone.customer, updated_at: 2 })])
  const { code, last } = await etl({ ...process.env, ...env() }, 'forget', gone.id, '--json')
  expect(code).toBe(0)
  const emptied = last as { warehouse: { rows: number }; lake: { rows: number } }
  expect(emptied.warehouse.rows).toBeGreaterThanOrEqual(3)
  expect(emptied.lake.rows).toBeGreaterThanOrEqual(3)
  expect(await etl({ ...process.env, ...env() }, 'load', '--once', '--json')).toMatchObject({ code: 0 })
  const { warehouse, lake: named, files } = await everything()
  for (const text of gone.personal) for (const place of [warehouse, named, files]) expect(place).not.toContain(text)
  for (const text of stays.personal) for (const place of [warehouse, named]) expect(place).toContain(text)
}, 300_000)

test('what comes later of who is forgotten goes when they are forgotten again, though no topic knows them any more', async () => {
  const gone = person('gc')
  await bringUp(gone)
  expect(await etl({ ...process.env, ...env() }, 'forget', gone.id, '--json')).toMatchObject({ code: 0 })
  expect(await etl({ ...process.env, ...env() }, 'load', '--once', '--json')).toMatchObject({ code: 0 })
  await backbone.publish([notifications.event(gone.told())])
  expect(await etl({ ...process.env, ...env() }, 'load', '--once', '--json')).toMatchObject({ code: 0 })
  expect((await everything()).warehouse).toContain(gone.customer.email)
  expect(await etl({ ...process.env, ...env() }, 'forget', gone.id, '--json')).toMatchObject({ code: 0, last: { tombstones: {} } })
  const { warehouse, lake: named, files } = await everything()
  for (const text of gone.personal) for (const place of [warehouse, named, files]) expect(place).not.toContain(text)
  // Then there is nothing left.
  expect(await etl({ ...process.env, ...env() }, 'forget', 'nobody', '--json')).toMatchObject({ code: 1, last: { broken: [{ rule: 'ETL_CUSTOMER_UNKNOWN' }] } })
}, 300_000)

test('a customer who is only removed is not forgotten: what was told them is still known', async () => {
  const left = person('ra')
  await bringUp(left)
  await backbone.publish([customers.tombstone(left.id)])
  expect(await etl({ ...process.env, ...env() }, 'load', '--once', '--json')).toMatchObject({ code: 0 })
  expect((await everything()).warehouse).toContain(left.customer.email)
}, 300_000)
