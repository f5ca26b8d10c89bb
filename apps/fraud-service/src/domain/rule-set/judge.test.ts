import type { FraudRule } from '@swipestream/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ruleFeatures } from '../features/catalogue.js'
import { exampleValues } from '../features/example-values.js'
import { languageOf } from '../rule-language/language.js'
import { exampleRule } from './example-rule.js'
import { judge } from './judge.js'
import { ruleSetOf, Unreadable, withRules } from './rule-set.js'

const language = languageOf(ruleFeatures)
const rule = (rule_id: string, expression: string, changes: Partial<FraudRule> = {}) => exampleRule({ rule_id, expression, reason: `${rule_id}.`, ...changes })

const always = 'tx.amount > 0.0'
const never = 'tx.amount < 0.0'
const fails = 'tx.amount / (tx.amount - tx.amount) > 1.0'
const blind = 'tx.speed_kmh > 1000.0'
const noPlace = { 'tx.latitude': undefined, 'tx.speed_kmh': undefined }

describe('live rules', () => {
  it('make the score by their weights, and give their reasons, greatest weight first', () => {
    const set = ruleSetOf(language, [rule('a', always, { weight: 100 }), rule('b', always, { weight: 600, version: 4 }), rule('c', never)])
    expect(judge(set, exampleValues())).toEqual({
      score: 700,
      outcome: 'review',
      reasons: [
        { rule_id: 'b', rule_version: 4, weight: 600, text: 'b.', evidence: [{ name: 'tx.amount', value: 23.5, unit: 'EUR' }] },
        { rule_id: 'a', rule_version: 1, weight: 100, text: 'a.', evidence: [{ name: 'tx.amount', value: 23.5, unit: 'EUR' }] },
      ],
      versions: { a: 1, b: 4, c: 1 },
      shadow: undefined,
      shadowRules: [],
      events: [{ rule: set.records.get('a'), fired: true, notes: [] }, { rule: set.records.get('b'), fired: true, notes: [] }],
    })
  })

  it('give as evidence every feature they name, also in their text, and what is not there', () => {
    const set = ruleSetOf(language, [rule('a', '!has(tx.speed_kmh) && tx.amount > 1.0', { reason: '{tx.amount} in {tx.country}.' })])
    expect(judge(set, exampleValues({ 'tx.speed_kmh': undefined })).reasons[0]).toMatchObject({
      text: 'EUR 23.50 in DE.',
      evidence: [
        { name: 'tx.speed_kmh', value: 'absent', unit: null },
        { name: 'tx.amount', value: 23.5, unit: 'EUR' },
        { name: 'tx.country', value: 'DE', unit: null },
      ],
    })
  })

  it('do not fire for want of a feature, and say so', () => {
    const set = ruleSetOf(language, [rule('a', blind)])
    expect(judge(set, exampleValues(noPlace))).toMatchObject({
      score: 0, outcome: 'approve', reasons: [], events: [{ fired: false, notes: ['no_place'] }],
    })
  })

  it('say each absence once', () => {
    const set = ruleSetOf(language, [rule('a', 'tx.speed_kmh > 1000.0 && tx.distance_km > 50.0 && tx.country == "DE"')])
    expect(judge(set, exampleValues({ ...noPlace, 'tx.distance_km': undefined, 'tx.country': undefined })).events[0]?.notes).toEqual(['no_place', 'no_country'])
  })

  it('say nothing of an absence that did not matter', () => {
    const set = ruleSetOf(language, [rule('a', `${blind} && ${never}`), rule('b', `${blind} || ${always}`)])
    expect(judge(set, exampleValues(noPlace)).events).toMatchObject([{ rule: { rule_id: 'b' }, fired: true, notes: [] }])
  })
})

