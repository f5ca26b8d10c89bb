import type { CardProfile, FraudDecision, Place, Transaction } from '@swipestream/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alertOf } from './alert.js'
import { assess } from './assess.js'
import { berlin, exampleOrigin, exampleTaken, exampleTransaction, hamburg, minutes, singapore, tenOClock } from './example-transaction.js'
import { ruleFeatures } from './features/catalogue.js'
import { languageOf } from './rule-language/language.js'
import { exampleRule, exampleRules } from './rule-set/example-rule.js'
import { ruleSetOf } from './rule-set/rule-set.js'

const language = languageOf(ruleFeatures)
const rules = ruleSetOf(language, exampleRules())
const abroad = { place: singapore, country: 'SG', occurred_at: tenOClock + minutes(29) }
const uuid = (n: number) => `01957c00-0000-7000-8000-${String(n).padStart(12, '0')}`

/** What is made of a transaction of its own, at offset 42. */
function judge(changes: Partial<Transaction>, profile?: CardProfile, { taken = exampleTaken(), by = rules, model = null as FraudDecision['model'] } = {}) {
  const assessed = assess(exampleTransaction({ transaction_id: uuid(42), ...changes }), profile, taken, by, exampleOrigin(42), model)
  if (assessed === 'duplicate') throw new Error('it is a duplicate')
  return assessed
}

/** A card that was used in Berlin at ten. */
const usedInBerlin = (): CardProfile => {
  const assessed = assess(exampleTransaction(), undefined, exampleTaken(), rules, exampleOrigin(41))
  if (assessed === 'duplicate') throw new Error('it is a duplicate')
  return assessed.profile
}

