import { OpenApiUnderTest } from '@swipestream/platform/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exampleMessage, type InboxSide, startInboxSide } from './inbox-side.js'

let http: InboxSide
let api: OpenApiUnderTest

beforeAll(async () => {
  http = await startInboxSide()
  api = new OpenApiUnderTest((await http.send('GET', '/docs/json')).body)
})
afterAll(() => http.stop())

describe('the OpenAPI document of inbox and silences', () => {
  it('has every route, with all its answers', () => {
    expect(api.routes()).toEqual([
      'get /v1/inbox: 200 401 422 500 503',
      'get /v1/inbox/stream: 200 401 422 429 500 503',
      'post /v1/inbox/{id}/read: 204 401 404 500 503',
      'post /v1/inbox/{id}/answer: 200 400 401 404 409 413 415 422 500 503',
      'post /v1/silences: 201 400 401 403 413 415 422 500 503',
      'get /v1/silences: 200 401 403 422 500 503',
      'delete /v1/silences/{id}: 204 401 403 404 500 503',
    ])
  })

  it('says of each route how to authenticate, in ways that it describes', () => {
    for (const [path, methods] of Object.entries(api.document.paths)) {
      for (const { security } of Object.values(methods)) {
        expect(security).toEqual(path.startsWith('/v1/inbox') ? [{ customer: [] }] : [{ bearer: [] }, { 'x-api-key': [] }])
        for (const way of security.flatMap((each) => Object.keys(each))) expect(api.document.components.securitySchemes).toHaveProperty(way)
      }
    }
  })

  it('has problem+json with examples for every error', () => {
    expect(api.wrongErrors()).toEqual([])
  })

  it('is right about bodies and answers', async () => {
    const silence = { service: 'x', minutes: 5, comment: 'x' }
    expect(api.fits('NewSilence', silence)).toBe(true)
    expect(api.fits('InboxAnswer', { answer: 'no' })).toBe(true)
    http.messages = [exampleMessage({ id: '8', question: null, read_at: new Date() }), exampleMessage()]
    const listed = await http.send('GET', '/v1/inbox')
    const answers = [
      ['Inbox', listed.body],
      ['InboxMessage', listed.body.messages?.[0]],
      ['InboxMessage', (await http.send('POST', '/v1/inbox/7/answer', { body: { answer: 'yes' } })).body],
      ['Silence', (await http.send('POST', '/v1/silences', { token: 'write-key', body: silence })).body],
      ['Silences', (await http.send('GET', '/v1/silences', { token: 'read-key' })).body],
      ['Problem', (await http.send('GET', '/v1/inbox?limit=x')).body],
    ] as const
    for (const [schema, body] of answers) expect(api.fits(schema, body), schema).toBe(true)
  })
})
