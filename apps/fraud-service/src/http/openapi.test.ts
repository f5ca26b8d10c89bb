import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exampleDraft, exampleRule } from '../domain/rule-set/example-rule.js'
import { type HttpSide, startHttpSide } from './http-side.js'

interface Media {
  readonly schema: { readonly $ref: string }
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>
}
interface Described {
  readonly security: readonly Record<string, string[]>[]
  readonly responses: Readonly<Record<string, { readonly content: Readonly<Record<string, Media>> }>>
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>
  readonly components: { readonly schemas: Readonly<Record<string, object>> }
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
    const validate = ajv.compile(document.components.schemas[name]!)
    return validate(value) || ajv.errorsText(validate.errors)
  }
})
afterAll(() => http.stop())

describe('the OpenAPI document of the rules', () => {
  it('has every route, with all its answers', () => {
    const answers = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { responses }]) => `${method} ${path}: ${Object.keys(responses).join(' ')}`),
    )
    expect(answers).toEqual([
      'get /v1/rules: 200 401 403 422 500 503',
      'post /v1/rules/test: 200 400 401 403 413 415 422 500 503',
      'get /v1/rules/{id}: 200 401 403 404 500 503',
      'put /v1/rules/{id}: 200 201 400 401 403 412 413 415 422 428 500 503',
      'get /v1/rules/{id}/history: 200 401 403 404 500 503',
      'post /v1/rules/{id}/promote: 200 400 401 403 404 409 412 413 415 422 500 503',
      'post /v1/rules/{id}/rollback: 200 400 401 403 404 412 413 415 422 500 503',
      'get /v1/features: 200 401 403 500 503',
    ])
  })

  it('says that a key is needed, and has problem+json with examples for every error', () => {
    for (const { security, responses } of Object.values(document.paths).flatMap((methods) => Object.values(methods))) {
      expect(security).toEqual([{ bearer: [] }, { 'x-api-key': [] }])
      for (const [status, { content }] of Object.entries(responses).filter(([code]) => Number(code) >= 400)) {
        const { schema, examples } = content['application/problem+json']!
        expect(schema).toEqual({ $ref: '#/components/schemas/Problem' })
        for (const { value } of Object.values(examples!)) {
          expect(fits('Problem', value)).toBe(true)
          expect(value).toMatchObject({ status: Number(status) })
        }
      }
    }
  })

  it('is right about the answers', async () => {
    const table = { name: 'limit', by: 'tx.currency', values: { EUR: 5 }, default: 5, unit: 'tx.currency' }
    http.rules.set('night_amount', exampleRule({ tables: [table] }))
    const { rule_id: _, ...draft } = exampleDraft({ tables: [table] })
    expect(fits('Draft', draft)).toBe(true)
    const values = { 'tx.night': true, 'tx.amount': 250, 'tx.currency': 'EUR' }
    const answers = [
      ['Rules', await http.send('GET', '/v1/rules')],
      ['Rule', await http.send('GET', '/v1/rules/night_amount')],
      ['History', await http.send('GET', '/v1/rules/night_amount/history')],
      ['Rule', await http.send('PUT', '/v1/rules/other', { headers: { 'if-none-match': '*' }, body: draft })],
      ['Tried', await http.send('POST', '/v1/rules/test', { body: { rule: draft } })],
      ['Tried', await http.send('POST', '/v1/rules/test', { body: { rule: draft, values } })],
      ['Tried', await http.send('POST', '/v1/rules/test', { body: { rule: { ...draft, expression: 'tx.nigth' } } })],
      ['Features', await http.send('GET', '/v1/features')],
      ['Problem', await http.send('PUT', '/v1/rules/other', { headers: { 'if-match': '"1"' }, body: { ...draft, expression: 'tx.nigth' } })],
    ] as const
    for (const [schema, { body }] of answers) expect(fits(schema, body), schema).toBe(true)
  })

  it('can be read as a page', async () => {
    const page = await http.page('/docs')
    expect(page.status).toBe(200)
    expect(page.text).toContain('swagger-ui')
  })
})
