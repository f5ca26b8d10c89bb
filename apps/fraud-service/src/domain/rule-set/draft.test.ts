import { describe, expect, it } from 'vitest'
import { MAX_LENGTH } from '../rule-language/cel.js'
import { draftOf } from './draft.js'
import { exampleDraft } from './example-rule.js'
import { MAX_EARLIER } from './fraud-rule.js'

const table = { name: 'limit', by: 'tx.currency', values: { EUR: 100 }, default: 50, unit: 'tx.currency' }

function problemsOf(input: unknown): string[] {
  const draft = draftOf(input)
  return 'problems' in draft ? draft.problems.map(({ field, message, suggestion }) => `${field} ${message}${suggestion === undefined ? '' : `: ${suggestion}`}`) : []
}

describe('a draft', () => {
  it('is taken as it is', () => {
    const draft = exampleDraft({ tables: [table] })
    expect(draftOf(draft)).toEqual(draft)
  })

  it('may leave out tables and comment', () => {
    const { tables: _tables, comment: _comment, ...rest } = exampleDraft()
    expect(draftOf(rest)).toEqual(exampleDraft({ comment: '' }))
  })

  it.each([
    [{ weight: 0 }, 'weight must be a whole number from 1 to 1000'],
    [{ weight: 1001 }, 'weight must be a whole number from 1 to 1000'],
    [{ weight: 1.5 }, 'weight must be a whole number from 1 to 1000'],
    [{ weight: '300' }, 'weight must be a whole number from 1 to 1000'],
    [{ rule_id: 'Night' }, 'rule_id must be snake_case, 1 to 64 characters'],
    [{ rule_id: '' }, 'rule_id must be snake_case, 1 to 64 characters'],
    [{ rule_id: 'a'.repeat(65) }, 'rule_id must be snake_case, 1 to 64 characters'],
    [{ mode: 'on' }, 'mode must be one of live, shadow, off'],
    [{ severity: 'high' }, 'severity must be one of info, warning, critical'],
    [{ owner: ' ' }, 'owner must be a text of 1 to 100 characters'],
    [{ owner: undefined }, 'owner must be a text of 1 to 100 characters'],
    [{ expression: 5 }, 'expression must be a text'],
    [{ reason: '' }, 'reason must be a text of 1 to 500 characters'],
    [{ comment: null }, 'comment must be a text of 0 to 1000 characters'],
    [{ tables: {} }, 'tables must be a list of at most 4'],
    [{ tables: [5] }, 'tables[0] must be an object'],
    [{ tables: [{ ...table, default: Number.NaN }] }, 'tables[0].default must be a number'],
    [{ tables: [table, { ...table, values: {} }] }, 'tables[1].values must have 1 to 300 entries'],
    [{ tables: [{ ...table, values: { EUR: '100' } }] }, 'tables[0].values must be numbers: EUR is not'],
    [{ tables: [{ ...table, values: { ABCDEFGHIJKLMNOPQ: 1 } }] }, 'tables[0].values must have words of at most 16 characters: ABCDEFGHIJKLMNOPQ is longer'],
    [{ tables: [{ ...table, fallback: 5 }] }, 'tables[0].fallback there is no such field'],
    [{ weigth: 5 }, 'weigth there is no such field: did you mean weight?'],
  ])('is refused for %j', (changes, problem) => {
    expect(problemsOf({ ...exampleDraft(), ...changes })).toEqual([problem])
  })

  it('is refused for every field at once', () => {
    expect(problemsOf({ mod: 'live' })).toEqual([
      'mod there is no such field: did you mean mode?',
      'rule_id is missing', 'expression is missing', 'weight is missing', 'reason is missing', 'severity is missing',
      'mode is missing', 'owner is missing',
    ])
  })

  it('of the greatest size keeps all its versions in a record that Kafka takes', () => {
    const values = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [String(index).padStart(16, 'A'), 123_456.75]))
    const tables = Array.from({ length: 4 }, (_, index) => ({ ...table, name: `${'t'.repeat(63)}${index}`, values }))
    const greatest = exampleDraft({ tables, expression: 'x'.repeat(MAX_LENGTH), reason: 'x'.repeat(500), comment: 'x'.repeat(1000) })
    expect(draftOf(greatest)).toEqual(greatest)
    expect(Buffer.byteLength(JSON.stringify(greatest)) * (1 + MAX_EARLIER)).toBeLessThan(1_000_000)
  })

  it.each([[null], [[]], ['rule'], [undefined]])('is not %j', (input) => {
    expect(problemsOf(input)).toEqual(['rule must be an object'])
  })
})
