import { describe, expect, it, vi } from 'vitest'
import { ruleFeatures } from '../features/catalogue.js'
import { exampleValues } from '../features/example-values.js'
import { languageOf } from '../rule-language/language.js'
import { exampleRule } from './example-rule.js'
import { judge } from './judge.js'
import { ruleSetOf, Unreadable, withRules } from './rule-set.js'

const language = languageOf(ruleFeatures)
const rules = ['c', 'a', 'b'].map((rule_id) => exampleRule({ rule_id }))

it('has its rules by id, whatever the order they come in', () => {
  expect(ruleSetOf(language, rules).live.map(({ rule }) => rule.rule_id)).toEqual(['a', 'b', 'c'])
  expect(ruleSetOf(language, rules.toReversed()).live.map(({ rule }) => rule.rule_id)).toEqual(['a', 'b', 'c'])
})

it('tells the versions of the live rules', () => {
  const set = ruleSetOf(language, [exampleRule({ rule_id: 'a', version: 3 }), exampleRule({ rule_id: 'b', mode: 'shadow' }), exampleRule({ rule_id: 'c', mode: 'off' })])
  expect(set.versions).toEqual({ a: 3 })
  expect([...set.records.keys()]).toEqual(['a', 'b', 'c'])
  expect(set.shadow.map(({ rule }) => rule.rule_id)).toEqual(['b'])
})

describe('a change', () => {
  const set = ruleSetOf(language, rules)

  it('makes a new set and leaves the old one as it was', () => {
    const next = withRules(set, [['b', exampleRule({ rule_id: 'b', version: 2, weight: 900 })]])
    expect(next.versions).toEqual({ a: 1, b: 2, c: 1 })
    expect(set.versions).toEqual({ a: 1, b: 1, c: 1 })
  })

  it('keeps what other rules were compiled to', () => {
    const next = withRules(set, [['b', exampleRule({ rule_id: 'b', version: 2, expression: 'tx.amount > 5.0' })]])
    expect(next.live[0]).toBe(set.live[0])
    expect(next.live[1]?.run).not.toBe(set.live[1]?.run)
    expect(next.live[2]).toBe(set.live[2])
  })

  it.each([
    ['the record that is there', {}, 0],
    ['another weight, mode or version', { version: 2, weight: 5, mode: 'shadow' }, 0],
    ['other words', { version: 2, expression: 'tx.amount > 5.0' }, 2],
    ['a rule that is off', { version: 2, mode: 'off', expression: 'tx.amount > 5.0' }, 0],
  ] as const)('compiles nothing but %s', (_, changes, compiled) => {
    const compile = vi.spyOn(set.language, 'compile')
    withRules(set, [['b', exampleRule({ rule_id: 'b', ...changes })]])
    // its expression, and the one in its text
    expect(compile).toHaveBeenCalledTimes(compiled)
    compile.mockRestore()
  })

  it('to a record that cannot be read keeps the rule, as a live one that fails, until there is another record, or none', () => {
    const lost = withRules(set, [['b', new Unreadable(new Error('no Avro'))]])
    expect([lost.versions, [...lost.records.keys()].sort(), [...lost.unreadable.keys()]]).toEqual([{ a: 1, b: 0, c: 1 }, ['a', 'c'], ['b']])
    expect(withRules(lost, [['a', undefined]]).live[0]).toBe(lost.live[1])
    expect(withRules(lost, [['b', exampleRule({ rule_id: 'b', version: 2, mode: 'shadow' })]])).toMatchObject({ versions: { a: 1, c: 1 }, unreadable: new Map() })
    expect(withRules(lost, [['b', undefined]])).toMatchObject({ versions: { a: 1, c: 1 }, unreadable: new Map() })
  })

  it('removes a rule', () => {
    const next = withRules(set, [['b', undefined], ['nobody', undefined]])
    expect(next.versions).toEqual({ a: 1, c: 1 })
    expect([...next.records.keys()].sort()).toEqual(['a', 'c'])
  })

  it('takes effect with the next judgement', () => {
    const atNight = exampleValues({ 'tx.night': true, 'tx.amount': 150 })
    const one = ruleSetOf(language, [exampleRule({ weight: 300 })])
    expect(judge(one, atNight)).toMatchObject({ score: 300, versions: { night_amount: 1 } })
    expect(judge(withRules(one, [['night_amount', exampleRule({ weight: 900, version: 2 })]]), atNight)).toMatchObject({ score: 900, versions: { night_amount: 2 } })
  })
})
