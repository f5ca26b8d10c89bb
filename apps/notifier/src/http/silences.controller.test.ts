import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type InboxSide, startInboxSide } from './inbox-side.js'

let http: InboxSide

beforeAll(async () => {
  http = await startInboxSide()
})
afterAll(() => http.stop())
beforeEach(() => {
  http.silences.length = 0
})

const day = 24 * 3_600_000
const inMs = (ms: number) => new Date(Date.now() + ms).toISOString()
const good = { service: 'fraud-service', minutes: 30, comment: 'The rule is being mended.' }
const add = (body: unknown) => http.send('POST', '/v1/silences', { token: 'write-key', body })

describe('a silence', () => {
  it('is made for so many minutes, by the client of the key', async () => {
    const before = Date.now()
    const { status, body } = await add(good)
    expect(status).toBe(201)
    expect(body).toMatchObject({ service: 'fraud-service', code: null, subject: null, comment: good.comment, created_by: 'on-call', ended_at: null, active: true })
    const until = Date.parse(String(body['until']))
    expect(until).toBeGreaterThanOrEqual(before + 30 * 60_000)
    expect(until).toBeLessThanOrEqual(Date.now() + 30 * 60_000)
  })

  it('is made until a moment, whatever its offset', async () => {
    expect(await add({ code: 'FRAUD_RULE_FAILED', subject: 'velocity', until: inMs(day).replace('Z', '+00:00'), comment: 'x' })).toMatchObject({
      status: 201,
      body: { service: null, code: 'FRAUD_RULE_FAILED', subject: 'velocity' },
    })
  })

  it.each([
    ['nothing in it', {}, ['comment']],
    ['nothing that it is of', { minutes: 5, comment: 'x' }, ['service']],
    ['no end', { service: 'x', comment: 'x' }, ['until']],
    ['two ends', { ...good, until: inMs(day) }, ['until']],
    ['an end that is past', { service: 'x', until: inMs(-1_000), comment: 'x' }, ['until']],
    ['an end that is too far', { service: 'x', until: inMs(30 * day + 60_000), comment: 'x' }, ['until']],
    ['an end without an offset', { service: 'x', until: '2099-01-01T00:00:00', comment: 'x' }, ['until']],
    ['an end that is no moment', { service: 'x', until: 'tomorrow', comment: 'x' }, ['until']],
    ['too many minutes', { ...good, minutes: 43_201 }, ['minutes']],
    ['no minutes', { ...good, minutes: 0 }, ['minutes']],
    ['minutes that are text', { ...good, minutes: '5' }, ['minutes']],
    ['blanks for a service', { ...good, service: ' ' }, ['service']],
    ['NUL in a subject', { ...good, subject: 'a\u0000b' }, ['subject']],
    ['a code that is too long', { ...good, code: 'X'.repeat(201) }, ['code']],
    ['a blank comment', { ...good, comment: '' }, ['comment']],
    ['a field that there is not', { ...good, severity: 'info' }, ['severity']],
    ['no object', '[]', ['body']],
  ] as [string, unknown, string[]][])('with %s is refused', async (_, body, fields) => {
    const refused = await add(body)
    expect(refused).toMatchObject({ status: 422, body: { code: 'REQUEST_INVALID' } })
    expect(refused.body.errors?.map(({ field }) => field)).toEqual(fields)
    expect(http.silences).toEqual([])
  })

  it('is ended, again and again', async () => {
    const id = String((await add(good)).body['silence_id'])
    for (let i = 0; i < 2; i++) expect(await http.send('DELETE', `/v1/silences/${id}`, { token: 'write-key' })).toMatchObject({ status: 204, text: '' })
    expect((await http.send('GET', '/v1/silences', { token: 'read-key' })).body).toEqual({ silences: [] })
    expect((await http.send('GET', '/v1/silences?all=true', { token: 'read-key' })).body).toMatchObject({ silences: [{ silence_id: id, active: false, ended_at: expect.any(String) as string }] })
  })

  it.each(['019bfc55-1f0e-7a90-8d3c-0000000000ff', 'x', '1'])('that is not there cannot be ended: %s', async (id) => {
    expect(await http.send('DELETE', `/v1/silences/${id}`, { token: 'write-key' })).toMatchObject({ status: 404, body: { code: 'SILENCE_NOT_FOUND' } })
  })
})

describe('the list of silences', () => {
  it.each(['all=1', 'all=', 'page=2'])('is refused for %s', async (query) => {
    expect(await http.send('GET', `/v1/silences?${query}`, { token: 'read-key' })).toMatchObject({ status: 422, body: { code: 'REQUEST_INVALID' } })
  })
})

describe('an API key', () => {
  it.each([['GET', '/v1/silences'], ['POST', '/v1/silences'], ['DELETE', '/v1/silences/x']] as const)('is needed: %s %s', async (method, url) => {
    expect(await http.send(method, url, { token: 'guess' })).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } })
  })

  it.each([['POST', '/v1/silences'], ['DELETE', '/v1/silences/x']] as const)('that may only read changes nothing: %s %s', async (method, url) => {
    expect(await http.send(method, url, { token: 'read-key', body: good })).toMatchObject({ status: 403, body: { code: 'SCOPE_MISSING' } })
    expect(http.silences).toEqual([])
  })
})
