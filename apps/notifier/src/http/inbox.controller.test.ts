import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { exampleMessage, type InboxSide, startInboxSide, tokens } from './inbox-side.js'

let http: InboxSide

beforeAll(async () => {
  http = await startInboxSide()
})
afterAll(() => http.stop())
beforeEach(() => {
  http.messages = [exampleMessage()]
  http.outcome = { outcome: 'given' }
  http.refusal = undefined
  http.asked.length = 0
  http.answered.length = 0
  http.streamed.length = 0
})

const routes = [['GET', '/v1/inbox'], ['GET', '/v1/inbox/stream'], ['POST', '/v1/inbox/7/read'], ['POST', '/v1/inbox/7/answer']] as const

describe("a customer's token", () => {
  it.each(routes)('is needed: %s %s', async (method, url) => {
    const refused = await http.send(method, url, { token: '' })
    expect(refused).toMatchObject({ status: 401, body: { code: 'TOKEN_MISSING' }, headers: { 'www-authenticate': 'Bearer realm="swipestream"' } })
    expect(refused.headers['content-type']).toBe('application/problem+json; charset=utf-8')
  })

  it.each(routes)('in the address is none: %s %s', async (method, url) => {
    expect(await http.send(method, `${url}?token=${await tokens.issue('c1')}`, { token: '' })).toMatchObject({ status: 401 })
  })

  it.each([
    ['has ended', () => tokens.issue('c1', Date.now() - 3_600_000), 'TOKEN_EXPIRED'],
    ['lives too long', () => tokens.issue('c1', Date.now(), 901), 'TOKEN_LIVES_TOO_LONG'],
    ['is none', () => Promise.resolve('guess'), 'TOKEN_INVALID'],
    ['is the key of the silences', () => Promise.resolve('read-key'), 'TOKEN_INVALID'],
  ])('that %s is refused, and told why', async (_, token, code) => {
    expect(await http.send('GET', '/v1/inbox', { token: await token() })).toMatchObject({
      status: 401,
      body: { code },
      headers: { 'www-authenticate': expect.stringContaining('error="invalid_token"') as string },
    })
  })

  it("opens that customer's inbox", async () => {
    await http.send('GET', '/v1/inbox', { token: await tokens.issue('c2') })
    expect(http.asked).toEqual([{ customerId: 'c2', limit: 51 }])
  })
})

describe('the list of an inbox', () => {
  it('tells of each message whether it can be answered', async () => {
    const expires_at = new Date(Date.UTC(2026, 2, 6, 13, 5, 1))
    http.messages = [
      exampleMessage({ id: '4', question: null, read_at: new Date(Date.UTC(2026, 2, 4)) }),
      exampleMessage({ id: '3', question: { state: 'expired', expires_at, verdict: null } }),
      exampleMessage({ id: '2', question: { state: 'answered', expires_at, verdict: 'confirmed_fraud' } }),
      exampleMessage({ id: '1' }),
    ]
    const { status, body } = await http.send('GET', '/v1/inbox')
    expect(status).toBe(200)
    const expires = '2026-03-06T13:05:01.000Z'
    expect(body).toMatchObject({
      unread: 3,
      next: null,
      messages: [
        { id: '4', question: null, read_at: '2026-03-04T00:00:00.000Z' },
        { id: '3', question: { state: 'expired', expires_at: expires, answer: null } },
        { id: '2', question: { state: 'answered', expires_at: expires, answer: 'no' } },
        { id: '1', question: { state: 'open', expires_at: expires, answer: null } },
      ],
    })
  })

  it('has a next page when there is more, in the direction asked for', async () => {
    http.messages = [exampleMessage({ id: '9' }), exampleMessage({ id: '8' }), exampleMessage({ id: '7' })]
    const ids = ({ body }: Awaited<ReturnType<InboxSide['send']>>) => body.messages?.map(({ id }) => id)
    const older = await http.send('GET', '/v1/inbox?limit=2&before=12')
    expect([ids(older), older.body['next']]).toEqual([['9', '8'], '/v1/inbox?limit=2&before=8'])
    const newer = await http.send('GET', '/v1/inbox?limit=2&after=3')
    expect([ids(newer), newer.body['next']]).toEqual([['8', '7'], '/v1/inbox?limit=2&after=8'])
    expect(http.asked).toEqual([{ customerId: 'c1', limit: 3, before: '12' }, { customerId: 'c1', limit: 3, after: '3' }])
  })

  it.each([
    ...['0', '201', '-1', '1.5', 'ten', ''].map((limit) => [`limit=${limit}`, ['limit']] as const),
    ...['', 'x', '-1', '01', '9223372036854775808', '1e3'].map((id) => [`before=${id}`, ['before']] as const),
    ['after=x', ['after']],
    ['after=1&before=2', ['after']],
    ['page=2', ['page']],
    ['limit=x&before=x', ['limit', 'before']],
  ] as const)('is refused for %s', async (query, fields) => {
    const refused = await http.send('GET', `/v1/inbox?${query}`)
    expect(refused).toMatchObject({ status: 422, body: { code: 'REQUEST_INVALID' } })
    expect(refused.body.errors?.map(({ field }) => field)).toEqual(fields)
    expect(http.asked).toEqual([])
  })
})

