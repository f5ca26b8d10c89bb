import type { Verdict } from '@swipestream/contracts'
import { metricsRegistry } from '@swipestream/platform'
import { beforeEach, describe, expect, it } from 'vitest'
import type { ChangedVerdict, FraudRow } from '../db/feedback.repository.js'
import { RuleFigures } from './rule-figures.js'

/** What a metric has counted, by its labels; without what is 0. */
async function counted(name: string): Promise<Record<string, number>> {
  const metric = await metricsRegistry.getSingleMetric(name)?.get()
  return Object.fromEntries((metric?.values ?? []).filter(({ value }) => value !== 0).map(({ labels, value }) => [Object.values(labels).join(' '), value]))
}
const series = async (name: string): Promise<number> => (await metricsRegistry.getSingleMetric(name)?.get())?.values.length ?? 0

const known = { reasons: [{ rule_id: 'travel', evidence: [] }], shadow_rules: [{ rule_id: 'night' }] }
const unknown = { reasons: null, shadow_rules: null }
const change = (before: Verdict | null, verdict: Verdict, rules: Pick<ChangedVerdict, 'reasons' | 'shadow_rules'> = known): ChangedVerdict => ({
  transaction_id: 't-1', card_id: 'c', before, verdict, ...rules,
})
const fraud = (transaction_id: string, at: number, rules: Pick<FraudRow, 'reasons' | 'shadow_rules'> = known): FraudRow => ({
  transaction_id, card_id: 'c', occurred_at: new Date(at * 1_000), ...rules,
})

describe('RuleFigures', () => {
  let figures: RuleFigures
  beforeEach(() => {
    metricsRegistry.resetMetrics()
    figures = new RuleFigures()
  })

  it('counts a verdict for every rule that fired, live and shadow', async () => {
    figures.judged({ changed: [change(null, 'confirmed_fraud'), change(null, 'legitimate', { ...known, shadow_rules: [] })], frauds: [] })
    expect(await counted('fraud_verdicts_total')).toEqual({ 'confirmed_fraud known given': 1, 'legitimate known given': 1 })
    expect(await counted('fraud_rule_verdicts_total')).toEqual({ 'travel live confirmed_fraud given': 1, 'travel live legitimate given': 1, 'night shadow confirmed_fraud given': 1 })
  })

  it('takes back the verdict that another one has replaced', async () => {
    figures.judged({ changed: [change('confirmed_fraud', 'legitimate', { ...known, shadow_rules: [] })], frauds: [] })
    expect(await counted('fraud_verdicts_total')).toEqual({ 'legitimate known given': 1, 'confirmed_fraud known taken_back': 1 })
    expect(await counted('fraud_rule_verdicts_total')).toEqual({ 'travel live legitimate given': 1, 'travel live confirmed_fraud taken_back': 1 })
  })

  it('counts for no rule where those that fired are not known', async () => {
    figures.judged({ changed: [change(null, 'confirmed_fraud', unknown)], frauds: [fraud('t-1', 0, unknown)] })
    expect(await counted('fraud_verdicts_total')).toEqual({ 'confirmed_fraud unknown given': 1 })
    expect(await counted('fraud_rule_verdicts_total')).toEqual({})
  })

  it('observes how long rules took to find an episode, frauds of unknown rules included', async () => {
    figures.judged({ changed: [change(null, 'confirmed_fraud')], frauds: [fraud('t-0', 100, unknown), fraud('t-1', 400)] })
    const text = await metricsRegistry.getSingleMetricAsString('fraud_rule_detection_seconds')
    expect(text).toContain('fraud_rule_detection_seconds_sum{rule="night",mode="shadow"} 300')
    expect(text).toContain('fraud_rule_detection_seconds_bucket{le="60",rule="night",mode="shadow"} 0')
    expect(text).toContain('fraud_rule_detection_seconds_bucket{le="600",rule="travel",mode="live"} 1')
  })

  it('begins at 0 with the first transaction a rule fires on, and stays at what it counted', async () => {
    expect(await series('fraud_verdicts_total')).toBe(8)
    figures.decided([{ reasons: [], shadow_rules: [{ rule_id: 'dawn', rule_version: 1 }] }, { reasons: [], shadow_rules: null }])
    expect(await metricsRegistry.getSingleMetricAsString('fraud_rule_verdicts_total')).toContain('{rule="dawn",mode="shadow",verdict="confirmed_fraud",change="given"} 0')
    expect(await metricsRegistry.getSingleMetricAsString('fraud_rule_detection_seconds')).toContain('_count{rule="dawn",mode="shadow"} 0')
    figures.judged({ changed: [change(null, 'legitimate')], frauds: [] })
    figures.decided([{ reasons: [], shadow_rules: [{ rule_id: 'night', rule_version: 1 }] }])
    expect(await counted('fraud_rule_verdicts_total')).toMatchObject({ 'night shadow legitimate given': 1 })
  })
})
