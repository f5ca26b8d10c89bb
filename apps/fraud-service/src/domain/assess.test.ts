import type { CardProfile, Place, Transaction } from '@swipestream/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alertOf } from './alert.js'
import { assess } from './assess.js'
import {
  berlin, exampleOrigin, exampleProfile, exampleTransaction, hamburg, minutes, singapore, tenOClock,
} from './example-transaction.js'
import type { Rule } from './rule.js'
import { impossibleTravel } from './rules/impossible-travel.js'
import { largeAmount } from './rules/large-amount.js'

const rules = [largeAmount(), impossibleTravel()]
const abroad = { place: singapore, country: 'SG', occurred_at: tenOClock + minutes(29) }
const broken: Rule = { id: 'broken', version: 7, weight: 900, evaluate: () => { throw new TypeError('no such feature') } }

describe('assess', () => {
  it('approves an everyday transaction, and tells which rules looked at it and where it stood in the log', () => {
    expect(assess(exampleTransaction(), exampleProfile(), rules, exampleOrigin(42)).decision).toEqual({
      transaction_id: '01957c00-0000-7000-8000-000000000001',
      card_id: 'v1.example-card',
      outcome: 'approve',
      score: 0,
      reasons: [],
      rule_versions: { large_amount: 1, impossible_travel: 1 },
      input_topic: 'transactions_log',
      input_partition: 3,
      input_offset: 42,
      occurred_at: tenOClock,
    })
  })

  it.each([
    ['a large amount', { amount_minor: 250_000 }, 'review', 600, ['large_amount']],
    ['an impossible journey', abroad, 'decline', 850, ['impossible_travel']],
    ['both, the greater weight first', { amount_minor: 250_000, ...abroad }, 'decline', 1000, ['impossible_travel', 'large_amount']],
  ])('suspects %s', (_, changes, outcome, score, firing) => {
    const { decision } = assess(exampleTransaction(changes), exampleProfile(), rules, exampleOrigin())
    expect(decision).toMatchObject({ outcome, score })
    expect(decision.reasons.map((reason) => reason.rule_id)).toEqual(firing)
  })

  it('tells how each rule took it', () => {
    const { evaluations } = assess(exampleTransaction({ amount_minor: 250_000, place: null }), undefined, [...rules, broken], exampleOrigin())
    expect(evaluations.map(({ rule, fired, notes, error }) => [rule.id, fired, notes, error?.message])).toEqual([
      ['large_amount', true, [], undefined],
      ['impossible_travel', false, ['no_place'], undefined],
      ['broken', false, [], 'no such feature'],
    ])
  })

  describe('when a rule throws', () => {
    it('sends the transaction to review, with a reason that names the rule and its error', () => {
      const { decision } = assess(exampleTransaction(), undefined, [...rules, broken], exampleOrigin())
      expect(decision).toMatchObject({ outcome: 'review', score: 500, rule_versions: { broken: 7 } })
      expect(decision.reasons).toEqual([{
        rule_id: 'broken',
        rule_version: 7,
        weight: 500,
        text: 'The rule broken failed and could not judge (no such feature), so that an analyst must.',
        evidence: [{ name: 'error', value: 'TypeError: no such feature', unit: null }],
      }])
    })

    it('keeps what the other rules found', () => {
      const { decision } = assess(exampleTransaction(abroad), exampleProfile(), [broken, ...rules], exampleOrigin())
      expect(decision).toMatchObject({ outcome: 'decline', score: 850 })
      expect(decision.reasons.map(({ rule_id, weight }) => [rule_id, weight])).toEqual([['impossible_travel', 850], ['broken', 0]])
    })

    it('lifts the score to review once, however many fail', () => {
      const { decision } = assess(exampleTransaction(), undefined, [broken, { ...broken, id: 'broken_too' }], exampleOrigin())
      expect(decision).toMatchObject({ outcome: 'review', score: 500 })
      expect(decision.reasons.map(({ rule_id, weight }) => [rule_id, weight])).toEqual([['broken', 500], ['broken_too', 0]])
    })

    it('reviews a transaction whose coordinates are not on Earth', () => {
      const { decision } = assess(exampleTransaction({ place: { latitude: 999, longitude: 0 } }), undefined, rules, exampleOrigin())
      expect(decision).toMatchObject({ outcome: 'review', reasons: [{ rule_id: 'impossible_travel' }] })
    })
  })

  it('suspects every swipe at the far place, and the holder at home none', () => {
    const journey: [string, Place, number][] = [
      ['approve', berlin, 0], ['decline', singapore, 29], ['decline', singapore, 40], ['approve', berlin, 60], ['approve', hamburg, 240],
    ]
    let profile: CardProfile | undefined
    const outcomes = journey.map(([, place, at], index) => {
      const assessed = assess(exampleTransaction({ place, occurred_at: tenOClock + minutes(at) }), profile, rules, exampleOrigin(index))
      profile = assessed.profile
      return assessed.decision.outcome
    })
    expect(outcomes).toEqual(journey.map(([expected]) => expected))
  })
})

