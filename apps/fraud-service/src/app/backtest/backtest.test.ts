import { describe, expect, it } from 'vitest'
import type { Swiped } from '../../domain/backtest/stream.js'
import { ruleSetOf } from '../../domain/rule-set/rule-set.js'
import type { FraudModel } from '../../model/fraud-model.js'
import { ruleLanguage } from '../rule-language.js'
import { shippedRules } from '../shipped-rules.fixture.js'
import { backtest } from './backtest.js'
import { judged, rowsSource, rule, setOf, swiped } from './backtest.fixture.js'

const day = 86_400_000

/** Three episodes: card a from t2 on, card b from t5 on, and card a again nine days later. */
const rows = [
  swiped('t1', '2026-01-01T10:00:00Z', 'a', 20, false),
  swiped('t2', '2026-01-01T11:00:00Z', 'a', 40, true),
  swiped('t3', '2026-01-01T12:00:00Z', 'a', 200, true),
  swiped('t4', '2026-01-02T09:00:00Z', 'b', 150, false),
  swiped('t5', '2026-01-02T10:00:00Z', 'b', 600, true),
  swiped('t6', '2026-01-04T10:00:00Z', 'c', 150, null),
  swiped('t7', '2026-01-10T12:00:00Z', 'a', 60, true),
  swiped('t8', '2026-01-10T13:00:00Z', 'd', 13, false),
]
const huge = rule('huge', 'tx.amount > 500.0', 400)
const live = setOf(
  rule('big', 'tx.amount > 100.0', 500), huge,
  rule('watched', 'tx.amount > 50.0', 100, { mode: 'shadow' }),
  rule('fails', '1.0 / (tx.amount - 13.0) > 9.0', 100, { mode: 'shadow' }),
  rule('off', 'tx.amount > 0.0', 1000, { mode: 'off' }),
)
const candidate = setOf(rule('big', 'tx.amount > 180.0', 500), huge, rule('forty', 'tx.amount == 40.0', 500))

describe('figures of a rule', () => {
  it.each([
    ['big', { mode: 'live', fired: 4, frauds: 2, legitimate: 1, precision: 0.6667, recall: 0.5, perDay: 0.4, timeToDetect: { detected: 2, share: 0.6667, medianSeconds: 0, p90Seconds: 3_600 }, failed: 0 }],
    ['huge', { mode: 'live', fired: 1, frauds: 1, legitimate: 0, precision: 1, recall: 0.25, perDay: 0.1, timeToDetect: { detected: 1, share: 0.3333, medianSeconds: 0, p90Seconds: 0 }, failed: 0 }],
    ['watched', { mode: 'shadow', fired: 5, frauds: 3, legitimate: 1, precision: 0.75, recall: 0.75, perDay: 0.5, timeToDetect: { detected: 3, share: 1, medianSeconds: 0, p90Seconds: 3_600 }, failed: 0 }],
    ['fails', { mode: 'shadow', fired: 0, frauds: 0, precision: null, recall: 0, perDay: 0, timeToDetect: { detected: 0, share: 0, medianSeconds: null, p90Seconds: null }, failed: 1, failure: expect.stringMatching(/divi/i) as string }],
  ])('%s', async (id, figures) => {
    const { live: { rules } } = await judged(rows, live)
    expect(rules.find(({ rule_id }) => rule_id === id)).toMatchObject(figures)
  })

  it('are of live and shadow rules, by id', async () => {
    expect((await judged(rows, live)).live.rules.map(({ rule_id }) => rule_id)).toEqual(['big', 'fails', 'huge', 'watched'])
  })
})

it('figures of a set: who is not approved, the outcomes, and how the score ranks', async () => {
  const result = await judged(rows, live)
  expect(result).toMatchObject({
    read: 8, transactions: 8, days: 10, episodes: 3, labels: { frauds: 4, legitimate: 3, unlabelled: 1 }, first: Date.parse('2026-01-01T10:00:00Z'), last: Date.parse('2026-01-10T13:00:00Z'),
    candidate: null, difference: null,
  })
  const { outcomes, alerts, auc, averagePrecision } = result.live
  expect({ outcomes, alerts, auc, averagePrecision }).toMatchObject({
    outcomes: { approve: 4, review: 3, decline: 1 },
    alerts: { fired: 4, frauds: 2, precision: 0.6667, recall: 0.5, perDay: 0.4, timeToDetect: { detected: 2, share: 0.6667, medianSeconds: 0, p90Seconds: 3_600 } },
    // frauds score 900, 500, 0, 0 and others 500, 0, 0: of 12 pairs 3 + 2.5 + 1 + 1 are won
    auc: 0.625,
    // thresholds 900, 500, 0: precision 1, 2/3, 4/7; recall gained 1/4, 1/4, 1/2
    averagePrecision: 0.7024,
  })
})

