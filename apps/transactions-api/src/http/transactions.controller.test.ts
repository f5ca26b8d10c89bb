import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { TransactionRow } from '../db/transaction.entity.js'
import type { CardNumber } from '../domain/card-number.js'
import { transactionOf } from '../domain/swipe.js'
import { badRequests } from './bad-requests.js'
import { fullSwipe, leastSwipe, testCard } from './example-swipe.js'
import { startHttpSide, type HttpSide } from './http-side.js'

let http: HttpSide

beforeAll(async () => {
  http = await startHttpSide()
})

afterAll(() => http.stop())

beforeEach(() => {
  http.accepted.length = 0
  http.outcome = undefined
})

describe('a bad request', () => {
  it.each(badRequests)('is refused: $what', async ({ body, headers, status, code, fields }) => {
    const reply = await http.post(body, headers)
    expect({ status: reply.status, code: reply.body.code, type: reply.headers['content-type'] }).toEqual({
      status,
      code,
      type: 'application/problem+json; charset=utf-8',
    })
    expect(reply.body.status).toBe(status)
    expect(new Set(reply.body.errors?.map(({ field }) => field) ?? [])).toEqual(new Set(fields ?? []))
    expect(reply.text).not.toContain('1111111')
    expect(reply.text).not.toContain('5555555')
    expect(http.accepted).toEqual([])
  })

  it('names at most 50 fields', async () => {
    const reply = await http.post({ ...leastSwipe, ...Object.fromEntries([...Array(1000).keys()].map((n) => [`extra_${n}`, 1])) })
    expect(reply.status).toBe(422)
    expect(reply.body.errors).toHaveLength(50)
  })

  it('leaves no card number in the log', () => {
    expect(http.log.length).toBeGreaterThan(badRequests.length)
    expect(http.log.join('')).not.toMatch(/4111[ -]?1111|5555[ -]?5555/)
  })
})

