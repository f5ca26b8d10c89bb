import { transactionsLog } from '@swipestream/contracts'
import { eventually } from '@swipestream/messaging/testing'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fullSwipe, leastSwipe } from '../src/http/example-swipe.js'
import { apiUnderTest, type ApiUnderTest } from './api-under-test.js'
import { keys, type TestApi, withSession } from './service.js'

let system: ApiUnderTest
let api: TestApi

beforeAll(async () => {
  system = await apiUnderTest()
  api = system.api
})
afterAll(() => system?.close())

describe('swipes that come at the same time', () => {
  const held = <T>(work: () => Promise<T>): Promise<T> =>
    // While the table is locked every group waits: what comes meanwhile is one group then.
    withSession(system.databaseUrl, async (holder) => {
      await holder.query('BEGIN')
      await holder.query('LOCK TABLE transactions IN EXCLUSIVE MODE')
      try {
        return await work()
      } finally {
        await holder.query('COMMIT')
      }
    })
  const waiting = async (statements: number) =>
    (await system.query(`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%INTO idempotency_keys%' AND wait_event_type = 'Lock'`)).length >= statements
  /** A request that needs no database is answered after those that were sent before it have been read. */
  const arrived = async () => expect((await api.post({ ...leastSwipe, amount_minor: 0 })).status).toBe(422)
  const stored = (ids: readonly string[]) => system.query<{ id: string; xid: string }>('SELECT transaction_id AS id, xmin::text AS xid FROM transactions WHERE transaction_id = ANY($1)', [ids])

  it('share a commit, and each is answered for itself', async () => {
    const known = randomUUID()
    const before = await api.post(fullSwipe, { 'idempotency-key': known })
    const replies = await (async () => {
      let pending: Promise<Awaited<ReturnType<typeof api.post>>>[] = []
      await held(async () => {
        const ahead = [api.post(leastSwipe), api.post(leastSwipe)]
        await eventually(() => waiting(1))
        pending = [
          ...ahead,
          ...Array.from({ length: 20 }, () => api.post(fullSwipe)),
          ...Array.from({ length: 20 }, () => api.post(fullSwipe, { 'idempotency-key': randomUUID() })),
          api.post(fullSwipe, { 'idempotency-key': known }),
          api.post(leastSwipe, { 'idempotency-key': known, authorization: `Bearer ${keys.shop}` }),
        ]
        await arrived()
      })
      return Promise.all(pending)
    })()
    expect(replies.map(({ status }) => status)).toEqual(Array.from({ length: 44 }, () => 202))
    expect(replies.filter(({ headers }) => headers.has('idempotent-replayed')).map(({ text }) => text)).toEqual([before.text])
    const ids = replies.slice(2, 42).map(({ body }) => body.transaction_id)
    const rows = await stored(ids)
    expect(new Set(rows.map(({ id }) => id))).toEqual(new Set(ids))
    expect(new Set(rows.map(({ xid }) => xid)).size).toBeLessThan(10)
    await eventually(async () => (await system.count('outbox')) === 0)
    const onTopic = (await system.backbone.received(transactionsLog)).map(({ value }) => value.transaction_id)
    for (const id of ids) expect(onTopic.filter((each) => each === id)).toHaveLength(1)
  })

  it('are in progress to each other when they have one key, also in one group; with another body they are still 409, then 422', async () => {
    const key = randomUUID()
    let pending: Promise<Awaited<ReturnType<typeof api.post>>>[] = []
    await held(async () => {
      pending = [api.post(fullSwipe, { 'idempotency-key': key })]
      await eventually(() => waiting(1))
      const others = [api.post(fullSwipe, { 'idempotency-key': key }), api.post(leastSwipe, { 'idempotency-key': key })]
      for (const reply of await Promise.all(others)) expect(reply).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_KEY_IN_PROGRESS' } })
    })
    expect((await Promise.all(pending)).map(({ status }) => status)).toEqual([202])
    expect(await api.post(leastSwipe, { 'idempotency-key': key })).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } })
    expect((await api.post(fullSwipe, { 'idempotency-key': key })).headers.get('idempotent-replayed')).toBe('true')
  })

  it('do not fail with one that the database refuses', async () => {
    await system.query(`ALTER TABLE transactions ADD CONSTRAINT no_666 CHECK (amount_minor <> 666)`)
    try {
      let pending: Promise<Awaited<ReturnType<typeof api.post>>>[] = []
      await held(async () => {
        const ahead = [api.post(leastSwipe), api.post(leastSwipe)]
        await eventually(() => waiting(1))
        pending = [...ahead, ...[1, 666, 2].map((amount_minor) => api.post({ ...leastSwipe, amount_minor }, { 'idempotency-key': randomUUID() }))]
        await arrived()
      })
      expect((await Promise.all(pending)).map(({ status }) => status)).toEqual([202, 202, 202, 500, 202])
    } finally {
      await system.query('ALTER TABLE transactions DROP CONSTRAINT no_666')
    }
  })

  it.each(['a "quoted", {braced} \\ name', 'NULL', 'null', '{}', "it's; DROP TABLE", 'すし 🍣 \u2028'])('are stored as they are: %s', async (merchant_name) => {
    const [reply] = await Promise.all([api.post({ ...fullSwipe, merchant_name }), api.post(leastSwipe)])
    expect(await system.query('SELECT merchant_name FROM transactions WHERE transaction_id = $1', [reply.body.transaction_id])).toEqual([{ merchant_name }])
    expect((await system.published(reply.body.transaction_id))[0]?.value.merchant_name).toBe(merchant_name)
  })
})