it('without labels nothing is known but what fired', async () => {
  const { live: { alerts, auc, rules }, episodes } = await judged(rows.map((row) => ({ ...row, fraud: null })), live)
  expect([alerts, auc, episodes]).toEqual([
    { fired: 4, frauds: 0, legitimate: 0, precision: null, recall: null, perDay: 0.4, timeToDetect: { detected: 0, share: null, medianSeconds: null, p90Seconds: null } }, null, 0,
  ])
  expect(rules.find(({ rule_id }) => rule_id === 'watched')?.fired).toBe(5)
})

describe('a candidate', () => {
  it('is compared outcome by outcome, with examples', async () => {
    const { difference, candidate: other } = await judged(rows, live, { candidate })
    expect(difference?.outcomes).toEqual({ approve: { approve: 3, review: 1, decline: 0 }, review: { approve: 2, review: 1, decline: 0 }, decline: { approve: 0, review: 0, decline: 1 } })
    expect(Object.entries(difference?.changes ?? {}).flatMap(([kind, { count }]) => (count === 0 ? [] : [[kind, count]]))).toEqual([['fraudsGained', 1], ['legitimateReleased', 1], ['unlabelledReleased', 1]])
    expect(difference?.changes.fraudsGained.examples).toEqual([{
      transaction_id: 't2', card_id: 'a', occurred_at: Date.parse('2026-01-01T11:00:00Z'), amount_minor: 4_000, currency: 'EUR', fraud: true,
      live: { score: 0, outcome: 'approve', reasons: [] },
      candidate: { score: 500, outcome: 'review', reasons: ['forty at EUR 40.00.'] },
    }])
    expect(other?.alerts).toMatchObject({ fired: 3, frauds: 3, precision: 1, recall: 0.75, timeToDetect: { detected: 2, share: 0.6667, medianSeconds: 0, p90Seconds: 0 } })
  })

  it.each([
    ['a fraud that is approved', 'fraudsLost', true, 'tx.amount > 9.0', 500, 'tx.amount > 99.0', 500],
    ['a legitimate one that is flagged', 'legitimateFlagged', false, 'tx.amount > 99.0', 500, 'tx.amount > 9.0', 500],
    ['an unlabelled one that is flagged', 'unlabelledFlagged', null, 'tx.amount > 99.0', 500, 'tx.amount > 9.0', 800],
    ['one that is declined now', 'raised', false, 'tx.amount > 9.0', 500, 'tx.amount > 9.0', 800],
    ['one that is only reviewed now', 'lowered', true, 'tx.amount > 9.0', 800, 'tx.amount > 9.0', 799],
  ] as const)('%s: %s', async (_, kind, fraud, before, weight, after, weightAfter) => {
    const { difference } = await judged([swiped('t', '2026-01-01T10:00:00Z', 'a', 20, fraud)], setOf(rule('r', before, weight)), { candidate: setOf(rule('r', after, weightAfter)) })
    expect(Object.entries(difference?.changes ?? {}).filter(([, { count }]) => count > 0)).toEqual([[kind, { count: 1, examples: [expect.objectContaining({ transaction_id: 't' })] }]])
  })

  it('has no more examples of a kind than asked for; all are counted', async () => {
    const many = Array.from({ length: 5 }, (_, i) => swiped(`t${i}`, '2026-01-01T10:00:00Z', `card-${i}`, 120, false))
    const { difference } = await judged(many, live, { candidate, examples: 2 })
    expect(difference?.changes.legitimateReleased).toMatchObject({ count: 5, examples: [{ transaction_id: 't0' }, { transaction_id: 't1' }] })
  })
})