describe('a decision', () => {
  it('approves an everyday transaction, and tells what it was made of and where it stood in the log', () => {
    expect(judge({}, usedInBerlin()).decision).toEqual({
      transaction_id: uuid(42),
      card_id: 'v1.example-card',
      outcome: 'approve',
      score: 0,
      reasons: [],
      rule_versions: { impossible_travel: 1, large_amount: 1 },
      input_topic: 'transactions_log',
      input_partition: 3,
      input_offset: 42,
      occurred_at: tenOClock,
      event_order: 'in_order',
      taken: exampleTaken(),
      model: null,
      features_hash: expect.stringMatching(/^[0-9a-f]{32}$/),
      shadow_rules: [],
    })
  })

  it.each([
    ['a large amount', { amount_minor: 250_000 }, 'review', 600, ['large_amount']],
    ['an impossible journey', abroad, 'decline', 850, ['impossible_travel']],
    ['one to an earlier time, which is as impossible', { ...abroad, occurred_at: tenOClock - minutes(29) }, 'decline', 850, ['impossible_travel']],
    ['both, the greater weight first', { amount_minor: 250_000, ...abroad }, 'decline', 1000, ['impossible_travel', 'large_amount']],
  ])('suspects %s', (_, changes, outcome, score, firing) => {
    const { decision } = judge(changes, usedInBerlin())
    expect(decision).toMatchObject({ outcome, score })
    expect(decision.reasons.map(({ rule_id }) => rule_id)).toEqual(firing)
  })

  it('tells how the transaction arrived', () => {
    expect(judge({ occurred_at: tenOClock - minutes(1) }, usedInBerlin()).decision.event_order).toBe('late')
    expect(judge({ occurred_at: tenOClock + minutes(11), received_at: tenOClock }, usedInBerlin()).decision.event_order).toBe('ahead')
  })

  it('is not made of a transaction that was decided about: its record comes again, or the producer has written it twice', () => {
    const { profile } = judge({}, usedInBerlin())
    expect(assess(exampleTransaction({ transaction_id: uuid(42) }), profile, exampleTaken(), rules, exampleOrigin(42))).toBe('duplicate')
    expect(assess(exampleTransaction({ transaction_id: uuid(42) }), profile, exampleTaken(), rules, exampleOrigin(43))).toBe('duplicate')
    expect(assess(exampleTransaction({ transaction_id: uuid(43) }), profile, exampleTaken(), rules, exampleOrigin(7))).toBe('duplicate')
  })

  it('follows what was taken from other topics, and records it', () => {
    const blocked = ruleSetOf(language, [exampleRule({ rule_id: 'blocked_card', expression: 'card.blocked', reason: 'It is blocked.', weight: 1000 })])
    const taken = exampleTaken({ card_blocked: true })
    expect(judge({}, undefined, { taken, by: blocked }).decision).toMatchObject({ outcome: 'decline', taken })
    expect(judge({}, undefined, { by: blocked }).decision).toMatchObject({ outcome: 'approve', taken: exampleTaken() })
  })

  it('follows the signal of a model, and records it', () => {
    const byModel = ruleSetOf(language, [exampleRule({ rule_id: 'model', expression: 'model.probability > 0.9', reason: '{model.probability:2}.', weight: 500 })])
    const model = { version: '3', probability: 0.95, top: [] }
    const { decision } = judge({}, undefined, { by: byModel, model })
    expect(decision).toMatchObject({ outcome: 'review', model, reasons: [{ text: '0.95.' }] })
    const without = judge({}, undefined, { by: byModel })
    expect(without.decision).toMatchObject({ outcome: 'approve', model: null })
    expect(without.judgement.events).toMatchObject([{ fired: false, notes: ['no_model'] }])
    expect(without.decision.features_hash).not.toBe(decision.features_hash)
  })

  it('is the same of the same', () => {
    expect(judge(abroad, usedInBerlin())).toEqual(judge(abroad, usedInBerlin()))
  })

  it('suspects every swipe at the far place, and the holder at home none', () => {
    const journey: [string, Place, number][] = [
      ['approve', berlin, 0], ['decline', singapore, 29], ['decline', singapore, 40], ['approve', berlin, 60], ['approve', hamburg, 240],
    ]
    let profile: CardProfile | undefined
    const outcomes = journey.map(([, place, at], offset) => {
      const occurred_at = tenOClock + minutes(at)
      const assessed = assess(exampleTransaction({ transaction_id: uuid(offset), place, occurred_at, received_at: occurred_at }), profile, exampleTaken(), rules, exampleOrigin(offset))
      if (assessed === 'duplicate') return assessed
      profile = assessed.profile
      return assessed.decision.outcome
    })
    expect(outcomes).toEqual(journey.map(([expected]) => expected))
  })

  it('has a score from 0 to 1000 that its reasons make, an outcome that follows from it, and evidence that survives JSON', () => {
    const anyone = fc.record({
      amount_minor: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      currency: fc.constantFrom('EUR', 'JPY', 'GEL', 'constructor'),
      place: fc.option(fc.constantFrom(berlin, hamburg, singapore, { latitude: 999, longitude: 0 })),
      occurred_at: fc.integer({ min: tenOClock - minutes(3_000), max: tenOClock + minutes(1_500) }),
    })
    fc.assert(fc.property(anyone, (changes) => {
      const { decision } = judge(changes, usedInBerlin())
      expect(decision.score).toBe(Math.min(1000, decision.reasons.reduce((sum, { weight }) => sum + weight, 0)))
      expect(decision.outcome).toBe(decision.score >= 800 ? 'decline' : decision.score >= 500 ? 'review' : 'approve')
      expect(JSON.parse(JSON.stringify(decision))).toEqual(decision)
    }))
  })
})

describe('an alert', () => {
  it.each([
    [{ amount_minor: 250_000 }, 'review', 'warning'],
    [abroad, 'decline', 'critical'],
  ])('tells the customer what was done about %j, under the id of the transaction', (changes, outcome, severity) => {
    const tx = exampleTransaction({ transaction_id: uuid(42), ...changes })
    const decision = { ...judge(changes, usedInBerlin()).decision, decided_at: tenOClock + 500 }
    expect(alertOf(decision, tx)).toEqual({
      alert_id: uuid(42),
      transaction_id: uuid(42),
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
      terminal_id: 't-1',
      occurred_at: tx.occurred_at,
      raised_at: tenOClock + 500,
    })
  })
})
