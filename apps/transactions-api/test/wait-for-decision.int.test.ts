import { fraudDecisions, type FraudDecision } from '@swipestream/contracts'
import { eventually, testBackbone, testDatabase, type TestBackbone } from '@swipestream/messaging/testing'
import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fullSwipe } from '../src/http/example-swipe.js'
import { decisionOf } from './decision-of.js'
import { type Answer, query, startApi, type TestApi } from './service.js'

let backbone: TestBackbone
let database: Awaited<ReturnType<typeof testDatabase>>
let env: Record<string, string>
/** Has no Kafka: every decision it hears of was read by the other. */
let deaf: TestApi
let reading: TestApi

beforeAll(async () => {
  backbone = await testBackbone()
  database = await testDatabase()
  env = { ...backbone.env, DATABASE_URL: database.url, CARD_TOKEN_KEYS: `1:${randomBytes(32).toString('base64')}` }
  reading = await startApi(env)
  deaf = await startApi({ ...env, KAFKA_BROKERS: '127.0.0.1:1' }, { ready: false })
  await eventually(async () => (await deaf.post(fullSwipe)).status === 202)
})

afterAll(async () => {
  await deaf?.stop()
  await reading?.stop()
  await backbone.close()
  await database.drop()
})

const merchantOf = () => `M-${randomUUID()}`
const swipeAt = (merchant: string) => ({ ...fullSwipe, merchant_id: merchant })
const wait = (seconds: number) => ({ prefer: `wait=${seconds}` })
const publish = (decisions: FraudDecision[]) => backbone.publish(decisions.map((decision) => fraudDecisions.event(decision)))

/** The transactions stored of a merchant, as soon as there are so many. */
const stored = (merchant: string, count = 1) =>
  eventually(async () => {
    const rows = await query<{ transaction_id: string; card_id: string }>(database.url, 'SELECT transaction_id, card_id FROM transactions WHERE merchant_id = $1', [merchant])
    return rows.length === count && rows
  })
const decide = async (merchant: string, count = 1) => publish((await stored(merchant, count)).map((row) => decisionOf(row, 'decline', 900)))
/** As another writer would, who tells nobody. */
const decideSilently = (merchant: string) =>
  query(database.url, `UPDATE transactions SET status = 'declined', score = 900, reasons = '[]', decided_at = now() WHERE merchant_id = $1`, [merchant])
const listeners = async (): Promise<number[]> =>
  (await query<{ pid: number }>(database.url, `SELECT pid FROM pg_stat_activity WHERE application_name = 'transactions-api notices' AND datname = current_database()`)).map(({ pid }) => pid)

const expectDecided = (reply: Answer) => {
  expect(reply).toMatchObject({ status: 200, body: { status: 'declined', outcome: 'decline', score: 900, decided_at: expect.any(String) as string } })
}

describe.each([
  ['the instance that read the decision', () => reading],
  ['another instance', () => deaf],
])('a swipe with Prefer: wait, sent to %s', (_, instance) => {
  it('is answered with 200 and the decided transaction as soon as it is decided about', async () => {
    const merchant = merchantOf()
    const since = performance.now()
    const pending = instance().post(swipeAt(merchant), wait(25))
    await decide(merchant)
    const reply = await pending
    expectDecided(reply)
    expect(performance.now() - since).toBeLessThan(20_000)
    expect(reply.headers.get('preference-applied')).toBe('wait=25')
    expect(reply.headers.get('location')).toBe(`/v1/transactions/${reply.body.transaction_id}`)
    expect((await instance().get(reply.body.transaction_id)).text).toBe(reply.text)
  })

  it('may be one of hundreds, whose decisions come at once', async () => {
    const merchant = merchantOf()
    const since = performance.now()
    const pending = Array.from({ length: 250 }, () => instance().post(swipeAt(merchant), wait(30)))
    await decide(merchant, 250)
    for (const reply of await Promise.all(pending)) expectDecided(reply)
    expect(performance.now() - since).toBeLessThan(29_000)
  })

  it('is answered with 202 when its time is over', async () => {
    const since = performance.now()
    const reply = await instance().post(fullSwipe, wait(1))
    expect(performance.now() - since).toBeGreaterThanOrEqual(990)
    expect(reply).toMatchObject({ status: 202, body: { status: 'pending', outcome: null } })
    expect(reply.headers.get('preference-applied')).toBe('wait=1')
  })

  it('looks once more before that, should nobody have told', async () => {
    const merchant = merchantOf()
    const pending = instance().post(swipeAt(merchant), wait(2))
    await stored(merchant)
    await decideSilently(merchant)
    expectDecided(await pending)
  })

  it('is answered in time when the connection that listens was lost meanwhile, and is made again', async () => {
    const merchant = merchantOf()
    const since = performance.now()
    const pending = instance().post(swipeAt(merchant), wait(30))
    await stored(merchant)
    await eventually(async () => (await listeners()).length === 2)
    await decideSilently(merchant)
    const lost = await listeners()
    for (const pid of lost) await query(database.url, 'SELECT pg_terminate_backend($1)', [pid])
    expectDecided(await pending)
    expect(performance.now() - since).toBeLessThan(25_000)

    await eventually(async () => (await listeners()).filter((pid) => !lost.includes(pid)).length === 2)
    const next = merchantOf()
    const madeAgain = performance.now()
    const again = instance().post(swipeAt(next), wait(25))
    await decide(next)
    expectDecided(await again)
    expect(performance.now() - madeAgain).toBeLessThan(20_000)
  })

  it('waits also when it is a repetition, and is answered at once when it is decided about', async () => {
    const merchant = merchantOf()
    const key = { 'idempotency-key': randomUUID() }
    const first = await instance().post(swipeAt(merchant), key)
    expect(first.status).toBe(202)
    const since = performance.now()
    const pending = instance().post(swipeAt(merchant), { ...key, ...wait(25) })
    await decide(merchant)
    for (const reply of [await pending, await instance().post(swipeAt(merchant), { ...key, ...wait(25) })]) {
      expectDecided(reply)
      expect(reply.body.transaction_id).toBe(first.body.transaction_id)
      expect(reply.headers.get('idempotent-replayed')).toBe('true')
    }
    expect(performance.now() - since).toBeLessThan(20_000)
    // Without a wait the promise is the first answer.
    expect(await instance().post(swipeAt(merchant), key)).toMatchObject({ status: 202, text: first.text })
  })
})

describe('a swipe that waits when its instance stops', () => {
  it('is answered with 202 at once', async () => {
    const stopping = await startApi(env)
    const merchant = merchantOf()
    const since = performance.now()
    const pending = stopping.post(swipeAt(merchant), wait(30))
    const [row] = await stored(merchant)
    const stopped = stopping.stop()
    expect(await pending).toMatchObject({ status: 202, body: { status: 'pending', transaction_id: row!.transaction_id } })
    expect(performance.now() - since).toBeLessThan(25_000)
    await stopped
  })
})
