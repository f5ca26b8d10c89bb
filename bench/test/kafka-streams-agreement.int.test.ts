import type { CardProfile, FraudDecision, Transaction } from '@swipestream/contracts'
import { inUnits } from '@swipestream/contracts/money'
import type { Received } from '@swipestream/messaging'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Features } from '../../apps/fraud-service/src/domain/features/catalogue.js'
import { observe } from '../../apps/fraud-service/src/domain/features/observe.js'
import { takenOf } from '../../apps/fraud-service/src/domain/features/taken.js'
import rule from '../../deploy/rules/large_amount.json' with { type: 'json' }
import { PeerUnderTest } from './peer-under-test.js'
import { began, day, hour, minute, second, swipeAt, tokyo, vienna } from './swipes.js'

/**
 * Swipes of few cards over two months, in bursts and after pauses, some late, some with a wrong clock: what fraud-service
 * itself sees of them is what the peer must have seen.
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

it('the peer sees of each swipe what fraud-service sees, and decides by it', () => {
  const profiles = new Map<string, CardProfile>()
  const decisionOf = new Map(decisions.map(({ value }) => [value.transaction_id, value]))
  const fired = new Map<string, number>()
  for (const [offset, tx] of sent.entries()) {
    const observed = observe(tx, profiles.get(tx.card_id), takenOf(tx, {}), offset)
    if (observed === 'duplicate') throw new Error('there are no duplicates here')
    profiles.set(tx.card_id, observed.profile)
    const expected = reasonsOf(tx, observed.features)
    const reasons = decisionOf.get(tx.transaction_id)?.reasons.map(({ rule_id, evidence }) => [rule_id, ...evidence.map(({ value }) => value)])
    expect(reasons).toEqual(expected.map((values) => values.map((value) => (typeof value === 'number' ? expect.closeTo(value, 6) : value))))
    for (const [id] of expected) fired.set(String(id), (fired.get(String(id)) ?? 0) + 1)
  }
  expect(Math.min(...fired.values())).toBeGreaterThan(20)
  expect(fired.size).toBe(5)
})

/** The peer's rules over fraud-service's features: rule and evidence of those that fire. */
function reasonsOf(tx: Transaction, of: Features): (string | number | null)[][] {
  const amount = inUnits(tx.amount_minor, tx.currency)
  const limit = limits.get(tx.currency) ?? table.default
  const rules: [fires: boolean, ...(string | number | null)[]][] = [
    [(of.distance_km ?? 0) >= 50 && (of.speed_kmh ?? 0) > 1000, 'impossible_travel', of.distance_km, of.speed_kmh],
    [amount > limit, 'large_amount', amount, limit],
    [of.card_small_run >= 3, 'card_testing', of.card_small_run],
    [of.card_count_1m >= 3 || of.card_count_1h >= 12, 'velocity', of.card_count_1m, of.card_count_1h],
    [
      of.card_count_30d >= 5 && (of.card_amount_ratio_30d ?? 0) > 5 && (of.card_amount_deviations_30d ?? 0) > 3,
      'amount_against_history', of.card_count_30d, of.card_amount_ratio_30d, of.card_amount_deviations_30d, amount, of.card_mean_30d,
    ],
  ]
  return rules.filter(([fires]) => fires).map(([, ...values]) => values)
}

const [table] = rule.tables as unknown as readonly [{ readonly values: Readonly<Record<string, number>>; readonly default: number }]
const limits = new Map(Object.entries(table.values))
