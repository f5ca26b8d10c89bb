import { transactionsLog } from '@swipestream/contracts'
import { eventually, testBackbone, testDatabase, type TestBackbone } from '@swipestream/messaging/testing'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { badRequests } from '../src/http/bad-requests.js'
import { fullSwipe, leastSwipe } from '../src/http/example-swipe.js'
import { keys, query, startApi, withSession, type TestApi } from './service.js'

let backbone: TestBackbone
let database: Awaited<ReturnType<typeof testDatabase>>
let api: TestApi

beforeAll(async () => {
  backbone = await testBackbone()
  database = await testDatabase()
  api = await startApi({ ...backbone.env, DATABASE_URL: database.url })
})

afterAll(async () => {
  await api.stop()
  await backbone.close()
  await database.drop()
})

const count = async (table: string): Promise<number> => {
  const [row] = await query<{ count: number }>(database.url, `SELECT count(*)::int AS count FROM ${table}`)
  return row!.count
}

/** Records of a transaction on transactions_log, once the outbox is empty. */
const published = async (transactionId: string) => {
  await eventually(async () => (await count('outbox')) === 0)
  return (await backbone.received(transactionsLog)).filter(({ value }) => value.transaction_id === transactionId)
}

describe('an accepted swipe', () => {
  it('is one row, one record under its card, and can be asked for', async () => {
    const reply = await api.post(fullSwipe)
    expect(reply.status).toBe(202)
    const { transaction_id: id, card_id: cardId } = reply.body
    expect(reply.headers.get('location')).toBe(`/v1/transactions/${id}`)
    expect(cardId).toMatch(/^v1\.[A-Za-z0-9_-]{43}$/)

    const rows = await query<Record<string, unknown>>(database.url, 'SELECT * FROM transactions WHERE transaction_id = $1', [id])
    expect(rows).toEqual([
      {
        transaction_id: id,
        card_id: cardId,
        card_bin: '411111',
        card_last4: '1111',
        amount_minor: '1250',
        currency: 'EUR',
        merchant_id: 'M-20417',
        merchant_name: 'Café Central',
        merchant_category: '5812',
        terminal_id: 'T-7',
        entry_mode: 'chip',
        latitude: 48.2104,
        longitude: 16.3655,
        country: 'AT',
        occurred_at: new Date('2026-01-31T11:34:56.789Z'),
        received_at: new Date(reply.body.received_at),
        status: 'pending',
        score: null,
        reasons: null,
        decided_at: null,
      },
    ])

    const records = await published(id)
    expect(records).toHaveLength(1)
    expect(records[0]?.key).toBe(cardId)
    expect(records[0]?.value).toEqual({
      transaction_id: id,
      card_id: cardId,
      card_bin: '411111',
      card_last4: '1111',
      amount_minor: 1250,
      currency: 'EUR',
      merchant_id: 'M-20417',
      merchant_name: 'Café Central',
      merchant_category: '5812',
      terminal_id: 'T-7',
      entry_mode: 'chip',
      place: { latitude: 48.2104, longitude: 16.3655 },
      country: 'AT',
      occurred_at: Date.parse('2026-01-31T11:34:56.789Z'),
      received_at: Date.parse(reply.body.received_at),
    })

    const shown = await api.get(id)
    expect(shown.status).toBe(200)
    expect(shown.text).toBe(reply.text)
  })

  it('of the largest amount and the farthest places arrives as it was sent', async () => {
    const swipe = { ...leastSwipe, amount_minor: Number.MAX_SAFE_INTEGER, place: { latitude: -90, longitude: 179.999_999_999_9 }, merchant_name: 'すし 🍣' }
    const reply = await api.post(swipe)
    expect(reply.status).toBe(202)
    const expected = { amount_minor: swipe.amount_minor, place: swipe.place, merchant_name: swipe.merchant_name }
    expect((await api.get(reply.body.transaction_id)).body).toMatchObject(expected)
    expect((await published(reply.body.transaction_id))[0]?.value).toMatchObject(expected)
  })

  it('gives one card one token, and two cards two', async () => {
    const [a, b, c] = await Promise.all([
      api.post({ ...leastSwipe, card_number: '4111111111111111' }),
      api.post({ ...leastSwipe, card_number: '4111-1111 1111-1111' }),
      api.post({ ...leastSwipe, card_number: '5555555555554444' }),
    ])
    expect(a.body.card_id).toBe(b.body.card_id)
    expect(a.body.card_id).not.toBe(c.body.card_id)
  })

  it('is published after those that were accepted before it', async () => {
    const card = { ...leastSwipe, card_number: '378282246310005' }
    const accepted: string[] = []
    for (let n = 1; n <= 30; n++) accepted.push((await api.post({ ...card, amount_minor: n })).body.transaction_id)
    await published(accepted.at(-1)!)
    const records = (await backbone.received(transactionsLog)).filter(({ value }) => accepted.includes(value.transaction_id))
    expect(records.map(({ value }) => value.transaction_id)).toEqual(accepted)
  })
})

