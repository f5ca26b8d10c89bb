import { describe, expect, it } from 'vitest'
import { ruleFeatures } from '../features/catalogue.js'
import { FraudRuleError } from '../rule-language/errors.js'
import { catalogueOf } from '../rule-language/feature.js'
import { languageOf } from '../rule-language/language.js'
import { historyOf, promoteRule, putRule, rollBackRule } from './changes.js'
import { exampleDraft, exampleRule } from './example-rule.js'
import { MAX_EARLIER, type RuleDraft } from './fraud-rule.js'

const language = languageOf(ruleFeatures)
const otherLanguage = languageOf(catalogueOf([{ name: 'tx.amount', property: 'amount', type: 'number', unit: null, meaning: 'What is to be paid.' }]))
const change = (expectedVersion: number) => ({ expectedVersion, at: 1_000, by: 'grace', comment: 'Because.' })

function refusalOf(attempt: () => unknown): FraudRuleError {
  try {
    attempt()
  } catch (error) {
    if (error instanceof FraudRuleError) return error
    throw error
  }
  throw new Error('it was not refused')
}

describe('put', () => {
  it('makes the first version of a new rule', () => {
    expect(putRule(undefined, exampleDraft(), language, change(0))).toEqual({
      ...exampleDraft(), version: 1, created_at: 1_000, created_by: 'grace', earlier: [],
    })
  })

  it('makes the next version of a rule, and keeps the one before', () => {
    const { earlier, ...first } = exampleRule()
    const second = putRule(exampleRule(), exampleDraft({ weight: 400 }), language, change(1))
    expect(second).toMatchObject({ version: 2, weight: 400, created_at: 1_000, created_by: 'grace' })
    expect(earlier).toEqual([])
    const { rule_id: _, ...kept } = first
    expect(second.earlier).toEqual([kept])
  })

  it('makes no version of what the rule says already, in whatever order and with whatever comment', () => {
    const table = { name: 'limit', by: 'tx.currency', values: { EUR: 1, USD: 2 }, default: 3, unit: null }
    const rule = exampleRule({ tables: [table] })
    const { comment: _, ...rest } = exampleDraft({ tables: [{ ...table, values: { USD: 2, EUR: 1 } }] })
    expect(putRule(rule, { comment: 'Again.', ...rest }, language, change(1))).toBe(rule)
  })

  it('makes a version also of what the rule said before its record could not be read any more', () => {
    const again = putRule(exampleRule({ version: 3 }), exampleDraft(), language, { ...change(3), unreadable: true })
    expect(again).toMatchObject({ version: 4, weight: 300, earlier: [{ version: 3 }] })
  })

  it.each([
    ['weight', { weight: 301 }], ['expression', { expression: 'tx.night' }], ['reason', { reason: 'At night.' }],
    ['severity', { severity: 'info' }], ['mode', { mode: 'off' }], ['owner', { owner: 'risk' }],
    ['tables', { tables: [{ name: 'limit', by: 'tx.currency', values: { EUR: 1 }, default: 3, unit: null }] }],
  ] satisfies [string, Partial<RuleDraft>][])('makes a version for another %s', (_, draft) => {
    expect(putRule(exampleRule(), exampleDraft(draft), language, change(1)).version).toBe(2)
  })

  it.each([
    ['a new rule that exists', exampleRule({ version: 3 }), 0, 'the rule night_amount is at version 3, it was to be new: look at it and try again'],
    ['a rule that has moved on', exampleRule({ version: 3 }), 2, 'the rule night_amount is at version 3, version 2 was expected: look at it and try again'],
    ['a rule that is gone', undefined, 2, 'the rule night_amount does not exist, version 2 was expected: look at it and try again'],
  ])('refuses %s', (_, current, expected, message) => {
    const refusal = refusalOf(() => putRule(current, exampleDraft({ weight: 5 }), language, change(expected)))
    expect(refusal).toMatchObject({ code: 'FRAUD_RULE_CONFLICT', message, problems: [] })
  })

  it('refuses what cannot be evaluated, with every problem of expression and reason', () => {
    const refusal = refusalOf(() => putRule(undefined, exampleDraft({ expression: 'tx.amuont > 3.0 && tx.nigth', reason: '{tx.amount} in {tx.contry}' }), language, change(0)))
    expect(refusal.code).toBe('FRAUD_RULE_INVALID')
    expect(refusal.message.split('\n')).toEqual([
      'expression 1:1: there is no feature tx.amuont (did you mean tx.amount?)',
      'expression 1:20: there is no feature tx.nigth (did you mean tx.night?)',
      'reason 1:17: there is no feature tx.contry (did you mean tx.country?)',
    ])
  })

  it.each([
    ['a number', 'tx.amount', 'FRAUD_RULE_NOT_BOOL'],
    ['a text', 'tx.country', 'FRAUD_RULE_NOT_BOOL'],
    ['a whole number', 'tx.night ? 1 : 2', 'FRAUD_RULE_NOT_BOOL'],
    ['a loop', '[1, 2].all(x, x > 1)', 'FRAUD_RULE_TOO_COSTLY'],
    ['no CEL', 'tx.amount >', 'FRAUD_RULE_SYNTAX'],
  ])('refuses an expression that is %s', (_, expression, code) => {
    expect(refusalOf(() => putRule(undefined, exampleDraft({ expression }), language, change(0))).problems).toMatchObject([{ code, field: 'expression' }])
  })

  it.each([
    ['by a number', [{ name: 'limit', by: 'tx.amount', values: { EUR: 1 }, default: 1, unit: null }], 'tables[0].by'],
    ['by nothing known', [{ name: 'limit', by: 'tx.curency', values: { EUR: 1 }, default: 1, unit: null }], 'tables[0].by'],
    ['in a currency nobody knows', [{ name: 'limit', by: 'tx.currency', values: { EUR: 1 }, default: 1, unit: 'tx.money' }], 'tables[0].unit'],
    ['of one name', [0, 1].map(() => ({ name: 'limit', by: 'tx.currency', values: { EUR: 1 }, default: 1, unit: null })), 'tables[1].name'],
  ])('refuses tables %s', (_, tables, field) => {
    expect(refusalOf(() => putRule(undefined, exampleDraft({ tables }), language, change(0))).problems).toMatchObject([{ code: 'FRAUD_RULE_FIELD', field }])
  })

  it('keeps the newest versions before', () => {
    let rule = putRule(undefined, exampleDraft(), language, change(0))
    for (let weight = 301; weight <= 300 + MAX_EARLIER + 5; weight++) rule = putRule(rule, exampleDraft({ weight }), language, change(rule.version))
    expect(historyOf(rule)).toHaveLength(MAX_EARLIER + 1)
    expect(historyOf(rule).map(({ version }) => version)).toEqual(Array.from({ length: MAX_EARLIER + 1 }, (_, age) => rule.version - age))
  })
})

