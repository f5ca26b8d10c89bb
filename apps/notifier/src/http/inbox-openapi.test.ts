import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exampleMessage, type InboxSide, startInboxSide } from './inbox-side.js'

interface Media {
  readonly schema: { readonly $ref: string }
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>
}
interface Described {
  readonly security: readonly Record<string, string[]>[]
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Media>> }>>
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>
  readonly components: { readonly schemas: Readonly<Record<string, object>>; readonly securitySchemes: Readonly<Record<string, object>> }
}

let http: InboxSide
let document: Document
let fits: (schema: string, value: unknown) => true | string

beforeAll(async () => {
  http = await startInboxSide()
  document = (await http.send('GET', '/docs/json')).body as unknown as Document
  // `nullable` of OpenAPI 3.0 is known to ajv, `example` is not a check.
  const ajv = new Ajv({ strict: true, keywords: ['example'], allowUnionTypes: true })
  addFormats.default(ajv)
  fits = (name, value) => {
    const validate = ajv.compile(document.components.schemas[name]!)
    return validate(value) || ajv.errorsText(validate.errors)
  }
})
afterAll(() => http.stop())

describe('the OpenAPI document of inbox and silences', () => {
  it('has every route, with all its answers', () => {
    const answers = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { responses }]) => `${method} ${path}: ${Object.keys(responses).join(' ')}`),
    )
    expect(answers).toEqual([
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
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const { security } of Object.values(methods)) {
        expect(security).toEqual(path.startsWith('/v1/inbox') ? [{ customer: [] }] : [{ bearer: [] }, { 'x-api-key': [] }])
        for (const way of security.flatMap((each) => Object.keys(each))) expect(document.components.securitySchemes).toHaveProperty(way)
      }
    }
  })

  it('has problem+json with examples for every error', () => {
    for (const { responses } of Object.values(document.paths).flatMap((methods) => Object.values(methods))) {
      for (const [status, { content }] of Object.entries(responses).filter(([code]) => Number(code) >= 400)) {
        const { schema, examples } = content!['application/problem+json']!
        expect(schema).toEqual({ $ref: '#/components/schemas/Problem' })
        for (const { value } of Object.values(examples!)) {
          expect(fits('Problem', value)).toBe(true)
          expect(value).toMatchObject({ status: Number(status) })
        }
      }
    }
  })

  it('is right about bodies and answers', async () => {
    const silence = { service: 'x', minutes: 5, comment: 'x' }
    expect(fits('NewSilence', silence)).toBe(true)
    expect(fits('InboxAnswer', { answer: 'no' })).toBe(true)
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
    for (const [schema, body] of answers) expect(fits(schema, body), schema).toBe(true)
  })
})
