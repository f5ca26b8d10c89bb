import { transactionsLog } from '@swipestream/contracts'
import { eventually, testBackbone, testDatabase, type TestBackbone } from '@swipestream/messaging/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fullSwipe, leastSwipe } from '../src/http/example-swipe.js'
import { query, startApi, type TestApi } from './service.js'
import { tcpGate, type TcpGate } from './tcp-gate.js'

let backbone: TestBackbone
let database: Awaited<ReturnType<typeof testDatabase>>
let api: TestApi | undefined
let gate: TcpGate | undefined

beforeEach(async () => {
  backbone = await testBackbone()
  database = await testDatabase()
})

afterEach(async () => {
  await api?.stop()
  await gate?.close()
  api = gate = undefined
  await backbone.close()
  await database.drop()
})

const through = async (address: string) => {
  const url = new URL(address)
  gate = await tcpGate({ host: url.hostname, port: Number(url.port) })
  url.port = String(gate.port)
  return { url: url.href, gate }
}
const rows = async (table: string) => (await query<{ count: number }>(database.url, `SELECT count(*)::int AS count FROM ${table}`))[0]!.count

describe('the service', () => {
  it('waits for a registry that is away at its start: 503, nothing stored; and starts when it comes', async () => {
    const registry = await through(backbone.env.SCHEMA_REGISTRY_URL)
    api = await startApi({ ...backbone.env, DATABASE_URL: database.url, SCHEMA_REGISTRY_URL: registry.url }, { ready: false })
    const running = api
    await eventually(async () => /registry[^}]*127\.0\.0\.1/.test(await running.notReady()))
    const reply = await api.post(fullSwipe, { 'idempotency-key': 'k-1' })
    expect(reply.status).toBe(503)
    expect(reply.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0)
    await eventually(async () => (await rows('transactions')) === 0)

    await registry.gate.open()
    await eventually(async () => (await running.notReady()) === '')
    expect((await api.post(fullSwipe, { 'idempotency-key': 'k-1' })).status).toBe(202)
  })

  it('takes swipes while Kafka is away, and publishes them in order when it comes', async () => {
    // Clients of Kafka connect to the addresses that its answers name: away from the start is what a test can do.
    api = await startApi({ ...backbone.env, KAFKA_BROKERS: '127.0.0.1:1', DATABASE_URL: database.url }, { ready: false })
    const away = api
    await eventually(async () => (await away.post(leastSwipe)).status === 202)
    const ids: string[] = []
    for (let n = 1; n <= 20; n++) {
      const reply = await api.post({ ...leastSwipe, card_number: '5555555555554444', amount_minor: n })
      expect(reply.status).toBe(202)
      ids.push(reply.body.transaction_id)
    }
    const key = { 'idempotency-key': 'while-away' }
    const first = await api.post(fullSwipe, key)
    expect((await api.post(fullSwipe, key)).text).toBe(first.text)
    expect(await rows('outbox')).toBe(await rows('transactions'))
    await api.stop()

    api = await startApi({ ...backbone.env, DATABASE_URL: database.url })
    await eventually(async () => (await rows('outbox')) === 0)
    const published = (await backbone.received(transactionsLog)).map(({ value }) => value.transaction_id)
    expect(published.filter((id) => ids.includes(id))).toEqual(ids)
    expect(published).toHaveLength(await rows('transactions'))
  })

  it('answers 503 while the database is away, stores nothing twice, and goes on when it is back', async () => {
    const postgres = await through(database.url)
    await postgres.gate.open()
    api = await startApi({ ...backbone.env, DATABASE_URL: postgres.url })
    const running = api
    const key = { 'idempotency-key': 'k-1' }
    const before = await api.post(fullSwipe, key)
    expect(before.status).toBe(202)

    await postgres.gate.close()
    const refused = await api.post(leastSwipe, { 'idempotency-key': 'k-2' })
    expect(refused).toMatchObject({ status: 503 })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await api.get(before.body.transaction_id)).status).toBe(503)
    await eventually(async () => /database/.test(await running.notReady()))

    await postgres.gate.open()
    await eventually(async () => (await running.notReady()) === '')
    expect((await api.post(leastSwipe, { 'idempotency-key': 'k-2' })).status).toBe(202)
    expect((await api.post(fullSwipe, key)).text).toBe(before.text)
    expect(await rows('transactions')).toBe(2)
  })
})