describe('the days that are reported', () => {
  const from = (text: string) => Date.parse(`${text}T00:00:00Z`)

  it('are judged alone; an episode that began before them does not count, its cards are known', async () => {
    const { transactions, read, days, episodes, live: { alerts } } = await judged(rows, live, { span: { from: Date.parse('2026-01-01T11:30:00Z'), end: from('2026-01-03') } })
    // t3 is of the episode of t2; t5 begins one
    expect({ transactions, read, days, episodes, alerts }).toMatchObject({ transactions: 3, read: 5, days: 2, episodes: 1, alerts: { fired: 3, recall: 1, timeToDetect: { detected: 1, share: 1 } } })
  })

  it('are warmed up by those before', async () => {
    const third = setOf(rule('third', 'card.count_1d >= 2', 500))
    const { live: { alerts } } = await judged(rows, third, { span: { from: Date.parse('2026-01-01T12:00:00Z'), end: from('2026-01-02') } })
    expect(alerts.fired).toBe(1)
  })

  it('end the reading a day after the last of them, in which late ones may come', async () => {
    const late = swiped('late', '2026-01-01T23:00:00Z', 'b', 120, false)
    const { read, transactions } = await judged([...rows.slice(0, 4), late, ...rows.slice(4)], live, { span: { from: from('2026-01-01'), end: from('2026-01-02') } })
    expect({ read, transactions }).toEqual({ read: 6, transactions: 4 })
  })

  it('are not cut short by a wrong clock, and not followed by all that is later', async () => {
    const wrong = swiped('wrong', '2099-01-01T00:00:00Z', 'z', 20, false)
    const span = { from: from('2026-01-01'), end: from('2026-01-11') }
    expect(await judged([wrong, ...rows], live, { span })).toMatchObject({ read: 8, transactions: 8 })
    const later = Array.from({ length: 1_000 }, (_, i) => ({ ...wrong, tx: { ...wrong.tx, transaction_id: `wrong-${i}` } }))
    expect(await judged([...rows.slice(0, 2), ...later, ...rows.slice(2)], live, { span })).toMatchObject({ read: 2 })
  })
})

it('late, ahead and repeated transactions are as the engine takes them, and counted', async () => {
  const [first, second] = rows as [Swiped, Swiped]
  const at = (id: string, time: string) => swiped(id, time, 'a', 20, false)
  const ahead = { ...at('ahead', '2026-01-09T10:00:00Z'), tx: { ...at('ahead', '2026-01-09T10:00:00Z').tx, received_at: Date.parse('2026-01-01T11:30:00Z') } }
  const result = await judged([first, second, second, at('late', '2026-01-01T09:00:00Z'), at('old', '2025-12-25T09:00:00Z'), ahead], live)
  expect(result).toMatchObject({ read: 6, duplicates: 1, transactions: 5, orders: { in_order: 2, late: 1, too_late: 1, ahead: 1 }, last: Date.parse('2026-01-01T11:30:00Z') })
})

describe('a model', () => {
  const byModel = setOf(rule('model', 'model.probability >= 0.5', 500))
  const modelOf = (probabilities: FraudModel['probabilities']) => ({ probabilities }) as FraudModel

  it('is asked for what rules say of it', async () => {
    const { live: { alerts } } = await judged(rows, byModel, { model: modelOf((features) => Promise.resolve(features.map(({ amount }) => (amount > 100 ? 0.9 : 0.1)))) })
    expect(alerts.fired).toBe(4)
  })

  it('that fails says nothing, and is counted', async () => {
    const { live: { alerts }, modelFailures } = await judged(rows, byModel, { model: modelOf(() => Promise.reject(new Error('no trees'))) })
    expect([alerts.fired, modelFailures]).toEqual([0, { count: 8, reason: 'no trees' }])
  })
})

describe('labels that are not known yet', () => {
  const start = Date.UTC(2026, 0, 1)
  /** Twenty days at three terminals, a tenth of it frauds; the same every time. */
  const many = Array.from({ length: 2_000 }, (_, i) => swiped(`t${i}`, new Date(start + i * 864_000).toISOString(), `card-${(i * 7) % 23}`, 5 + ((i * 13) % 400), (i * 31) % 10 === 0, `terminal-${(i * 11) % 3}`))
  const turning = start + 8 * day
  const shipped = ruleSetOf(ruleLanguage, shippedRules())

  /** What was decided of each transaction that was not simply approved: score and reasons. */
  const decisions = async (stream: readonly Swiped[], end: number) => {
    const { difference } = await backtest(rowsSource(stream), { live: shipped, candidate: setOf(), span: { from: start, end }, examples: stream.length })
    const examples = Object.values(difference?.changes ?? {}).flatMap((change) => change.examples)
    return new Map(examples.map(({ transaction_id, live: said }) => [transaction_id, said]))
  }

  it('change no earlier decision: shuffled from a day on, they count 7 days later', async () => {
    const future = many.filter(({ tx }) => tx.occurred_at >= turning)
    const shuffled = many.map((row) => {
      const place = future.indexOf(row)
      return place < 0 ? row : { ...row, fraud: future[(place * 377 + 5) % future.length]?.fraud ?? null }
    })
    expect(shuffled.filter((row, i) => row.fraud !== many[i]?.fraud).length).toBeGreaterThan(50)
    const known = turning + 7 * day
    const before = await decisions(many, known)
    expect(before.size).toBeGreaterThan(20)
    expect(await decisions(shuffled, known)).toEqual(before)
    expect(await decisions(shuffled, known + 4 * day)).not.toEqual(await decisions(many, known + 4 * day))
  })
})
