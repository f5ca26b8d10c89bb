import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { testCard } from './example-swipe.js'
import { startHttpSide, type HttpSide } from './http-side.js'

let http: HttpSide

beforeAll(async () => {
  http = await startHttpSide()
})
afterAll(() => http.stop())
beforeEach(() => {
  http.listed.length = 0
  http.given.length = 0
  http.feedbackOutcome = undefined
})

const cardId = `v1.${'A'.repeat(43)}`
const cursor = (text: string): string => Buffer.from(text).toString('base64url')

describe('the query of a list', () => {
  const list = (query: string) => http.send('GET', `/v1/transactions?${query}`, { authorization: 'Bearer read-key' })

  it.each([
    ['no card', '', ['card_id']],
    ['a card number for a card', `card_id=${testCard}`, ['card_id']],
    ['a card number with blanks', 'card_id=4111+1111+1111+1111', ['card_id']],
    ['a token that is cut', `card_id=v1.${'A'.repeat(42)}`, ['card_id']],
    ['two cards', `card_id=${cardId}&card_id=${cardId}`, ['card_id']],
    ...['0', '201', '-1', '1.5', 'ten', '', '1e2', '00000000001'].map((limit) => [`a limit of ${limit}`, `card_id=${cardId}&limit=${limit}`, ['limit']]),
    ...['', 'x', testCard, '%00', cursor(`1 ${testCard}`), cursor(`${'9'.repeat(17)} ${randomUUID()}`), cursor(`-1 ${randomUUID()}`), cursor(`1 ${randomUUID()} `), 'A'.repeat(5_000)].map(
      (each) => [`a cursor of ${each.slice(0, 60)}`, `card_id=${cardId}&cursor=${each}`, ['cursor']],
    ),
    ['a parameter that there is not', `card_id=${cardId}&page=2`, ['page']],
    ['a card number for a parameter', `card_id=${cardId}&${testCard}=1`, ['query']],
    ['many things wrong at once', `card_id=x&limit=x&cursor=x`, ['card_id', 'cursor', 'limit']],
  ] as [string, string, string[]][])('is refused: %s', async (_, query, fields) => {
    const reply = await list(query)
    expect(reply).toMatchObject({ status: 422, body: { code: 'LIST_INVALID' } })
    expect(reply.headers['content-type']).toBe('application/problem+json; charset=utf-8')
    expect(reply.body.errors?.map(({ field }) => field).toSorted()).toEqual(fields)
    expect(reply.text).not.toContain('1111111')
    expect(http.listed).toEqual([])
  })

  it('asks for 50 and one more when it says nothing else, and for what it says', async () => {
    const id = randomUUID()
    expect((await list(`card_id=${cardId}`)).body).toEqual({ transactions: [], next: null })
    await list(`card_id=${cardId}&limit=200&cursor=${cursor(`1769859296789 ${id}`)}`)
    expect(http.listed).toEqual([
      { cardId, limit: 51, after: undefined },
      { cardId, limit: 201, after: { occurredAt: 1_769_859_296_789, transactionId: id } },
    ])
  })

  it('leaves no card number in the log', () => {
    expect(http.log.join('')).not.toMatch(/4111[ +-]?1111/)
  })

  it('needs the scope transactions:read', async () => {
    const reply = await http.send('GET', `/v1/transactions?card_id=${cardId}`, { authorization: 'Bearer write-key' })
    expect(reply).toMatchObject({ status: 403, body: { code: 'SCOPE_MISSING' } })
  })
})

