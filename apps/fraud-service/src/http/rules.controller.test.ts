import { CodedError } from '@swipestream/platform'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { exampleDraft, exampleRule } from '../domain/rule-set/example-rule.js'
import { Unreadable } from '../domain/rule-set/rule-set.js'
import { ruleFeatures } from '../app/rule-language.js'
import { type HttpSide, startHttpSide } from './http-side.js'

let http: HttpSide

beforeAll(async () => {
  http = await startHttpSide()
})
afterAll(() => http.stop())
beforeEach(() => {
  http.rules.clear()
  http.broken.clear()
  http.unreadable.clear()
  http.away = undefined
})

const url = '/v1/rules/night_amount'
const { rule_id: _id, ...body } = exampleDraft()
const stands = (...rules: readonly ReturnType<typeof exampleRule>[]) => {
  for (const rule of rules) http.rules.set(rule.rule_id, rule)
}
const ifMatch = (version: number) => ({ 'if-match': `"${version}"` })
const problemType = 'application/problem+json; charset=utf-8'

describe('reading', () => {
  it('lists rules by id, and those of a mode', async () => {
    stands(exampleRule({ rule_id: 'b' }), exampleRule({ rule_id: 'a', mode: 'shadow' }), exampleRule({ rule_id: 'c', mode: 'off' }))
    const idsOf = async (query: string) => (await http.send('GET', `/v1/rules${query}`, { key: 'read-key' })).body.rules?.map(({ rule_id }) => rule_id)
    expect(await idsOf('')).toEqual(['a', 'b', 'c'])
    expect(await idsOf('?mode=shadow')).toEqual(['a'])
    expect(await http.send('GET', '/v1/rules?mode=on')).toMatchObject({ status: 422, body: { code: 'REQUEST_INVALID', errors: [{ field: 'mode', detail: 'must be one of live, shadow, off' }] } })
  })

  it('shows a rule, with its version as entity tag', async () => {
    stands(exampleRule({ version: 3 }))
    const { status, headers, body: shown } = await http.send('GET', url, { key: 'read-key' })
    expect([status, headers['etag']]).toEqual([200, '"3"'])
    expect(shown).toEqual({ rule_id: 'night_amount', version: 3, ...body, created_at: '2026-03-02T00:00:00.000Z', created_by: 'ada', broken: null })
  })

  it('says of a rule that cannot be evaluated why', async () => {
    stands(exampleRule())
    http.broken.set('night_amount', 'there is no feature tx.night')
    expect((await http.send('GET', url)).body['broken']).toBe('there is no feature tx.night')
  })

  it('tells of rules whose records cannot be read, and why', async () => {
    stands(exampleRule())
    http.unreadable.set('lost', new Unreadable(new Error('no Avro')))
    expect((await http.send('GET', '/v1/rules?mode=off')).body).toEqual({ rules: [], unreadable: [{ rule_id: 'lost', because: 'no Avro' }] })
    expect(await http.send('GET', '/v1/rules/lost')).toMatchObject({
      status: 404, body: { code: 'FRAUD_RULE_UNREADABLE', detail: 'the record of the rule lost cannot be read, put it again: no Avro' },
    })
  })

  it('shows the versions of a rule, newest first', async () => {
    const { rule_id: _, earlier: _earlier, ...first } = exampleRule()
    stands(exampleRule({ version: 2, weight: 400, earlier: [first] }))
    const { body: history } = await http.send('GET', `${url}/history`)
    expect(history).toMatchObject({ rule_id: 'night_amount', versions: [{ version: 2, weight: 400 }, { version: 1, weight: 300, created_at: '2026-03-02T00:00:00.000Z' }] })
  })

  it.each([url, `${url}/history`])('of what is not there is 404: %s', async (path) => {
    expect(await http.send('GET', path)).toMatchObject({ status: 404, headers: { 'content-type': problemType }, body: { code: 'FRAUD_RULE_UNKNOWN' } })
  })

  it('tells every feature', async () => {
    const { body: catalogue } = await http.send('GET', '/v1/features', { key: 'read-key' })
    expect(catalogue.features).toHaveLength(ruleFeatures.features.length)
    expect(catalogue.features).toContainEqual({ name: 'tx.speed_kmh', type: 'number', unit: 'km/h', meaning: expect.any(String), optional: true })
    expect(catalogue.features).toContainEqual({ name: 'tx.amount', type: 'number', unit: 'tx.currency', meaning: expect.any(String), optional: false })
  })
})

