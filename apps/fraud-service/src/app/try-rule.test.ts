import { describe, expect, it } from 'vitest'
import { exampleDraft } from '../domain/rule-set/example-rule.js'
import { ruleFeatures, ruleLanguage } from './rule-language.js'
import { tryRule } from './try-rule.js'

const tried = (draft: unknown, values?: Readonly<Record<string, unknown>>) => tryRule(draft, values, ruleLanguage, ruleFeatures)

describe('trying a draft', () => {
  it('says what it asks about', () => {
    const table = { name: 'limit', by: 'tx.currency', values: { EUR: 5 }, default: 5, unit: 'tx.currency' }
    expect(tried(exampleDraft({ expression: 'tx.amount > rule.limit', tables: [table], reason: '{tx.country}: {tx.amount}' }))).toEqual({
      problems: [],
      measures: [
        { name: 'tx.amount', type: 'number', unit: 'tx.currency' },
        { name: 'rule.limit', type: 'number', unit: 'tx.currency' },
        { name: 'tx.country', type: 'string', unit: null },
      ],
      result: null,
    })
  })

  it('needs no rule_id', () => {
    const { rule_id: _, ...rest } = exampleDraft()
    expect(tried(rest).problems).toEqual([])
  })

  it.each([
    [null, 'rule'],
    [{ ...exampleDraft(), weight: 0 }, 'weight'],
    [{ ...exampleDraft(), expression: 'tx.nigth' }, 'expression'],
  ])('says what is wrong with it: %j', (draft, field) => {
    expect(tried(draft, { 'tx.amount': 5 })).toMatchObject({ problems: [{ field }], measures: [], result: null })
  })

  it.each([
    ['fires', { 'tx.night': true, 'tx.amount': 101, 'tx.currency': 'EUR' }, 'EUR 101.00 at night.'],
    ['holds', { 'tx.night': false, 'tx.amount': 101, 'tx.currency': 'EUR' }, 'EUR 101.00 at night.'],
  ] as const)('%s over %j', (outcome, values, reason) => {
    expect(tried(exampleDraft(), values).result).toMatchObject({ outcome, reason, absent: [], notes: [], failure: null })
  })

  it('says what it has measured', () => {
    expect(tried(exampleDraft(), { 'tx.night': true, 'tx.amount': 101, 'tx.currency': 'EUR' }).result?.evidence).toEqual([
      { name: 'tx.night', value: 'true', unit: null }, { name: 'tx.amount', value: 101, unit: 'EUR' },
    ])
  })

  it('says what is absent, when it cannot say for want of it', () => {
    for (const values of [{ 'tx.amount': 101, 'tx.currency': 'EUR' }, { 'tx.night': null, 'tx.amount': 101, 'tx.currency': 'EUR' }]) {
      expect(tried(exampleDraft(), values).result).toMatchObject({ outcome: 'cannot_say', absent: ['tx.night'], notes: ['no_card_data'] })
    }
  })

  it('fails where a transaction would have a value', () => {
    expect(tried(exampleDraft(), { 'tx.night': true }).result).toMatchObject({ outcome: 'fails', failure: 'tx.amount is missing' })
  })

  it.each([
    [{ 'tx.amuont': 5 }, { code: 'FRAUD_RULE_UNKNOWN_FEATURE', field: 'values.tx.amuont', suggestion: 'did you mean tx.amount?' }],
    [{ 'tx.amount': '5' }, { code: 'FRAUD_RULE_WRONG_TYPE', field: 'values.tx.amount', message: 'must be a number' }],
    [{ 'tx.night': 1 }, { code: 'FRAUD_RULE_WRONG_TYPE', field: 'values.tx.night', message: 'must be a bool' }],
  ])('takes no values that no transaction has: %j', (values, problem) => {
    expect(tried(exampleDraft(), values)).toMatchObject({ problems: [problem], result: null })
  })
})
