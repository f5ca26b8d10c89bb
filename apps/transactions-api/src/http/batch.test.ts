import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { badRequests } from './bad-requests.js'
import type { LineAnswer } from './batch-lines.js'
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

const batchUrl = '/v1/transactions/batch'
const ndjson = { 'authorization': 'Bearer write-key', 'content-type': 'application/x-ndjson' }
const send = async (...lines: unknown[]): Promise<LineAnswer[]> => {
  const { text } = await http.text('POST', batchUrl, ndjson, lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'))
  return text.split('\n').filter(Boolean).map((line) => JSON.parse(line) as LineAnswer)
}

describe('a line of a batch', () => {
  const bodies = badRequests.filter(({ headers, status, body }) => headers === undefined && status !== 413 && body !== '')

  it.each(bodies)('is refused as a swipe alone: $what', async ({ body, status, code, fields }) => {
    const [answer, ...more] = await send(body)
    expect(more).toEqual([])
    expect(answer).toMatchObject({ line: 1, status, problem: { status, code } })
    expect(new Set(answer?.problem?.errors?.map(({ field }) => field) ?? [])).toEqual(new Set(fields ?? []))
    expect(JSON.stringify(answer)).not.toContain('1111111')
    expect(http.accepted).toEqual([])
  })

  it.each([null, 7, '', 'k'.repeat(256), 'schlüssel', testCard])('is refused with a key of %j', async (key) => {
    expect(await send({ ...fullSwipe, idempotency_key: key })).toMatchObject([{ status: 422, problem: { code: 'SWIPE_INVALID', errors: [{ field: 'idempotency_key' }] } }])
  })

  it('is accepted with its key, or without', async () => {
    const answers = await send({ ...leastSwipe, idempotency_key: 'k-1' }, leastSwipe)
    expect(answers).toEqual([1, 2].map((line) => ({ line, status: 202, transaction_id: expect.any(String) as string })))
    expect(http.accepted).toEqual([{ swipe: leastSwipe, idempotency: { client: 'till', key: 'k-1' } }, { swipe: leastSwipe, idempotency: undefined }])
  })

  it.each([
    ['key_reused', 422, 'IDEMPOTENCY_KEY_REUSED'],
    ['in_progress', 409, 'IDEMPOTENCY_KEY_IN_PROGRESS'],
    ['overloaded', 503, 'OVERLOADED'],
  ] as const)('that is %s gets %i', async (outcome, status, code) => {
    http.outcome = () => ({ outcome })
    expect(await send(leastSwipe)).toMatchObject([{ line: 1, status, problem: { code } }])
  })

  it('that the database does not take gets 503, which the log tells of once a batch', async () => {
    http.outcome = () => {
      throw Object.assign(new Error('Connection terminated'), { code: 'ECONNRESET' })
    }
    const before = http.log.length
    expect(await send(...Array.from({ length: 20 }, () => leastSwipe))).toEqual(
      Array.from({ length: 20 }, (_, n) => ({ line: n + 1, status: 503, problem: expect.objectContaining({ code: 'DATABASE_UNAVAILABLE' }) as unknown })),
    )
    expect(http.log.slice(before).filter((line) => line.includes('were not stored'))).toHaveLength(1)
  })
})

describe('the body of a request', () => {
  const swipe = JSON.stringify(leastSwipe)

  it.each([
    ['JSON, as a batch', batchUrl, 'application/json'],
    ['plain text, as a batch', batchUrl, 'text/plain'],
    ['of no type, as a batch', batchUrl, ''],
    ['NDJSON, as a swipe', '/v1/transactions', 'application/x-ndjson'],
    ['NDJSON, as feedback', '/v1/transactions/019bfc3e-8d2a-7c31-9a51-4c1f0f7e2b6d/feedback', 'application/x-ndjson'],
  ])('gets 415 where it is %s', async (_, url, type) => {
    const reply = await http.send('POST', url, { ...ndjson, 'content-type': type }, swipe)
    expect(reply).toMatchObject({ status: 415, body: { code: 'UNSUPPORTED_MEDIA_TYPE', detail: expect.stringContaining(url === batchUrl ? 'application/x-ndjson' : 'application/json') as string } })
    expect(reply.headers['content-type']).toBe('application/problem+json; charset=utf-8')
    expect(http.accepted).toEqual([])
  })

  it('may say its charset, where it is a batch', async () => {
    const reply = await http.text('POST', batchUrl, { ...ndjson, 'content-type': 'Application/X-NDJSON; charset=utf-8' }, swipe)
    expect(reply.status).toBe(200)
    expect(reply.headers['content-type']).toBe('application/x-ndjson')
  })

  it('is not looked at without the scope, or where there is nothing', async () => {
    expect(await http.send('POST', batchUrl, { ...ndjson, authorization: 'Bearer read-key' }, swipe)).toMatchObject({ status: 403, body: { code: 'SCOPE_MISSING' } })
    expect(await http.send('POST', '/v1/nothing', ndjson, swipe)).toMatchObject({ status: 404 })
    expect(http.accepted).toEqual([])
  })
})
