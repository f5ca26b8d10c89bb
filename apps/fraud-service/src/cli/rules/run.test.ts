import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { exampleDraft } from '../../domain/rule-set/example-rule.js'
import { rules } from './rules-command.fixture.js'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rules-'))
  // Where these commands need no cluster, none is there.
  vi.stubEnv('KAFKA_BROKERS', '')
})
afterEach(() => {
  rmSync(folder, { recursive: true })
  vi.unstubAllEnvs()
})

function file(name: string, content: unknown): string {
  const path = join(folder, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

describe('npm run rules', () => {
  it('tells how it is used', async () => {
    const { code, out } = await rules('--help')
    expect(code).toBe(0)
    expect(out.join('\n')).toMatch(/list[^]*show ID[^]*put PATH[^]*rollback ID[^]*Exit code/)
  })

  it.each([
    [[], 'a command is missing'],
    [['lits'], 'no such command: lits'],
    [['list', 'velocity'], 'list takes no names: velocity'],
    [['show'], 'show takes one rule id'],
    [['history', 'a', 'b'], 'history takes one rule id'],
    [['put'], 'put takes files or folders'],
    [['put', '/nowhere/x.json'], '/nowhere/x.json is not there'],
    [['promote', 'velocity', '--to', '1'], 'promote takes no --to'],
    [['list', '--by', 'ada'], 'list takes no --by'],
    [['rollback', 'velocity'], '--to is missing'],
    [['rollback', 'velocity', '--to', '0'], '--to takes a whole number from 1'],
    [['promote', 'velocity', '--expect', 'x'], '--expect takes a whole number'],
    [['promote', 'velocity', '--by', 'a\u0007'], '--by takes a name'],
    [['list', '--frobnicate'], '--frobnicate'],
  ])('refuses %j with exit code 2, and says why', async (args, why) => {
    vi.stubEnv('KAFKA_BROKERS', '127.0.0.1:1')
    vi.stubEnv('SCHEMA_REGISTRY_URL', 'http://127.0.0.1:1')
    const { code, err } = await rules(...args)
    expect(code).toBe(2)
    expect(err.join('\n')).toContain(why)
  })

  it('names the variables that it misses', async () => {
    const { code, err } = await rules('list')
    expect(code).toBe(2)
    expect(err.join('\n')).toMatch(/KAFKA_BROKERS is missing/)
  })
})

describe('npm run rules -- put, with something wrong', () => {
  it('tells every fault of every file, with its place and what to write instead, and needs no cluster for it', async () => {
    const path = file('a.json', exampleDraft({ rule_id: 'a', expression: 'tx.amuont > 3.0 &&\ntx.nigth' }))
    file('b.json', { ...exampleDraft({ rule_id: 'b', weight: 0 }), mod: 'live' })
    file('c.json', exampleDraft({ rule_id: 'c' }))
    const { code, last, err } = await rules('put', folder, '--json')
    expect(code).toBe(1)
    expect(last).toMatchObject({ command: 'put', written: 0 })
    expect(last?.broken).toEqual([
      { rule: 'FRAUD_RULE_UNKNOWN_FEATURE', file: path, field: 'expression', line: 1, column: 1, suggestion: 'did you mean tx.amount?', message: `${path}: expression 1:1: there is no feature tx.amuont (did you mean tx.amount?)` },
      { rule: 'FRAUD_RULE_UNKNOWN_FEATURE', file: path, field: 'expression', line: 2, column: 1, suggestion: 'did you mean tx.night?', message: `${path}: expression 2:1: there is no feature tx.nigth (did you mean tx.night?)` },
      expect.objectContaining({ file: join(folder, 'b.json'), field: 'mod', suggestion: 'did you mean mode?' }),
      expect.objectContaining({ file: join(folder, 'b.json'), field: 'weight', message: expect.stringContaining('b.json: weight: must be a whole number from 1 to 1000') }),
    ])
    expect(err.at(-1)).toBe('nothing was written: 2 file(s) must be mended first')
  })

  it.each([
    ['no JSON', '{\n  "rule_id": night\n}', /x\.json: it is no JSON: Unexpected token .*night/],
    ['a comma that is missing', '{\n  "rule_id": "x"\n  "weight": 5\n}', /x\.json:3:3: it is no JSON: Expected ',' or '}' after property value$/],
    ['half a file', '{\n  "rule_id": "x",', /x\.json:2:\d+: it is no JSON/],
    ['nothing', '', /x\.json:1:1: it is no JSON/],
    ['a list', '[]', /x\.json: rule: must be an object/],
    ['the rule of another file', exampleDraft({ rule_id: 'y' }), /x\.json: rule_id: is not the file's name: in a folder, y stands in y\.json/],
  ])('says so of %s', async (_, content, message) => {
    file('x.json', content)
    const { code, out } = await rules('put', folder)
    expect(code).toBe(1)
    expect(out[0]).toMatch(message)
  })

  it('says so of a rule that two files have', async () => {
    const [one, two] = [file('one.json', exampleDraft()), file('two.json', exampleDraft())]
    const { code, out } = await rules('put', one, two)
    expect(code).toBe(1)
    expect(out[0]).toBe(`${two}: rule_id: is night_amount in ${one} as well`)
  })

  it('takes --expect for one file only', async () => {
    file('a.json', exampleDraft({ rule_id: 'a' }))
    file('b.json', exampleDraft({ rule_id: 'b' }))
    expect(await rules('put', folder, '--expect', '1')).toMatchObject({ code: 2, err: [expect.stringContaining('--expect is for one file')] })
  })

  it('finds nothing to put in a folder without rules', async () => {
    expect(await rules('put', folder)).toMatchObject({ code: 2, err: [expect.stringContaining('has no *.json')] })
  })
})

describe('npm run rules -- test', () => {
  it('says whether a rule can be put, and what it asks about', async () => {
    const { code, out } = await rules('test', file('x.json', exampleDraft()))
    expect(code).toBe(0)
    expect(out).toEqual([expect.stringContaining('x.json can be put'), 'it asks about tx.night, tx.amount (tx.currency)'])
  })

  it('says what it makes of values', async () => {
    const values = file('values.json', { 'tx.night': true, 'tx.amount': 250, 'tx.currency': 'EUR' })
    const path = file('x.json', exampleDraft())
    expect((await rules('test', path, '--values', values)).out.slice(2)).toEqual([
      'it fires', '  reason    EUR 250.00 at night.', '  evidence  tx.night true, tx.amount 250 EUR',
    ])
    const { last } = await rules('test', path, '--values', values, '--json')
    expect(last).toMatchObject({ command: 'test', valid: true, result: { outcome: 'fires', absent: [] }, broken: [] })
  })

  it('says what was absent', async () => {
    const values = file('values.json', { 'tx.amount': 250, 'tx.currency': 'EUR' })
    const { code, out } = await rules('test', file('x.json', exampleDraft()), '--values', values)
    expect(code).toBe(0)
    expect(out).toEqual(expect.arrayContaining(['it cannot say, and does not fire', '  absent    tx.night', '  noted     no_card_data']))
  })

  it('breaks its promise for a rule that cannot be put, and for values that no transaction has', async () => {
    const wrong = await rules('test', file('x.json', exampleDraft({ expression: 'tx.nigth' })), '--json')
    expect(wrong).toMatchObject({ code: 1, last: { valid: false, broken: [{ field: 'expression', line: 1, column: 1 }] } })
    const values = file('values.json', { 'tx.amuont': 5 })
    const strange = await rules('test', file('x.json', exampleDraft()), '--values', values)
    expect(strange.code).toBe(1)
    expect(strange.out).toEqual([`${values}: values.tx.amuont: there is no such feature (did you mean tx.amount?)`])
  })

  it('takes values by name only', async () => {
    expect(await rules('test', file('x.json', exampleDraft()), '--values', file('values.json', '[]'))).toMatchObject({ code: 2 })
  })
})