describe('a good request', () => {
  it('is answered with 202, the transaction and where it is', async () => {
    const reply = await http.post(fullSwipe, { 'idempotency-key': 'k-1' })
    expect(reply.status).toBe(202)
    expect(reply.headers['content-type']).toBe('application/json; charset=utf-8')
    expect(reply.headers['location']).toBe(`/v1/transactions/${reply.body['transaction_id'] as string}`)
    expect(reply.body).toEqual({
      transaction_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      status: 'pending',
      outcome: null,
      card_id: 'v1.token',
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
      occurred_at: '2026-01-31T11:34:56.789Z',
      received_at: '2026-01-31T11:35:00.000Z',
      score: null,
      reasons: null,
      decided_at: null,
      feedback: null,
    })
    expect(http.accepted).toEqual([{ swipe: { ...fullSwipe, card_number: testCard, occurred_at: 1_769_859_296_789 }, idempotency: { client: 'till', key: 'k-1' } }])
  })

  it('needs the required fields only', async () => {
    const reply = await http.post(leastSwipe)
    expect(reply.status).toBe(202)
    expect(reply.body).toMatchObject({ merchant_name: null, merchant_category: null, terminal_id: null, entry_mode: 'unknown', place: null, country: null })
    expect(http.accepted).toEqual([{ swipe: leastSwipe, idempotency: undefined }])
  })

  it.each([
    ['the largest amount', { ...leastSwipe, amount_minor: Number.MAX_SAFE_INTEGER }],
    ['the poles and the date line', { ...leastSwipe, place: { latitude: -90, longitude: 180 } }],
    ['a time a little ahead', { ...leastSwipe, occurred_at: new Date(Date.now() + 200_000).toISOString() }],
    ['a time of 2018', { ...leastSwipe, occurred_at: '2018-04-01T00:00:31Z' }],
    ['a leap day', { ...leastSwipe, occurred_at: '2024-02-29T23:59:59-05:00' }],
    ['a name in another script, and emoji', { ...leastSwipe, merchant_name: 'すし 🍣 Ñandú' }],
    ['a merchant name of 200 characters', { ...leastSwipe, merchant_name: 'x'.repeat(200) }],
    ['a category with leading zeros', { ...leastSwipe, merchant_category: '0742' }],
    ['a media type with a charset', leastSwipe, { 'content-type': 'application/json; charset=utf-8' }],
    ['a key of 255 characters', leastSwipe, { 'idempotency-key': 'k'.repeat(255) }],
    ['a key in quotes', leastSwipe, { 'idempotency-key': '"8e03978e-40d5-43e8-bc93-6894a57f9324"' }],
  ] as [string, unknown, Record<string, string>?][])('may have %s', async (_what, body, headers) => {
    const reply = await http.post(body, headers)
    expect(reply.body).toMatchObject({ status: 'pending' })
    expect(reply.status).toBe(202)
  })

  it('sent again is answered the same, and says so', async () => {
    http.outcome = (swipe) => ({ outcome: 'accepted', transaction: transactionOf(swipe, { transactionId: 'first', cardId: 'v1.token', receivedAt: 1_769_859_300_000 }), replayed: true })
    const reply = await http.post(fullSwipe, { 'idempotency-key': 'k-1' })
    expect(reply.status).toBe(202)
    expect(reply.headers['idempotent-replayed']).toBe('true')
    expect(reply.headers['location']).toBe('/v1/transactions/first')
  })

  it('is refused while another with its key is in progress', async () => {
    http.outcome = () => ({ outcome: 'in_progress' })
    const reply = await http.post(fullSwipe, { 'idempotency-key': 'k-1' })
    expect(reply.status).toBe(409)
    expect(reply.body).toMatchObject({ code: 'IDEMPOTENCY_KEY_IN_PROGRESS', errors: [{ field: 'header.Idempotency-Key' }] })
    expect(reply.headers['retry-after']).toBe('1')
  })

  it('is put off when more come than can be stored', async () => {
    http.outcome = () => ({ outcome: 'overloaded' })
    const reply = await http.post(fullSwipe, { 'idempotency-key': 'k-1' })
    expect(reply.status).toBe(503)
    expect(reply.body).toMatchObject({ code: 'OVERLOADED' })
    expect(reply.headers['retry-after']).toBe('1')
  })

  it('is refused when its key stands for another', async () => {
    http.outcome = () => ({ outcome: 'key_reused' })
    const reply = await http.post(fullSwipe, { 'idempotency-key': 'k-1' })
    expect(reply.status).toBe(422)
    expect(reply.body).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED', errors: [{ field: 'header.Idempotency-Key' }] })
  })
})

describe('a swipe with Prefer: wait', () => {
  const decided = { ...transactionOf({ ...leastSwipe, card_number: testCard as CardNumber }, { transactionId: randomUUID(), cardId: 'v1.token', receivedAt: 0 }) }
  const row = { ...decided, occurred_at: new Date(0), received_at: new Date(0), latitude: null, longitude: null, status: 'declined', score: 900, reasons: [], decided_at: new Date(1), verdict: null } as unknown as TransactionRow

  beforeEach(() => {
    http.waited.length = 0
    http.decided = undefined
  })

  it.each([
    ['wait=5', 5],
    ['respond-async, wait=31', 30],
  ])('%s waits so long, and is told', async (prefer, seconds) => {
    const reply = await http.post(leastSwipe, { prefer })
    expect(reply).toMatchObject({ status: 202, body: { status: 'pending' }, headers: { 'preference-applied': `wait=${seconds}` } })
    expect(http.waited).toEqual([seconds])
  })

  it('is answered with 200 when it is decided about', async () => {
    http.decided = row
    expect(await http.post(leastSwipe, { prefer: 'wait=5' })).toMatchObject({ status: 200, body: { status: 'declined', outcome: 'decline', score: 900 } })
  })

  it.each(['wait=0', 'wait=soon', 'respond-async'])('does not wait by %s', async (prefer) => {
    http.decided = row
    const reply = await http.post(leastSwipe, { prefer })
    expect(reply.status).toBe(202)
    expect(reply.headers['preference-applied']).toBeUndefined()
    expect(http.waited).toEqual([])
  })

  it('does not wait when it is refused', async () => {
    http.outcome = () => ({ outcome: 'key_reused' })
    expect((await http.post(leastSwipe, { 'prefer': 'wait=5', 'idempotency-key': 'k-1' })).status).toBe(422)
    expect(http.waited).toEqual([])
  })
})