describe('reading a message', () => {
  it('is answered with nothing', async () => {
    expect(await http.send('POST', '/v1/inbox/7/read')).toMatchObject({ status: 204, text: '' })
  })

  it.each(['8', '0', 'x', '9223372036854775808', '7%00'])('is 404 for %s', async (id) => {
    expect(await http.send('POST', `/v1/inbox/${id}/read`)).toMatchObject({ status: 404, body: { code: 'MESSAGE_NOT_FOUND' } })
  })
})

describe('answering a message', () => {
  const say = (body: unknown, id = '7', token?: string) => http.send('POST', `/v1/inbox/${id}/answer`, { body, ...(token === undefined ? {} : { token }) })

  it.each([['yes', 'legitimate'], ['no', 'confirmed_fraud']])('%s says that the payment was %s', async (answer, verdict) => {
    expect(await say({ answer })).toMatchObject({ status: 200, body: { id: '7' } })
    expect(http.answered).toEqual([{ alertId: exampleMessage().alert_id, verdict, from: { way: 'app', customerId: 'c1' } }])
  })

  it('the same again is answered the same', async () => {
    http.outcome = { outcome: 'already_answered', verdict: 'legitimate' }
    expect(await say({ answer: 'yes' })).toMatchObject({ status: 200 })
  })

  it.each([
    [{ outcome: 'already_answered', verdict: 'legitimate' }, 'ALREADY_ANSWERED'],
    [{ outcome: 'expired' }, 'QUESTION_EXPIRED'],
    [{ outcome: 'unknown' }, 'NOTHING_ASKED'],
  ] as const)('is a conflict when it is %j', async (outcome, code) => {
    http.outcome = outcome
    expect(await say({ answer: 'no' })).toMatchObject({ status: 409, body: { code } })
  })

  it('is a conflict for a message that asks nothing', async () => {
    http.messages = [exampleMessage({ question: null })]
    expect(await say({ answer: 'no' })).toMatchObject({ status: 409, body: { code: 'NOTHING_ASKED' } })
    expect(http.answered).toEqual([])
  })

  it("is 404 for a message that is not there, and for somebody else's", async () => {
    expect(await say({ answer: 'no' }, '8')).toMatchObject({ status: 404, body: { code: 'MESSAGE_NOT_FOUND' } })
    expect(await say({ answer: 'no' }, '7', await tokens.issue('c2'))).toMatchObject({ status: 404 })
    expect(http.answered).toEqual([])
  })

  it.each([[{}, 'answer'], [{ answer: 'YES' }, 'answer'], [{ answer: true }, 'answer'], [{ answer: 'yes', card: 'x' }, 'card'], ['[]', 'body']])('is refused for %j', async (body, field) => {
    expect(await say(body)).toMatchObject({ status: 422, body: { code: 'REQUEST_INVALID', errors: [{ field }] } })
    expect(http.answered).toEqual([])
  })
})

describe('the stream of an inbox', () => {
  it('is server-sent events', async () => {
    http.messages = [exampleMessage({ id: '8' }), exampleMessage()]
    const { status, headers, text } = await http.send('GET', '/v1/inbox/stream')
    expect(status).toBe(200)
    expect(headers).toMatchObject({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    const [retry, first, second, alive, expired, end] = text.split('\n\n')
    expect([retry, alive, expired, end]).toEqual(['retry: 2000', ':', 'event: expired\ndata: {}', ''])
    expect(first).toMatch(/^id: 7\nevent: message\ndata: \{.*\}$/)
    expect(second).toMatch(/^id: 8\n/)
    const [listed] = (await http.send('GET', '/v1/inbox')).body.messages ?? []
    expect(JSON.parse(second?.split('data: ')[1] ?? '')).toEqual(listed)
  })

  it.each([
    ['from now on', {}, '7'],
    ['from now on when the header is empty', { 'last-event-id': '' }, '7'],
    ['behind the message the client has last', { 'last-event-id': '3' }, '3'],
    ['with all there are', { 'last-event-id': '0' }, '0'],
  ])('begins %s', async (_, headers, after) => {
    await http.send('GET', '/v1/inbox/stream', { headers })
    expect(http.streamed).toEqual([after])
  })

  it.each(['x', '-1', '1 2', '9223372036854775808'])('is refused for Last-Event-ID %j', async (id) => {
    expect(await http.send('GET', '/v1/inbox/stream', { headers: { 'last-event-id': id } })).toMatchObject({ status: 422, body: { errors: [{ field: 'header.Last-Event-ID' }] } })
    expect(http.streamed).toEqual([])
  })

  it.each([
    ['too_many_of_customer', 429, 'TOO_MANY_STREAMS'],
    ['too_many', 503, 'STREAMS_FULL'],
  ] as const)('is put off when there are %s', async (refusal, status, code) => {
    http.refusal = refusal
    expect(await http.send('GET', '/v1/inbox/stream')).toMatchObject({ status, body: { code }, headers: { 'retry-after': expect.any(String) as string } })
  })
})