describe('a rule that fails never approves', () => {
  it('lifts the score to review, with a reason that names it', () => {
    const set = ruleSetOf(language, [rule('a', fails, { version: 3 }), rule('b', never)])
    const failure = 'division by zero at 1:14'
    expect(judge(set, exampleValues())).toMatchObject({
      score: 500,
      outcome: 'review',
      reasons: [{
        rule_id: 'a', rule_version: 3, weight: 500,
        text: `The rule a failed and could not judge (${failure}), so that an analyst must.`,
        evidence: [{ name: 'error', value: failure, unit: null }],
      }],
      events: [{ rule: { rule_id: 'a' }, fired: false, notes: [], failure }],
    })
  })

  it('adds only what is missing to a review', () => {
    const set = ruleSetOf(language, [rule('a', always, { weight: 350 }), rule('b', fails), rule('c', fails)])
    const { score, reasons } = judge(set, exampleValues())
    expect(score).toBe(500)
    expect(reasons.map(({ rule_id, weight }) => [rule_id, weight])).toEqual([['a', 350], ['b', 150], ['c', 0]])
  })

  it('takes nothing from a decline', () => {
    const set = ruleSetOf(language, [rule('a', always, { weight: 900 }), rule('b', fails)])
    expect(judge(set, exampleValues())).toMatchObject({ score: 900, outcome: 'decline' })
  })

  it.each([
    ['a feature that is no number', 'tx.amount > 1.0', { 'tx.amount': Number.NaN }],
    ['a feature of another type', 'tx.night', { 'tx.night': 'yes' }],
    ['a feature that is always there, and is not', 'card.blocked', { 'card.blocked': undefined }],
    ['a number too large', 'tx.amount * 1e300 > 1.0', { 'tx.amount': 1e300 }],
  ])('%s', (_, expression, changes) => {
    expect(judge(ruleSetOf(language, [rule('a', expression)]), exampleValues(changes)).outcome).toBe('review')
  })

  it('also one that throws', () => {
    const set = ruleSetOf(language, [rule('a', always)])
    const throwing = { ...set, live: set.live.map((one) => ({ ...one, run: () => { throw new RangeError('a mistake of ours') } })) }
    expect(judge(throwing, exampleValues())).toMatchObject({ outcome: 'review', events: [{ failure: 'RangeError: a mistake of ours' }] })
  })

  it('also one that no longer fits the catalogue', () => {
    const set = ruleSetOf(language, [rule('a', 'tx.gone > 1.0')])
    expect(set.live[0]?.broken?.message).toBe('expression 1:1: there is no feature tx.gone')
    expect(judge(set, exampleValues())).toMatchObject({ outcome: 'review', versions: { a: 1 }, events: [{ failure: 'expression 1:1: there is no feature tx.gone' }] })
  })

  it('also one whose record cannot be read, of which decisions tell version 0', () => {
    const set = withRules(ruleSetOf(language, [rule('a', always, { weight: 100 }), rule('c', never, { mode: 'off' })]), [['c', new Unreadable(new Error('no Avro'))]])
    expect(judge(set, exampleValues())).toMatchObject({
      score: 500,
      outcome: 'review',
      versions: { a: 1, c: 0 },
      reasons: [
        { rule_id: 'c', rule_version: 0, weight: 400, text: 'The rule c failed and could not judge (its record cannot be read), so that an analyst must.' },
        { rule_id: 'a', weight: 100 },
      ],
      events: [{ rule: { rule_id: 'a' }, fired: true }, { rule: { rule_id: 'c', mode: 'live' }, fired: false, failure: 'its record cannot be read' }],
    })
  })
})

describe('shadow rules', () => {
  const live = rule('a', always, { weight: 300 })

  it('count for nothing, and tell what they would have changed', () => {
    const set = ruleSetOf(language, [live, rule('b', always, { weight: 600, mode: 'shadow', version: 7 })])
    expect(judge(set, exampleValues())).toMatchObject({
      score: 300,
      outcome: 'approve',
      reasons: [{ rule_id: 'a' }],
      versions: { a: 1 },
      shadow: { score: 900, outcome: 'decline', reasons: [{ rule_id: 'b', rule_version: 7, weight: 600 }] },
      shadowRules: [{ rule_id: 'b', rule_version: 7 }],
      events: [{ rule: { rule_id: 'a' } }, { rule: { rule_id: 'b', mode: 'shadow' }, fired: true }],
    })
  })

  it('change nothing when they fail', () => {
    const set = ruleSetOf(language, [live, rule('b', fails, { mode: 'shadow' })])
    expect(judge(set, exampleValues())).toMatchObject({
      score: 300, outcome: 'approve', shadow: { score: 500, outcome: 'review' }, shadowRules: [], events: [{ fired: true }, { rule: { rule_id: 'b' }, failure: 'division by zero at 1:14' }],
    })
  })

  it('are told by id, whatever they weigh', () => {
    const set = ruleSetOf(language, [rule('c', always, { mode: 'shadow', weight: 900 }), live, rule('b', always, { mode: 'shadow', weight: 1, version: 3 }), rule('d', never, { mode: 'shadow' })])
    expect(judge(set, exampleValues()).shadowRules).toEqual([{ rule_id: 'b', rule_version: 3 }, { rule_id: 'c', rule_version: 1 }])
  })

  it('that do not fire say nothing', () => {
    expect(judge(ruleSetOf(language, [live, rule('b', never, { mode: 'shadow' })]), exampleValues()).shadow).toBeUndefined()
  })
})

it('rules that are off are not asked', () => {
  const { events, versions } = judge(ruleSetOf(language, [rule('a', fails, { mode: 'off' })]), exampleValues())
  expect({ events, versions }).toEqual({ events: [], versions: {} })
})

it('whatever the rules: the score is 0 to 1000 and the sum of its reasons, no failure is approved, shadow changes nothing', () => {
  const some = fc.array(fc.record({
    expression: fc.constantFrom(always, never, fails, blind), weight: fc.integer({ min: 1, max: 1000 }), mode: fc.constantFrom('live', 'shadow', 'off'),
  }), { maxLength: 8 })
  fc.assert(fc.property(some, fc.boolean(), (drafts, placed) => {
    const rules = drafts.map(({ expression, weight, mode }, index) => rule(`r${index}`, expression, { weight, mode }))
    const values = exampleValues(placed ? {} : noPlace)
    const judgement = judge(ruleSetOf(language, rules), values)
    const { score, reasons, outcome, events } = judgement
    expect(score).toBe(Math.min(1000, reasons.reduce((sum, { weight }) => sum + weight, 0)))
    if (events.some(({ rule: { mode }, failure }) => mode === 'live' && failure !== undefined)) expect(outcome).not.toBe('approve')
    const alone = judge(ruleSetOf(language, rules.filter(({ mode }) => mode === 'live')), values)
    expect({ score, reasons, outcome }).toEqual({ score: alone.score, reasons: alone.reasons, outcome: alone.outcome })
    expect(JSON.parse(JSON.stringify(reasons))).toEqual(reasons)
  }))
})
