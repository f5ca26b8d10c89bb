import { OpenApiUnderTest } from '@swipestream/platform/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exampleDraft, exampleRule } from '../domain/rule-set/example-rule.js'
import { type HttpSide, startHttpSide } from './http-side.js'

let http: HttpSide
let api: OpenApiUnderTest

beforeAll(async () => {
  http = await startHttpSide()
  api = new OpenApiUnderTest((await http.send('GET', '/docs/json')).body)
})
afterAll(() => http.stop())

describe('the OpenAPI document of the rules', () => {
  it('has every route, with all its answers', () => {
    expect(api.routes()).toEqual([
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
    for (const { security } of Object.values(api.document.paths).flatMap((methods) => Object.values(methods))) {
      expect(security).toEqual([{ bearer: [] }, { 'x-api-key': [] }])
    }
    expect(api.wrongErrors()).toEqual([])
  })

  it('is right about the answers', async () => {
    const table = { name: 'limit', by: 'tx.currency', values: { EUR: 5 }, default: 5, unit: 'tx.currency' }
    http.rules.set('night_amount', exampleRule({ tables: [table] }))
    const { rule_id: _, ...draft } = exampleDraft({ tables: [table] })
    expect(api.fits('Draft', draft)).toBe(true)
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
    for (const [schema, { body }] of answers) expect(api.fits(schema, body), schema).toBe(true)
  })

  it.each([['"3"', true], ['"123456789"', true], ['3', false], ['"0"', false], ['W/"3"', false], ['*', false]])('says of If-Match %s what the service says: %s', async (sent, taken) => {
    const described = Object.values(api.document.paths).flatMap((methods) => Object.values(methods) as unknown as { readonly parameters: readonly { readonly name: string; readonly schema: { readonly pattern?: string } }[] }[])
      .flatMap(({ parameters }) => parameters.filter(({ name }) => name === 'If-Match'))
    expect(described).toHaveLength(3)
    for (const { schema } of described) expect(new RegExp(schema.pattern ?? '').test(sent)).toBe(taken)
    const { status } = await http.send('POST', '/v1/rules/nobodys_rule/promote', { headers: { 'if-match': sent }, body: {} })
    expect(status !== 422).toBe(taken)
  })

  it('can be read as a page', async () => {
    const page = await http.page('/docs')
    expect(page.status).toBe(200)
    expect(page.text).toContain('swagger-ui')
  })
})
