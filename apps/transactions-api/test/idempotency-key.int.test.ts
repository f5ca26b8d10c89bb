import { eventually } from '@swipestream/messaging/testing'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
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

describe('an Idempotency-Key', () => {
  let key: string
  beforeEach(() => {
    key = randomUUID()
  })
  const rowsOf = (id: string) => system.query('SELECT 1 FROM transactions WHERE transaction_id = $1', [id])

  it('sent again with the same swipe gives the same answer, stored and published once', async () => {
    const before = await system.count('transactions')
    const first = await api.post(fullSwipe, { 'idempotency-key': key })
    const { card_number: cardNumber, ...rest } = fullSwipe
    // The same value, in another order and notation.
    const again = await api.post({ ...rest, card_number: cardNumber.replaceAll(' ', ''), occurred_at: '2026-01-31T11:34:56.789Z' }, { 'idempotency-key': key })

    expect(first.headers.has('idempotent-replayed')).toBe(false)
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    expect(again.status).toBe(202)
    expect(again.text).toBe(first.text)
    expect(again.headers.get('location')).toBe(first.headers.get('location'))
    expect(await system.count('transactions')).toBe(before + 1)
    expect(await system.published(first.body.transaction_id)).toHaveLength(1)
  })

  it('gives the same answer also when the transaction was decided in between', async () => {
    const first = await api.post(fullSwipe, { 'idempotency-key': key })
    await system.query(`UPDATE transactions SET status = 'declined', score = 900, reasons = '[]', decided_at = now() WHERE transaction_id = $1`, [
      first.body.transaction_id,
    ])
    const again = await api.post(fullSwipe, { 'idempotency-key': key })
    expect(again.text).toBe(first.text)
    expect((await api.get(first.body.transaction_id)).body.status).toBe('declined')
  })

  it('sent many times at once makes one transaction', async () => {
    const before = await system.count('transactions')
    const replies = await Promise.all(Array.from({ length: 40 }, () => api.post(fullSwipe, { 'idempotency-key': key })))
    const accepted = replies.filter(({ status }) => status === 202)
    expect(accepted.length).toBeGreaterThan(0)
    expect(new Set(accepted.map(({ text }) => text)).size).toBe(1)
    expect(accepted.filter(({ headers }) => !headers.has('idempotent-replayed'))).toHaveLength(1)
    for (const reply of replies.filter(({ status }) => status !== 202)) {
      expect(reply).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_KEY_IN_PROGRESS' } })
    }
    expect(await system.count('transactions')).toBe(before + 1)
    expect(await system.published(accepted[0]!.body.transaction_id)).toHaveLength(1)
  })

  it('sent with another swipe is refused', async () => {
    await api.post(fullSwipe, { 'idempotency-key': key })
    const before = await system.count('transactions')
    for (const other of [{ ...fullSwipe, amount_minor: 1251 }, { ...fullSwipe, card_number: '5555555555554444' }, leastSwipe]) {
      const reply = await api.post(other, { 'idempotency-key': key })
      expect(reply).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } })
    }
    expect(await system.count('transactions')).toBe(before)
  })

  it('of one client is not that of another', async () => {
    const ours = await api.post(fullSwipe, { 'idempotency-key': key })
    const theirs = await api.post(leastSwipe, { 'idempotency-key': key, authorization: `Bearer ${keys.shop}` })
    expect([ours.status, theirs.status]).toEqual([202, 202])
    expect(ours.body.transaction_id).not.toBe(theirs.body.transaction_id)
  })

  it('whose request is in progress gets 409, and is free when the one who held it dies', async () => {
    await withSession(system.databaseUrl, async (holder) => {
      await holder.query('BEGIN')
      await holder.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`till ${key}`])
      const busy = await api.post(fullSwipe, { 'idempotency-key': key })
      expect(busy).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_KEY_IN_PROGRESS' } })
      expect(busy.headers.get('retry-after')).toBe('1')
      const pid = (holder as unknown as { processID: number }).processID
      await system.query('SELECT pg_terminate_backend($1)', [pid])
    })
    const free = await eventually(async () => {
      const reply = await api.post(fullSwipe, { 'idempotency-key': key })
      expect(reply.status).toBe(202)
      return reply
    })
    expect(free.headers.has('idempotent-replayed')).toBe(false)
    expect(await rowsOf(free.body.transaction_id)).toHaveLength(1)
  })

  it('is free again when it expired, and is then pruned', async () => {
    const first = await api.post(fullSwipe, { 'idempotency-key': key })
    await system.query(`UPDATE idempotency_keys SET expires_at = now() - interval '1 second' WHERE key = $1`, [key])
    const second = await api.post(leastSwipe, { 'idempotency-key': key })
    expect(second.status).toBe(202)
    expect(second.body.transaction_id).not.toBe(first.body.transaction_id)
    expect(await api.post(leastSwipe, { 'idempotency-key': key })).toMatchObject({ status: 202, text: second.text })

    const { PruneIdempotencyKeys } = await import('../src/app/prune-idempotency-keys.js')
    const prune = api.service.app.get(PruneIdempotencyKeys)
    const held = () => system.query('SELECT 1 FROM idempotency_keys WHERE key = $1', [key])
    await prune.run()
    expect(await held()).toHaveLength(1)
    await system.query(`UPDATE idempotency_keys SET expires_at = now() - interval '1 second' WHERE key = $1`, [key])
    await prune.run()
    expect(await held()).toHaveLength(0)
  })

  it('lives for 24 hours', async () => {
    await api.post(fullSwipe, { 'idempotency-key': key })
    const [row] = await system.query<{ seconds: number }>(`SELECT extract(epoch FROM expires_at - now())::int AS seconds FROM idempotency_keys WHERE key = $1`,
      [key],
    )
    expect(row!.seconds).toBeGreaterThan(86_000)
    expect(row!.seconds).toBeLessThanOrEqual(86_400)
  })
})