describe('promote', () => {
  it.each([['off', 'shadow'], ['shadow', 'live']] as const)('brings a rule from %s to %s', (mode, next) => {
    const rule = exampleRule({ mode })
    const promoted = promoteRule(rule, language, change(1))
    expect(promoted).toMatchObject({ version: 2, mode: next, comment: 'Because.', created_by: 'grace' })
    expect(promoted.earlier[0]).toMatchObject({ version: 1, mode })
  })

  it('refuses a rule that is live', () => {
    expect(refusalOf(() => promoteRule(exampleRule(), language, change(1))).code).toBe('FRAUD_RULE_NOT_PROMOTABLE')
  })

  it('refuses a rule that moved on', () => {
    expect(refusalOf(() => promoteRule(exampleRule({ mode: 'shadow', version: 2 }), language, change(1))).code).toBe('FRAUD_RULE_CONFLICT')
  })

  it('refuses a rule that no longer fits the catalogue', () => {
    expect(refusalOf(() => promoteRule(exampleRule({ mode: 'shadow' }), otherLanguage, change(1))).problems[0]?.code).toBe('FRAUD_RULE_UNKNOWN_FEATURE')
  })
})

describe('roll back', () => {
  const second = putRule(exampleRule({ mode: 'shadow' }), exampleDraft({ weight: 400, mode: 'live' }), language, change(1))

  it('makes a new version of the words of an earlier one, and forgets nothing', () => {
    const back = rollBackRule(second, 1, language, change(2))
    expect(back).toMatchObject({ rule_id: 'night_amount', version: 3, weight: 300, mode: 'shadow', comment: 'Because.' })
    expect(back.earlier.map(({ version, weight }) => [version, weight])).toEqual([[2, 400], [1, 300]])
  })

  it('to what it is already makes no version', () => {
    expect(rollBackRule(second, 2, language, change(2))).toBe(second)
  })

  it.each([[0], [3], [-1]])('refuses version %i, which there is not', (version) => {
    expect(refusalOf(() => rollBackRule(second, version, language, change(2))).code).toBe('FRAUD_RULE_UNKNOWN')
  })

  it('refuses a rule that moved on', () => {
    expect(refusalOf(() => rollBackRule(second, 1, language, change(1))).code).toBe('FRAUD_RULE_CONFLICT')
  })

  it('refuses a version that no longer fits the catalogue', () => {
    expect(refusalOf(() => rollBackRule(second, 1, otherLanguage, change(2))).code).toBe('FRAUD_RULE_INVALID')
  })
})
