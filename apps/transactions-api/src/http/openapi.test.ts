import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { badRequests } from './bad-requests.js'
import { fullSwipe, leastSwipe } from './example-swipe.js'
import { startHttpSide, type HttpSide } from './http-side.js'

interface Media {
  readonly schema: { readonly $ref: string }
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>
}
interface Described {
  readonly operationId: string
  readonly security: readonly Record<string, string[]>[]
  readonly responses: Readonly<Record<string, { readonly content: Readonly<Record<string, Media>>; readonly headers?: Readonly<Record<string, unknown>> }>>
}
interface Schema {
  readonly properties: Readonly<Record<string, { readonly example?: unknown }>>
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>>; readonly securitySchemes: Readonly<Record<string, unknown>> }
}

let http: HttpSide
let document: Document
let fits: (schema: string, value: unknown) => true | string

beforeAll(async () => {
  http = await startHttpSide()
  document = (await http.send('GET', '/docs/json')).body as unknown as Document
  // `nullable` of OpenAPI 3.0 is known to ajv, `example` is not a check.
  const ajv = new Ajv({ strict: true, keywords: ['example'], allowUnionTypes: true })
  addFormats.default(ajv)
  fits = (name, value) => {
    // Compiled once: ajv knows a schema object again.
    const validate = ajv.compile(document.components.schemas[name]!)
    return validate(value) || ajv.errorsText(validate.errors)
  }
})

afterAll(() => http.stop())

const described = (): Described => document.paths['/v1/transactions']!['post']!

describe('the OpenAPI document', () => {
  it('has every route, with all its answers', () => {
    const answers = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { responses }]) => `${method} ${path}: ${Object.keys(responses).join(' ')}`),
    )
    expect(answers).toEqual([
      'post /v1/transactions: 200 202 400 401 403 409 413 415 422 500 503',
      'get /v1/transactions: 200 401 403 422 500 503',
      'get /v1/transactions/{id}: 200 401 403 404 422 500 503',
      'post /v1/transactions/batch: 200 401 403 415 500 503',
      'post /v1/transactions/{id}/feedback: 202 400 401 403 404 409 413 415 422 500 503',
    ])
  })

  it('says that a key is needed, in one of two headers', () => {
    expect(document.components.securitySchemes).toMatchObject({
      bearer: { type: 'http', scheme: 'bearer' },
      'x-api-key': { type: 'apiKey', in: 'header', name: 'X-API-Key' },
    })
    for (const methods of Object.values(document.paths)) {
      for (const { security } of Object.values(methods)) expect(security).toEqual([{ bearer: [] }, { 'x-api-key': [] }])
    }
  })

  it('has problem+json for every error, with examples that are of the schema', () => {
    for (const methods of Object.values(document.paths)) {
      for (const { responses } of Object.values(methods)) {
        for (const [status, { content }] of Object.entries(responses).filter(([code]) => Number(code) >= 400)) {
          const media = content['application/problem+json']!
          expect(media.schema).toEqual({ $ref: '#/components/schemas/Problem' })
          for (const { value } of Object.values(media.examples!)) {
            expect(fits('Problem', value)).toBe(true)
            expect(value).toMatchObject({ status: Number(status) })
          }
        }
      }
    }
  })

  it.each(['Swipe', 'SwipeLine', 'Feedback', 'Transaction', 'TransactionList', 'GivenFeedback'])('has an example of each field that makes a valid %s', (name) => {
    const { properties } = document.components.schemas[name]!
    const example = Object.fromEntries(Object.entries(properties).map(([field, { example: value }]) => [field, value]))
    expect(Object.entries(example).filter(([, value]) => value === undefined)).toEqual([])
    expect(fits(name, example)).toBe(true)
  })

  it('has an example that the service takes', async () => {
    const { properties } = document.components.schemas['Swipe']!
    const reply = await http.post(Object.fromEntries(Object.entries(properties).map(([field, { example }]) => [field, example])))
    expect(reply.status).toBe(202)
  })

  it('is right about what is taken, and about the answer', async () => {
    for (const swipe of [fullSwipe, leastSwipe]) {
      expect(fits('Swipe', swipe)).toBe(true)
      const reply = await http.post(swipe)
      expect(reply.status).toBe(202)
      expect(fits('Transaction', reply.body)).toBe(true)
    }
  })

  it('is right about every refusal', async () => {
    for (const { what, body, headers, status, code } of badRequests) {
      const reply = await http.post(body, headers)
      expect(fits('Problem', reply.body), what).toBe(true)
      expect(Object.keys(described().responses[String(status)]!.content['application/problem+json']!.examples!), what).toContain(code)
    }
  })

  it('allows nothing that the service refuses, but for what a schema cannot say', () => {
    const allowed = badRequests
      .filter(({ status, headers }) => status === 422 && headers === undefined)
      .filter(({ body }) => fits('Swipe', typeof body === 'string' ? JSON.parse(body) : JSON.parse(JSON.stringify(body))) === true)
    expect(allowed.map(({ what }) => what)).toEqual([
      'a card number that fails Luhn',
      'a time an hour ahead',
      'a time in the far future',
      'a time before 1970',
      'a time of a clock that was never set',
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