describe('feedback', () => {
  const id = randomUUID()
  const say = (body: unknown, headers: Record<string, string> = {}, of: string = id) =>
    http.send('POST', `/v1/transactions/${of}/feedback`, { authorization: 'Bearer feedback-key', 'content-type': 'application/json', ...headers }, JSON.stringify(body))

  it.each([
    ['nothing in it', {}, ['verdict']],
    ['no object', [], ['body']],
    ['a verdict that there is not', { verdict: 'fraud' }, ['verdict']],
    ['an action that there is not', { verdict: 'legitimate', card_action: 'burn' }, ['card_action']],
    ['an action that is null', { verdict: 'legitimate', card_action: null }, ['card_action']],
    ['a comment of blanks', { verdict: 'legitimate', comment: ' \n ' }, ['comment']],
    ['a comment that is too long', { verdict: 'legitimate', comment: 'x'.repeat(1001) }, ['comment']],
    ['NUL in a comment', { verdict: 'legitimate', comment: 'a\u0000b' }, ['comment']],
    ['a card number in a comment', { verdict: 'legitimate', comment: 'it was 4111 1111 1111 1111' }, ['comment']],
    ['a card number beside what hides one', { verdict: 'legitimate', comment: `[card] ${testCard}` }, ['comment']],
    ['a card number for an actor', { verdict: 'legitimate', actor: testCard }, ['actor']],
    ['an actor of two lines', { verdict: 'legitimate', actor: 'a\nb' }, ['actor']],
    ['an empty actor', { verdict: 'legitimate', actor: '' }, ['actor']],
    ['a field that there is not', { verdict: 'legitimate', source: 'label' }, ['source']],
    ['many things wrong at once', { verdict: 1, card_action: 2, comment: 3, actor: 4 }, ['actor', 'card_action', 'comment', 'verdict']],
  ] as [string, unknown, string[]][])('is refused: %s', async (_, body, fields) => {
    const reply = await say(body)
    expect(reply).toMatchObject({ status: 422, body: { code: 'FEEDBACK_INVALID' } })
    expect(reply.body.errors?.map(({ field }) => field).toSorted()).toEqual(fields)
    expect(reply.text).not.toContain('1111111')
    expect(http.given).toEqual([])
  })

  it.each(['', 'k'.repeat(256), testCard])('is refused with a key of %j', async (key) => {
    const reply = await say({ verdict: 'legitimate' }, { 'idempotency-key': key })
    expect(reply).toMatchObject({ status: 422, body: { code: 'FEEDBACK_INVALID', errors: [{ field: 'header.Idempotency-Key' }] } })
  })

  it('is refused for an id that is none, and without the scope', async () => {
    expect(await say({ verdict: 'legitimate' }, {}, testCard)).toMatchObject({ status: 422, body: { code: 'TRANSACTION_ID_INVALID' } })
    expect(await say({ verdict: 'legitimate' }, { authorization: 'Bearer write-key' })).toMatchObject({ status: 403, body: { code: 'SCOPE_MISSING', detail: 'the API key needs the scope feedback:write' } })
  })

  it('is given as said, else by the client, with nothing to be done', async () => {
    const full = { verdict: 'confirmed_fraud', card_action: 'block', comment: 'At home\nall day, 12345.', actor: 'r.roe' }
    expect((await say(full, { 'idempotency-key': 'k-1' })).status).toBe(202)
    expect((await say({ verdict: 'legitimate' })).body).toMatchObject({ verdict: 'legitimate', card_action: 'none', comment: null, actor: 'fraud-desk', given_at: '2026-01-31T12:00:00.000Z' })
    expect(http.given).toEqual([
      { transactionId: id, feedback: full, client: 'fraud-desk', idempotency: { client: 'fraud-desk', key: 'k-1' } },
      { transactionId: id, feedback: { verdict: 'legitimate', card_action: 'none', comment: null, actor: 'fraud-desk' }, client: 'fraud-desk', idempotency: undefined },
    ])
  })

  it.each([
    ['no_transaction', 404, 'TRANSACTION_NOT_FOUND'],
    ['key_reused', 422, 'IDEMPOTENCY_KEY_REUSED'],
    ['in_progress', 409, 'IDEMPOTENCY_KEY_IN_PROGRESS'],
  ] as const)('that is %s gets %i', async (outcome, status, code) => {
    http.feedbackOutcome = { outcome }
    expect(await say({ verdict: 'legitimate' }, { 'idempotency-key': 'k-1' })).toMatchObject({ status, body: { code } })
  })
})