describe('an API key', () => {
  const body = JSON.stringify(fullSwipe)
  const json = { 'content-type': 'application/json' }

  it.each([
    ['is missing', {}],
    ['is not known', { authorization: 'Bearer guess' }],
    ['is sent in another scheme', { authorization: 'Basic d3JpdGUta2V5Og==' }],
    ['is empty', { authorization: 'Bearer ' }],
    ['is not known, in its own header', { 'x-api-key': 'guess' }],
    ['is known, but the other header has another', { authorization: 'Bearer guess', 'x-api-key': 'write-key' }],
  ] as [string, Record<string, string>][])('that %s gets 401', async (_what, headers) => {
    const reply = await http.send('POST', '/v1/transactions', { ...json, ...headers }, body)
    expect(reply.status).toBe(401)
    expect(reply.body.code).toBe('UNAUTHENTICATED')
    expect(reply.headers['www-authenticate']).toMatch(/^Bearer realm="swipestream"/)
    expect(http.accepted).toEqual([])
  })

  it.each([
    ['POST', '/v1/transactions', 'read-key', 'transactions:write'],
    ['GET', `/v1/transactions/${randomUUID()}`, 'write-key', 'transactions:read'],
  ] as const)('without the scope gets 403: %s %s', async (method, url, presented, scope) => {
    const reply = await http.send(method, url, { ...(method === 'POST' && json), authorization: `Bearer ${presented}` }, method === 'POST' ? body : undefined)
    expect(reply.status).toBe(403)
    expect(reply.body).toMatchObject({ code: 'SCOPE_MISSING', detail: `the API key needs the scope ${scope}` })
    expect(reply.headers['www-authenticate']).toContain(`error="insufficient_scope", scope="${scope}"`)
    expect(http.accepted).toEqual([])
  })

  it.each([{ authorization: 'bearer write-key' }, { 'x-api-key': 'write-key' }] as Record<string, string>[])('lets in by %j', async (headers) => {
    expect((await http.send('POST', '/v1/transactions', { ...json, ...headers }, body)).status).toBe(202)
  })
})

describe('asking for a transaction', () => {
  const read = (id: string) => http.send('GET', `/v1/transactions/${id}`, { authorization: 'Bearer read-key' })

  it.each(['1', 'not-a-uuid', '019bfc3e-8d2a-7c31-9a51-4c1f0f7e2b6', '019bfc3e-8d2a-7c31-9a51-4c1f0f7e2b6d0', '%00', "'; DROP TABLE transactions; --", testCard])(
    'by an id that is none gets 422: %s',
    async (id) => {
      const reply = await read(encodeURIComponent(id))
      expect(reply.status).toBe(422)
      expect(reply.body).toMatchObject({ code: 'TRANSACTION_ID_INVALID', errors: [{ field: 'id' }] })
      expect(reply.headers['content-type']).toBe('application/problem+json; charset=utf-8')
      expect(reply.text).not.toContain(testCard)
    },
  )

  it('that there is not gets 404', async () => {
    const reply = await read(randomUUID())
    expect(reply.status).toBe(404)
    expect(reply.body.code).toBe('TRANSACTION_NOT_FOUND')
  })

  it.each(['/v1/nothing', '/v1/transactions/a/b', '/'])('elsewhere gets 404: %s', async (url) => {
    const reply = await http.send('GET', url, { authorization: 'Bearer read-key' })
    expect(reply.status).toBe(404)
    expect(reply.headers['content-type']).toBe('application/problem+json; charset=utf-8')
  })
})
