import type { FraudRule } from '@swipestream/contracts'
import { describe, expect, it } from 'vitest'
import { ruleLanguage } from '../../app/rule-language.js'
import { exampleRule } from '../../domain/rule-set/example-rule.js'
import { history, list, show } from './look.js'

const of = (...rules: readonly FraudRule[]) => new Map(rules.map((rule) => [rule.rule_id, rule]))
const { rule_id: _id, earlier: _earlier, ...first } = exampleRule()

describe('a list of rules', () => {
  it('is a table by id, with numbers to the right', () => {
    const rules = of(exampleRule({ version: 12, created_at: Date.UTC(2026, 2, 3, 9, 5, 7, 123) }), exampleRule({ rule_id: 'a', mode: 'shadow', weight: 1000, created_by: 'grace' }))
    expect(list(rules, ruleLanguage).lines).toEqual([
      'RULE          VERSION  MODE    WEIGHT  SEVERITY  OWNER            CHANGED               BY',
      'a                   1  shadow    1000  warning   fraud-analytics  2026-03-02T00:00:00Z  grace',
      'night_amount       12  live       300  warning   fraud-analytics  2026-03-03T09:05:07Z  ada',
    ])
  })

  it('of none says how to have some', () => {
    expect(list(of(), ruleLanguage)).toEqual({ lines: ['there are no rules: npm run rules -- put deploy/rules'], json: { rules: [], broken: [] } })
  })

  it('tells which cannot be evaluated, unless they are off', () => {
    const rules = of(exampleRule({ expression: 'tx.gone > 5.0' }), exampleRule({ rule_id: 'off', mode: 'off', expression: 'tx.gone > 5.0' }))
    const { lines, json } = list(rules, ruleLanguage)
    expect(json.broken).toMatchObject([{ rule: 'FRAUD_RULE_BROKEN', rule_id: 'night_amount' }])
    expect(lines.at(-1)).toContain('the live rule night_amount cannot be evaluated by this release: expression: there is no feature tx.gone')
  })
})

describe('a rule', () => {
  it('is shown with all that it says, line by line', () => {
    const table = { name: 'limit', by: 'tx.currency', values: { EUR: 5, USD: 6 }, default: 7, unit: 'tx.currency' }
    const { lines, json } = show(of(exampleRule({ expression: 'tx.night &&\ntx.amount > rule.limit', tables: [table], comment: 'Ring \u0007 the bell.' })), 'night_amount')
    expect(lines).toEqual([
      'night_amount',
      '  version     1, made 2026-03-02T00:00:00Z by ada',
      '  mode        live',
      '  expression  tx.night &&\n              tx.amount > rule.limit',
      '  table       rule.limit by tx.currency in tx.currency: EUR 5, USD 6; any other 7',
      '  weight      300',
      '  severity    warning',
      '  reason      {tx.amount} at night.',
      '  owner       fraud-analytics',
      '  comment     Ring \uFFFD the bell.',
    ])
    expect(json).toMatchObject({ rule: { rule_id: 'night_amount', tables: [table] }, broken: [] })
  })

  it('that is not there is refused', () => {
    expect(() => show(of(), 'velocity')).toThrow(expect.objectContaining({ code: 'FRAUD_RULE_UNKNOWN', message: expect.stringContaining('npm run rules -- list') }))
    expect(() => history(of(), 'velocity')).toThrow('there is no rule velocity')
  })
})

describe('a history', () => {
  it('tells of each version what it changed', () => {
    const table = { name: 'limit', by: 'tx.currency', values: { EUR: 5, USD: 6 }, default: 7, unit: null }
    const second = { ...first, version: 2, tables: [table], weight: 400, comment: 'More.' }
    const third = { ...second, version: 3, tables: [{ ...table, values: { USD: 6, EUR: 5 } }], mode: 'shadow' as const, expression: 'tx.night', comment: 'Look first.' }
    const { lines, json } = history(of({ rule_id: 'night_amount', ...third, earlier: [second, first] }), 'night_amount')
    expect(lines).toEqual([
      'VERSION  MODE    WEIGHT  MADE                  BY   CHANGED                         COMMENT',
      '      3  shadow     400  2026-03-02T00:00:00Z  ada  expression, mode live → shadow  Look first.',
      '      2  live       400  2026-03-02T00:00:00Z  ada  tables, weight 300 → 400        More.',
      '      1  live       300  2026-03-02T00:00:00Z  ada  new                             Nights are quiet.',
    ])
    expect(json).toMatchObject({ rule_id: 'night_amount', versions: [{ version: 3 }, { version: 2 }, { version: 1 }] })
  })

  it('says where it begins, when versions are forgotten', () => {
    expect(history(of(exampleRule({ version: 30 })), 'night_amount').lines[1]).toContain('(before it: no longer kept)')
  })
})