describe('putting', () => {
  it('makes a rule that is to be new', async () => {
    const { status, headers, body: made } = await http.send('PUT', url, { headers: { 'if-none-match': '*' }, body })
    expect([status, headers['etag'], headers['location']]).toEqual([201, '"1"', url])
    expect(made).toMatchObject({ rule_id: 'night_amount', version: 1, created_by: 'desk', created_at: '2026-03-03T00:00:00.000Z' })
    expect(http.rules.get('night_amount')).toMatchObject({ version: 1, created_by: 'desk' })
  })

  it('makes the next version of one', async () => {
    stands(exampleRule())
    const { status, headers, body: made } = await http.send('PUT', url, { headers: ifMatch(1), body: { ...body, weight: 400 } })
    expect([status, headers['etag'], made['version'], made['weight']]).toEqual([200, '"2"', 2, 400])
    expect(http.rules.get('night_amount')?.earlier).toMatchObject([{ version: 1, weight: 300 }])
  })

  it('makes none of what the rule says already', async () => {
    stands(exampleRule())
    const { status, headers } = await http.send('PUT', url, { headers: ifMatch(1), body })
    expect([status, headers['etag']]).toEqual([200, '"1"'])
  })

  it('takes a file that names its rule, when the path names the same', async () => {
    const headers = { 'if-none-match': '*' }
    expect((await http.send('PUT', url, { headers, body: exampleDraft() })).status).toBe(201)
    expect(await http.send('PUT', '/v1/rules/other', { headers, body: exampleDraft() })).toMatchObject({ status: 422, body: { errors: [{ field: 'rule_id' }] } })
  })

  it.each([
    ['of another version', exampleRule({ version: 3 }), ifMatch(2)],
    ['that was to be new', exampleRule({ version: 3 }), { 'if-none-match': '*' }],
    ['that is gone', undefined, ifMatch(2)],
  ] as const)('a rule %s is 412', async (_, rule, headers) => {
    if (rule) stands(rule)
    const refused = await http.send('PUT', url, { headers, body: { ...body, weight: 5 } })
    expect(refused).toMatchObject({ status: 412, headers: { 'content-type': problemType }, body: { code: 'FRAUD_RULE_CONFLICT', detail: expect.stringContaining('look at it and try again') } })
    expect(http.rules.get('night_amount')?.version).toBe(rule?.version)
  })

  it('without a word of the version is 428', async () => {
    expect(await http.send('PUT', url, { body })).toMatchObject({ status: 428, body: { code: 'PRECONDITION_MISSING' } })
  })

  it.each([
    [{ 'if-match': '3' }, 'header.If-Match'],
    [{ 'if-match': '*' }, 'header.If-Match'],
    [{ 'if-match': 'W/"3"' }, 'header.If-Match'],
    [{ 'if-match': '"0"' }, 'header.If-Match'],
    [{ 'if-none-match': '"3"' }, 'header.If-None-Match'],
    [{ 'if-match': '"3"', 'if-none-match': '*' }, 'header.If-Match'],
  ] as [Record<string, string>, string][])('with a precondition that is none is 422: %j', async (headers, field) => {
    expect(await http.send('PUT', url, { headers, body })).toMatchObject({ status: 422, body: { code: 'REQUEST_INVALID', errors: [{ field }] } })
  })

  it('of what cannot be evaluated is 422, with every fault, its place, and what to write instead', async () => {
    const wrong = { ...body, expression: 'tx.amuont > 3.0 &&\n  tx.nigth', reason: '{tx.amount} in {tx.contry}' }
    const { status, body: refused } = await http.send('PUT', url, { headers: { 'if-none-match': '*' }, body: wrong })
    expect(status).toBe(422)
    expect(refused).toMatchObject({ code: 'FRAUD_RULE_INVALID', detail: 'nothing was changed; to be mended: expression, reason' })
    expect(refused.errors).toEqual([
      { field: 'expression', detail: 'there is no feature tx.amuont', code: 'FRAUD_RULE_UNKNOWN_FEATURE', line: 1, column: 1, suggestion: 'did you mean tx.amount?' },
      { field: 'expression', detail: 'there is no feature tx.nigth', code: 'FRAUD_RULE_UNKNOWN_FEATURE', line: 2, column: 3, suggestion: 'did you mean tx.night?' },
      { field: 'reason', detail: 'there is no feature tx.contry', code: 'FRAUD_RULE_UNKNOWN_FEATURE', line: 1, column: 17, suggestion: 'did you mean tx.country?' },
    ])
    expect(http.rules.size).toBe(0)
  })

  it.each([
    [{ ...body, weight: 0 }, 422, ['weight']],
    [{ ...body, weigth: 5 }, 422, ['weigth']],
    [{}, 422, ['expression', 'weight', 'reason', 'severity', 'mode', 'owner']],
    ['[]', 422, ['rule']],
    ['null', 422, ['rule']],
    ['{"weight":', 400, undefined],
    [`"${'x'.repeat(70_000)}"`, 413, undefined],
  ])('a body that is none is refused: %.40j', async (sent, status, fields) => {
    const refused = await http.send('PUT', url, { headers: { 'if-none-match': '*' }, body: sent })
    expect(refused.status).toBe(status)
    expect(refused.body.errors?.map(({ field }) => field)).toEqual(fields)
  })

  it('under an id that no rule can have is 422', async () => {
    expect(await http.send('PUT', '/v1/rules/Night-1', { headers: { 'if-none-match': '*' }, body })).toMatchObject({ status: 422, body: { errors: [{ field: 'rule_id' }] } })
  })

  it('is put off while the cluster does not answer', async () => {
    http.away = new CodedError('KAFKA_UNAVAILABLE', 'transient', 'no broker answers')
    expect(await http.send('PUT', url, { headers: { 'if-none-match': '*' }, body })).toMatchObject({ status: 503, body: { code: 'KAFKA_UNAVAILABLE' }, headers: { 'retry-after': '1' } })
  })
})

