import { OpenApiUnderTest } from '@swipestream/platform/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { badRequests } from './bad-requests.js'
import { fullSwipe, leastSwipe } from './example-swipe.js'
import { startHttpSide, type HttpSide } from './http-side.js'

let http: HttpSide
let api: OpenApiUnderTest

beforeAll(async () => {
  http = await startHttpSide()
  api = new OpenApiUnderTest((await http.send('GET', '/docs/json')).body)
})

afterAll(() => http.stop())

const described = () => api.document.paths['/v1/transactions']!['post']!

describe('the OpenAPI document', () => {
  it('has every route, with all its answers', () => {
    expect(api.routes()).toEqual([
      'post /v1/transactions: 200 202 400 401 403 409 413 415 422 500 503',
      'get /v1/transactions: 200 401 403 422 500 503',
      'get /v1/transactions/{id}: 200 401 403 404 422 500 503',
      'post /v1/transactions/batch: 200 401 403 415 500 503',
      'post /v1/transactions/{id}/feedback: 202 400 401 403 404 409 413 415 422 500 503',
    ])
  })

  it('says that a key is needed, in one of two headers', () => {
    expect(api.document.components.securitySchemes).toMatchObject({
      bearer: { type: 'http', scheme: 'bearer' },
      'x-api-key': { type: 'apiKey', in: 'header', name: 'X-API-Key' },
    })
    for (const methods of Object.values(api.document.paths)) {
      for (const { security } of Object.values(methods)) expect(security).toEqual([{ bearer: [] }, { 'x-api-key': [] }])
    }
  })

  it('has problem+json for every error, with examples that are of the schema', () => {
    expect(api.wrongErrors()).toEqual([])
  })

  it.each(['Swipe', 'SwipeLine', 'Feedback', 'Transaction', 'TransactionList', 'GivenFeedback'])('has an example of each field that makes a valid %s', (name) => {
    const { properties } = api.document.components.schemas[name]!
    const example = Object.fromEntries(Object.entries(properties).map(([field, { example: value }]) => [field, value]))
    expect(Object.entries(example).filter(([, value]) => value === undefined)).toEqual([])
    expect(api.fits(name, example)).toBe(true)
  })

  it('has an example that the service takes', async () => {
    const { properties } = api.document.components.schemas['Swipe']!
    const reply = await http.post(Object.fromEntries(Object.entries(properties).map(([field, { example }]) => [field, example])))
    expect(reply.status).toBe(202)
  })

  it('is right about what is taken, and about the answer', async () => {
    for (const swipe of [fullSwipe, leastSwipe]) {
      expect(api.fits('Swipe', swipe)).toBe(true)
      const reply = await http.post(swipe)
      expect(reply.status).toBe(202)
      expect(api.fits('Transaction', reply.body)).toBe(true)
    }
  })

  it('says that a batch is lines of JSON, and nothing else', () => {
    const { requestBody } = api.document.paths['/v1/transactions/batch']!['post']! as unknown as { readonly requestBody: { readonly content: object } }
    expect(Object.keys(requestBody.content)).toEqual(['application/x-ndjson'])
  })

  it('is right about every refusal', async () => {
    for (const { what, body, headers, status, code } of badRequests) {
      const reply = await http.post(body, headers)
      expect(api.fits('Problem', reply.body), what).toBe(true)
      expect(Object.keys(described().responses[String(status)]!.content!['application/problem+json']!.examples!), what).toContain(code)
    }
  })

  it('allows nothing that the service refuses, but for what a schema cannot say', () => {
    const allowed = badRequests
      .filter(({ status, headers }) => status === 422 && headers === undefined)
      .filter(({ body }) => api.fits('Swipe', typeof body === 'string' ? JSON.parse(body) : JSON.parse(JSON.stringify(body))) === true)
    expect(allowed.map(({ what }) => what)).toEqual([
      'a card number that fails Luhn',
      'a time an hour ahead',
      'a time in the far future',
      'a time before 1970',
      'a time of a clock that was never set',
      'half a surrogate pair in a text',
      'the other half at the end of a text',
      'the card number in another field',
      'the card number in another field, written with dashes',
    ])
  })

  it('can be read as a page', async () => {
    const page = await http.page('/docs')
    expect(page.status).toBe(200)
    expect(page.text).toContain('swagger-ui')
  })
})
