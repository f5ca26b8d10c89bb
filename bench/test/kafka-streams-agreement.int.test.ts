import type { CardProfile, FraudDecision, Reason, Transaction } from '@swipestream/contracts'
import type { Received } from '@swipestream/messaging'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ruleLanguage } from '../../apps/fraud-service/src/app/rule-language.js'
import { shippedRules } from '../../apps/fraud-service/src/app/shipped-rules.fixture.js'
import { assess } from '../../apps/fraud-service/src/domain/assess.js'
import { takenOf } from '../../apps/fraud-service/src/domain/features/taken.js'
import { ruleSetOf } from '../../apps/fraud-service/src/domain/rule-set/rule-set.js'
import { fiveRules } from '../src/fraud/ground.js'
import { PeerUnderTest } from './peer-under-test.js'
import { began, day, hour, minute, second, swipeAt, tokyo, vienna } from './swipes.js'

/**
 * Swipes of few cards over two months, in bursts and after pauses, some late, some with a wrong clock: what fraud-service
 * itself decides by the shipped rules is what the peer must have decided.
 */
const swipes = fc.sample(
  fc.record({
    card: fc.nat(11),
    pause: fc.oneof({ weight: 6, arbitrary: fc.nat(20 * second) }, { weight: 2, arbitrary: fc.nat(hour) }, { weight: 1, arbitrary: fc.nat(3 * day) }, { weight: 1, arbitrary: fc.integer({ min: -2 * day, max: 0 }) }),
    amount_minor: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 300, max: 20_000 }), fc.integer({ min: 1, max: 10_000_000 })),
    currency: fc.oneof({ weight: 8, arbitrary: fc.constant('EUR') }, { weight: 1, arbitrary: fc.constantFrom('JPY', 'KWD', 'GEL', 'XCD', 'USD') }),
    place: fc.constantFrom(vienna, vienna, vienna, { latitude: 48.1, longitude: 16.2 }, { latitude: 95, longitude: 0 }, tokyo, null),
    ahead: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, hour),
  }),
  { numRuns: 3_000, seed: 7 },
)

let peer: PeerUnderTest
let sent: readonly Transaction[]
let decisions: readonly Received<FraudDecision>[]

beforeAll(async () => {
  peer = await PeerUnderTest.onTopicsOfItsOwn()
  await peer.start()
  const clocks = new Map<number, number>()
  sent = swipes.map(({ card, pause, ahead, ...changes }) => {
    const at = (clocks.get(card) ?? began) + pause
    clocks.set(card, Math.max(at, clocks.get(card) ?? 0))
    return swipeAt(at + ahead, { card_id: `v1.card-${card}`, received_at: at + minute, ...changes })
  })
  await peer.swipe(...sent)
  decisions = await peer.decisions(sent.length)
})
afterAll(() => peer.close())

it('the peer decides about each swipe as fraud-service does by the rules that are shipped', () => {
  const rules = ruleSetOf(ruleLanguage, shippedRules().filter(({ rule_id }) => fiveRules.some((name) => name === rule_id)))
  const profiles = new Map<string, CardProfile>()
  const decisionOf = new Map(decisions.map(({ value }) => [value.transaction_id, value]))
  const fired = new Map<string, number>()
  for (const [offset, tx] of sent.entries()) {
    const assessed = assess(tx, profiles.get(tx.card_id), takenOf(tx, {}), rules, { topic: 't', partition: 0, offset })
    if (assessed === 'duplicate') throw new Error('there are no duplicates here')
    profiles.set(tx.card_id, assessed.profile)
    const { outcome, score, reasons, rule_versions } = assessed.decision
    expect(decisionOf.get(tx.transaction_id)).toMatchObject({ outcome, score, reasons: reasons.map(nearly), rule_versions })
    for (const { rule_id } of reasons) fired.set(rule_id, (fired.get(rule_id) ?? 0) + 1)
  }
  expect(Math.min(...fired.values())).toBeGreaterThan(20)
  expect([...fired.keys()].toSorted()).toEqual([...fiveRules].toSorted())
})

/** The reason, word for word; its numbers as near as two languages' arithmetic is. */
function nearly(reason: Reason): Reason {
  return { ...reason, evidence: reason.evidence.map((one) => ({ ...one, value: typeof one.value === 'number' ? (expect.closeTo(one.value, 6) as number) : one.value })) }
}