describe('an Idempotency-Key', () => {
  let key: string
  beforeEach(() => {
    key = randomUUID()
  })
  const rowsOf = (id: string) => query(database.url, 'SELECT 1 FROM transactions WHERE transaction_id = $1', [id])

  it('sent again with the same swipe gives the same answer, stored and published once', async () => {
    const before = await count('transactions')
    const first = await api.post(fullSwipe, { 'idempotency-key': key })
    const { card_number: cardNumber, ...rest } = fullSwipe
    // The same value, in another order and notation.
    const again = await api.post({ ...rest, card_number: cardNumber.replaceAll(' ', ''), occurred_at: '2026-01-31T11:34:56.789Z' }, { 'idempotency-key': key })

    expect(first.headers.has('idempotent-replayed')).toBe(false)
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    expect(again.status).toBe(202)
    expect(again.text).toBe(first.text)
    expect(again.headers.get('location')).toBe(first.headers.get('location'))
    expect(await count('transactions')).toBe(before + 1)
    expect(await published(first.body.transaction_id)).toHaveLength(1)
  })

  it('gives the same answer also when the transaction was decided in between', async () => {
    const first = await api.post(fullSwipe, { 'idempotency-key': key })
    await query(database.url, `UPDATE transactions SET status = 'declined', score = 900, reasons = '[]', decided_at = now() WHERE transaction_id = $1`, [
      first.body.transaction_id,
    ])
    const again = await api.post(fullSwipe, { 'idempotency-key': key })
    expect(again.text).toBe(first.text)
    expect((await api.get(first.body.transaction_id)).body.status).toBe('declined')
  })

  it('sent many times at once makes one transaction', async () => {
    const before = await count('transactions')
    const replies = await Promise.all(Array.from({ length: 40 }, () => api.post(fullSwipe, { 'idempotency-key': key })))
    const accepted = replies.filter(({ status }) => status === 202)
    expect(accepted.length).toBeGreaterThan(0)
    expect(new Set(accepted.map(({ text }) => text)).size).toBe(1)
    expect(accepted.filter(({ headers }) => !headers.has('idempotent-replayed'))).toHaveLength(1)
    for (const reply of replies.filter(({ status }) => status !== 202)) {
      expect(reply).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_KEY_IN_PROGRESS' } })
    }
    expect(await count('transactions')).toBe(before + 1)
    expect(await published(accepted[0]!.body.transaction_id)).toHaveLength(1)
  })

  it('sent with another swipe is refused', async () => {
    await api.post(fullSwipe, { 'idempotency-key': key })
    const before = await count('transactions')
    for (const other of [{ ...fullSwipe, amount_minor: 1251 }, { ...fullSwipe, card_number: '5555555555554444' }, leastSwipe]) {
      const reply = await api.post(other, { 'idempotency-key': key })
      expect(reply).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } })
    }
    expect(await count('transactions')).toBe(before)
  })

  it('of one client is not that of another', async () => {
    const ours = await api.post(fullSwipe, { 'idempotency-key': key })
    const theirs = await api.post(leastSwipe, { 'idempotency-key': key, authorization: `Bearer ${keys.shop}` })
    expect([ours.status, theirs.status]).toEqual([202, 202])
    expect(ours.body.transaction_id).not.toBe(theirs.body.transaction_id)
  })

  it('whose request is in progress gets 409, and is free when the one who held it dies', async () => {
    await withSession(database.url, async (holder) => {
      await holder.query('BEGIN')
      await holder.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`till ${key}`])
      const busy = await api.post(fullSwipe, { 'idempotency-key': key })
      expect(busy).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_KEY_IN_PROGRESS' } })
      expect(busy.headers.get('retry-after')).toBe('1')
      const pid = (holder as unknown as { processID: number }).processID
      await query(database.url, 'SELECT pg_terminate_backend($1)', [pid])
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
    await query(database.url, `UPDATE idempotency_keys SET expires_at = now() - interval '1 second' WHERE key = $1`, [key])
    const second = await api.post(leastSwipe, { 'idempotency-key': key })
    expect(second.status).toBe(202)
    expect(second.body.transaction_id).not.toBe(first.body.transaction_id)
    expect(await api.post(leastSwipe, { 'idempotency-key': key })).toMatchObject({ status: 202, text: second.text })

    const { PruneIdempotencyKeys } = await import('../src/app/prune-idempotency-keys.js')
    const prune = api.service.app.get(PruneIdempotencyKeys)
    const held = () => query(database.url, 'SELECT 1 FROM idempotency_keys WHERE key = $1', [key])
    await prune.run()
    expect(await held()).toHaveLength(1)
    await query(database.url, `UPDATE idempotency_keys SET expires_at = now() - interval '1 second' WHERE key = $1`, [key])
    await prune.run()
    expect(await held()).toHaveLength(0)
  })

  it('lives for 24 hours', async () => {
    await api.post(fullSwipe, { 'idempotency-key': key })
    const [row] = await query<{ seconds: number }>(
      database.url,
      `SELECT extract(epoch FROM expires_at - now())::int AS seconds FROM idempotency_keys WHERE key = $1`,
      [key],
    )
    expect(row!.seconds).toBeGreaterThan(86_000)
    expect(row!.seconds).toBeLessThanOrEqual(86_400)
  })
})