describe('assess, for any transactions', () => {
  const history = fc.array(
    fc.record({
      amount_minor: fc.integer({ min: 1, max: 500_000 }),
      currency: fc.constantFrom('EUR', 'JPY', 'GEL'),
      place: fc.option(fc.constantFrom(berlin, hamburg, singapore)),
      occurred_at: fc.integer({ min: tenOClock, max: tenOClock + minutes(1500) }),
    }).map((changes) => exampleTransaction(changes)),
    { maxLength: 12 },
  )

  /** What is decided about the transactions of a card in their order, and what is remembered at the end. */
  function judge(transactions: readonly Transaction[]) {
    let profile: CardProfile | undefined
    const decisions = transactions.map((tx, offset) => {
      const assessed = assess(tx, profile, rules, exampleOrigin(offset))
      profile = assessed.profile
      return assessed.decision
    })
    return { decisions, profile }
  }

  it('gives a score between 0 and 1000, an outcome that follows from it, and a reason for every point', () => {
    fc.assert(fc.property(history, (stream) => {
      for (const { score, outcome, reasons } of judge(stream).decisions) {
        expect(score).toBe(Math.min(1000, reasons.reduce((sum, reason) => sum + reason.weight, 0)))
        expect(outcome).toBe(score >= 800 ? 'decline' : score >= 500 ? 'review' : 'approve')
      }
    }))
  })

  it('gives evidence that is finite, so that it survives JSON', () => {
    fc.assert(fc.property(history, (stream) => {
      const { decisions } = judge(stream)
      expect(JSON.parse(JSON.stringify(decisions))).toEqual(decisions)
    }))
  })

  it('remembers a card in event time: its greatest time, whatever the order of arrival', () => {
    fc.assert(fc.property(history, (stream) => {
      const { profile } = judge(stream)
      expect(profile?.last_occurred_at).toBe(stream.length === 0 ? undefined : Math.max(...stream.map((tx) => tx.occurred_at)))
      expect(profile?.last_place_at ?? 0).toBeLessThanOrEqual(profile?.last_occurred_at ?? 0)
    }))
  })
})

describe('alertOf', () => {
  it.each([
    [{ amount_minor: 250_000 }, 'review', 'warning'],
    [abroad, 'decline', 'critical'],
  ])('tells the customer what was done about %j, under the id of the transaction', (changes, outcome, severity) => {
    const tx = exampleTransaction(changes)
    const decision = { ...assess(tx, exampleProfile(), rules, exampleOrigin()).decision, decided_at: tenOClock + 500 }
    expect(alertOf(decision, tx)).toEqual({
      alert_id: tx.transaction_id,
      transaction_id: tx.transaction_id,
      card_id: 'v1.example-card',
      card_last4: '0002',
      severity,
      outcome,
      score: decision.score,
      reasons: decision.reasons,
      amount_minor: tx.amount_minor,
      currency: 'EUR',
      merchant_name: 'Café Morgenrot',
      country: tx.country,
      occurred_at: tx.occurred_at,
      raised_at: tenOClock + 500,
    })
  })
})
