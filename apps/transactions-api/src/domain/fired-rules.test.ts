import { describe, expect, it } from 'vitest'
import { firedRules, type RulesOfDecision } from './fired-rules.js'

const reason = (rule_id: string, evidence = 'tx.amount') => ({ rule_id, evidence: [{ name: evidence, value: 1, unit: null }] })
const shadow = (rule_id: string) => ({ rule_id })

describe('the rules that fired', () => {
  it.each<[string, RulesOfDecision, string[] | undefined]>([
    ['none', { reasons: [], shadow_rules: [] }, []],
    ['live ones', { reasons: [reason('b'), reason('a')], shadow_rules: [] }, ['b live', 'a live']],
    ['shadow ones', { reasons: [], shadow_rules: [shadow('a'), shadow('b')] }, ['a shadow', 'b shadow']],
    ['both, live ones first', { reasons: [reason('b')], shadow_rules: [shadow('a')] }, ['b live', 'a shadow']],
    ['without a live one that failed', { reasons: [reason('b', 'error'), reason('a')], shadow_rules: [] }, ['a live']],
    ['not known before there is a decision', { reasons: null, shadow_rules: null }, undefined],
    ['not known by a decision that does not tell shadow rules', { reasons: [reason('a')], shadow_rules: null }, undefined],
  ])('%s', (_, decision, rules) => {
    expect(firedRules(decision)?.map(({ rule, mode }) => `${rule} ${mode}`)).toEqual(rules)
  })
})