describe('swipes that come at the same time', () => {
  const held = <T>(work: () => Promise<T>): Promise<T> =>
    // While the table is locked every group waits: what comes meanwhile is one group then.
    withSession(database.url, async (holder) => {
      await holder.query('BEGIN')
      await holder.query('LOCK TABLE transactions IN EXCLUSIVE MODE')
      try {
        return await work()
      } finally {
        await holder.query('COMMIT')
      }
    })
  const waiting = async (statements: number) =>
    (await query(database.url, `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%INTO idempotency_keys%' AND wait_event_type = 'Lock'`)).length >= statements
  /** A request that needs no database is answered after those that were sent before it have been read. */
  const arrived = async () => expect((await api.post({ ...leastSwipe, amount_minor: 0 })).status).toBe(422)
  const stored = (ids: readonly string[]) => query<{ id: string; xid: string }>(database.url, 'SELECT transaction_id AS id, xmin::text AS xid FROM transactions WHERE transaction_id = ANY($1)', [ids])

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
    await eventually(async () => (await count('outbox')) === 0)
    const onTopic = (await backbone.received(transactionsLog)).map(({ value }) => value.transaction_id)
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
    await query(database.url, `ALTER TABLE transactions ADD CONSTRAINT no_666 CHECK (amount_minor <> 666)`)
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
      await query(database.url, 'ALTER TABLE transactions DROP CONSTRAINT no_666')
    }
  })

  it.each(['a "quoted", {braced} \\ name', 'NULL', 'null', '{}', "it's; DROP TABLE", 'すし 🍣 \u2028'])('are stored as they are: %s', async (merchant_name) => {
    const [reply] = await Promise.all([api.post({ ...fullSwipe, merchant_name }), api.post(leastSwipe)])
    expect(await query(database.url, 'SELECT merchant_name FROM transactions WHERE transaction_id = $1', [reply.body.transaction_id])).toEqual([{ merchant_name }])
    expect((await published(reply.body.transaction_id))[0]?.value.merchant_name).toBe(merchant_name)
  })
})

describe('a bad request', () => {
  it('stores nothing, publishes nothing', async () => {
    const state = async () => [await count('transactions'), await count('idempotency_keys'), (await backbone.received(transactionsLog)).length]
    await eventually(async () => (await count('outbox')) === 0)
    const before = await state()
    const sent = badRequests.filter(({ headers, body }) => !hasUnsendableHeader(headers) && !isHuge(body))
    for (const { what, body, headers, status } of sent) {
      const reply = await api.post(body, { 'idempotency-key': randomUUID(), ...headers })
      expect(reply.status, what).toBe(status)
    }
    expect(await count('outbox')).toBe(0)
    expect(await state()).toEqual(before)
  })
})

describe('the card number', () => {
  it('is nowhere: not in the database, not on a topic, not in the log', async () => {
    await api.post({ ...fullSwipe, card_number: '4012 8888 8888 1881' }, { 'idempotency-key': randomUUID() })
    await api.post({ ...fullSwipe, card_number: '4012888888881881', currency: '???' })
    await api.post('{"card_number":"4012888888881881" x')
    const last = await api.post({ ...leastSwipe, card_number: '4012888888881881' })
    await published(last.body.transaction_id)

    const tables = await query<{ name: string }>(database.url, `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`)
    expect(tables.map(({ name }) => name)).toEqual(expect.arrayContaining(['transactions', 'idempotency_keys', 'outbox']))
    const stored = await Promise.all(tables.map(({ name }) => query(database.url, `SELECT t::text FROM ${name} t`)))
    const onTopic = (await backbone.records(transactionsLog)).map(({ value, headers }) => `${value?.toString('latin1')} ${JSON.stringify(headers)}`)
    const everything = [JSON.stringify(stored), ...onTopic, ...api.log].join('\n')
    expect(everything).toContain('401288')
    expect(everything).not.toMatch(/4012[ -]?8888[ -]?8888[ -]?1881|4111[ -]?1111[ -]?1111[ -]?1111|5555[ -]?5555[ -]?5555[ -]?4444/)
  })
})

/** Header values that fetch itself refuses to send; the controller's own tests send them. */
function hasUnsendableHeader(headers: Readonly<Record<string, string>> = {}): boolean {
  // oxlint-disable-next-line no-control-regex -- what is looked for
  return Object.values(headers).some((value) => value === '' || /[^\x20-\x7e]/.test(value))
}

/** The server closes the connection while such a body is still being sent, which fetch reports as an error. */
function isHuge(body: unknown): boolean {
  return JSON.stringify(body).length > 1_000_000
}
