import { type FraudDecision, transactionsLog } from '@swipestream/contracts'
import type { Received } from '@swipestream/messaging'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cases } from './kafka-streams-cases.js'
import { PeerUnderTest } from './peer-under-test.js'
import { began, second, swipeAt } from './swipes.js'

const everyday = Array.from({ length: 100 }, (_, i) => swipeAt(began + i * second, { card_id: `v1.everyday-${i}` }))
const swipes = [...everyday, ...cases.flatMap((one) => one.swipes)]

let peer: PeerUnderTest
let decisions: readonly Received<FraudDecision>[]

beforeAll(async () => {
  peer = await PeerUnderTest.onTopicsOfItsOwn()
  await peer.start()
  await peer.swipe(...swipes)
  // Of a transaction that comes twice the first decision stands.
  await peer.swipe(...everyday.slice(0, 5))
  await peer.decisions(swipes.length)
  await peer.stop()
  decisions = await peer.decisions(swipes.length)
})
afterAll(() => peer.close())

const decisionOf = (transactionId: string | undefined) => decisions.find(({ value }) => value.transaction_id === transactionId)?.value

describe('the peer on Kafka Streams', () => {
  it('decides about each transaction once', () => {
    expect(decisions.map(({ value }) => value.transaction_id).sort()).toEqual(swipes.map(({ transaction_id }) => transaction_id).sort())
  })

  it.each(cases)('$name: $outcome, $score, $reasons', ({ swipes: own, outcome, score, reasons }) => {
    const decision = decisionOf(own.at(-1)?.transaction_id)
    expect(decision).toMatchObject({ outcome, score })
    expect(decision?.reasons.map(({ rule_id }) => rule_id)).toEqual(reasons)
  })

  it('approves everyday swipes without a reason', () => {
    expect(everyday.filter(({ transaction_id }) => decisionOf(transaction_id)?.score !== 0)).toEqual([])
  })

  it('gives reasons with the numbers behind them, as the rules of fraud-service do', () => {
    const { swipes: own } = cases.find(({ name }) => name === 'everything at once') ?? { swipes: [] }
    expect(decisionOf(own.at(-1)?.transaction_id)?.reasons).toEqual([
      {
        rule_id: 'impossible_travel', rule_version: 1, weight: 850,
        text: "Used 9,127 km from the card's last place, with 10 s between the two: 3,285,683 km/h, faster than any journey.",
        evidence: [{ name: 'tx.distance_km', value: expect.closeTo(9_126.897, 3), unit: 'km' }, { name: 'tx.speed_kmh', value: expect.closeTo(3_285_683, 1), unit: 'km/h' }],
      },
      {
        rule_id: 'card_testing', rule_version: 1, weight: 550, text: '5 small amounts came right before this one: a thief tries whether the card works.',
        evidence: [{ name: 'card.small_run', value: 5, unit: null }],
      },
      {
        rule_id: 'velocity', rule_version: 1, weight: 400, text: 'The card was used 5 times in the minute before and 5 times in the hour before.',
        evidence: [{ name: 'card.count_1m', value: 5, unit: null }, { name: 'card.count_1h', value: 5, unit: null }],
      },
      {
        rule_id: 'amount_against_history', rule_version: 1, weight: 300,
        text: "EUR 5,000.00 is 5,000.0 times the mean of the card's 5 transactions in 30 days, EUR 1.00, and 4,999.0 deviations above it.",
        evidence: [
          { name: 'card.count_30d', value: 5, unit: null }, { name: 'card.amount_ratio_30d', value: 5_000, unit: null },
          { name: 'card.amount_deviations_30d', value: 4_999, unit: null }, { name: 'tx.amount', value: 5_000, unit: 'EUR' }, { name: 'card.mean_30d', value: 1, unit: 'EUR' },
        ],
      },
      {
        rule_id: 'large_amount', rule_version: 1, weight: 250, text: 'The amount EUR 5,000.00 is above the limit of EUR 1,000.00.',
        evidence: [{ name: 'tx.amount', value: 5_000, unit: 'EUR' }, { name: 'rule.limit', value: 1_000, unit: 'EUR' }],
      },
    ])
  })

  it('says of each decision where its transaction stands, and carries its trace on', async () => {
    const received = await peer.backbone.received(transactionsLog)
    const inputOf = Map.groupBy(received, ({ value }) => value.transaction_id)
    for (const { key, value, headers, origin } of decisions) {
      const input = inputOf.get(value.transaction_id)?.[0]
      expect({ topic: value.input_topic, partition: value.input_partition, offset: value.input_offset }).toEqual({
        topic: input?.origin.topic, partition: input?.origin.partition, offset: input?.origin.offset,
      })
      expect(key).toBe(input?.value.card_id)
      expect(value.occurred_at).toBe(input?.value.occurred_at)
      expect(Math.abs(value.decided_at - Date.now())).toBeLessThan(600_000)
      expect(origin.partition).toBe(input?.origin.partition)
      expect(headers['traceparent']).toBe(input?.headers['traceparent'])
      expect(headers['message-id']).toBe(`${value.input_topic}-${value.input_partition}-${value.input_offset}-0`)
    }
    expect(Object.keys(decisions[0]?.value.rule_versions ?? {})).toHaveLength(5)
  })

  it('raises an alert for each transaction that is not approved, and for no other', async () => {
    const alerts = (await peer.alerts()).map(({ value }) => value)
    const doubted = decisions.map(({ value }) => value).filter(({ outcome }) => outcome !== 'approve')
    const byId = <T extends { readonly transaction_id: string }>(list: readonly T[]): T[] => list.toSorted((a, b) => (a.transaction_id < b.transaction_id ? -1 : 1))
    expect(byId(alerts)).toEqual(
      byId(doubted).map(({ transaction_id, card_id, outcome, score, reasons, occurred_at, decided_at }) => {
        const { card_last4, amount_minor, currency, merchant_name, country, terminal_id } = swipes.find((swipe) => swipe.transaction_id === transaction_id) ?? swipeAt(0)
        const severity = outcome === 'decline' ? 'critical' : 'warning'
        return {
          alert_id: transaction_id, transaction_id, card_id, card_last4, severity, outcome, score, reasons,
          amount_minor, currency, merchant_name, country, terminal_id, occurred_at, raised_at: decided_at,
        }
      }),
    )
    expect(doubted.length).toBeGreaterThan(5)
  })
})