describe('promoting', () => {
  it('brings a rule one step further, with or without a body', async () => {
    stands(exampleRule({ mode: 'off' }))
    expect(await http.send('POST', `${url}/promote`)).toMatchObject({ status: 200, headers: { etag: '"2"' }, body: { mode: 'shadow', version: 2, created_by: 'desk', comment: '' } })
    expect(await http.send('POST', `${url}/promote`, { headers: ifMatch(2), body: { comment: 'Few false alarms.' } })).toMatchObject({ status: 200, body: { mode: 'live', version: 3, comment: 'Few false alarms.' } })
  })

  it.each([
    ['of a live rule', exampleRule(), {}, 409, 'FRAUD_RULE_NOT_PROMOTABLE'],
    ['of another version', exampleRule({ mode: 'off' }), ifMatch(2), 412, 'FRAUD_RULE_CONFLICT'],
    ['of no rule', undefined, {}, 404, 'FRAUD_RULE_UNKNOWN'],
  ] as const)('%s is refused', async (_, rule, headers, status, code) => {
    if (rule) stands(rule)
    expect(await http.send('POST', `${url}/promote`, { headers })).toMatchObject({ status, body: { code } })
  })
})

describe('rolling back', () => {
  const { rule_id: _, earlier: _earlier, ...first } = exampleRule({ mode: 'shadow' })
  const second = exampleRule({ version: 2, weight: 400, earlier: [first] })

  it('makes a new version of the words of an earlier one', async () => {
    stands(second)
    const back = await http.send('POST', `${url}/rollback`, { body: { to_version: 1, comment: 'Too many alarms.' } })
    expect(back).toMatchObject({ status: 200, headers: { etag: '"3"' }, body: { version: 3, weight: 300, mode: 'shadow', comment: 'Too many alarms.' } })
  })

  it.each([
    [{ to_version: 7 }, {}, 404, 'FRAUD_RULE_UNKNOWN'],
    [{ to_version: 1 }, ifMatch(1), 412, 'FRAUD_RULE_CONFLICT'],
    [{}, {}, 422, 'REQUEST_INVALID'],
    [{ to_version: '1' }, {}, 422, 'REQUEST_INVALID'],
    [{ to_version: 1, force: true }, {}, 422, 'REQUEST_INVALID'],
  ] as const)('by %j is refused', async (sent, headers, status, code) => {
    stands(second)
    expect(await http.send('POST', `${url}/rollback`, { headers, body: sent })).toMatchObject({ status, body: { code } })
    expect(http.rules.get('night_amount')).toBe(second)
  })
})

describe('trying', () => {
  const tried = (sent: unknown) => http.send('POST', '/v1/rules/test', { key: 'read-key', body: sent })

  it('says what a rule makes of values', async () => {
    const { status, body: answer } = await tried({ rule: body, values: { 'tx.night': true, 'tx.amount': 250, 'tx.currency': 'EUR' } })
    expect(status).toBe(200)
    expect(answer).toMatchObject({ valid: true, problems: [], measures: [{ name: 'tx.night' }, { name: 'tx.amount' }], result: { outcome: 'fires', reason: 'EUR 250.00 at night.', absent: [] } })
    expect(http.rules.size).toBe(0)
  })

  it('says whether it could be put', async () => {
    expect((await tried({ rule: body })).body).toMatchObject({ valid: true, result: null })
    expect((await tried({ rule: { ...body, expression: 'tx.nigth' } })).body).toMatchObject({ valid: false, problems: [{ field: 'expression', line: 1, column: 1, suggestion: 'did you mean tx.night?' }] })
  })

  it.each([[{}, 'rule'], [{ rule: 'tx.night' }, 'rule'], [{ rule: body, values: [] }, 'values'], [{ rule: body, value: {} }, 'value'], ['[]', 'body']])('of %.40j is 422', async (sent, field) => {
    expect(await tried(sent)).toMatchObject({ status: 422, body: { code: 'REQUEST_INVALID', errors: [{ field }] } })
  })
})

describe('an API key', () => {
  it.each([
    ['GET', '/v1/rules'], ['GET', url], ['GET', `${url}/history`], ['PUT', url], ['POST', `${url}/promote`], ['POST', `${url}/rollback`], ['POST', '/v1/rules/test'], ['GET', '/v1/features'],
  ] as const)('is needed: %s %s', async (method, path) => {
    expect(await http.send(method, path, { key: 'guess' })).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } })
  })

  it.each([['PUT', url], ['POST', `${url}/promote`], ['POST', `${url}/rollback`]] as const)('that may only read changes nothing: %s %s', async (method, path) => {
    stands(exampleRule({ mode: 'off' }))
    expect(await http.send(method, path, { key: 'read-key', headers: method === 'PUT' ? ifMatch(1) : {}, body: { ...body, to_version: 1 } })).toMatchObject({ status: 403, body: { code: 'SCOPE_MISSING' } })
    expect(http.rules.get('night_amount')?.version).toBe(1)
  })
})
