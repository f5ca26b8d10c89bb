import { metricsRegistry } from '@swipestream/platform'
import { beforeEach, describe, expect, it } from 'vitest'
import { assess } from '../domain/assess.js'
import { exampleOrigin, exampleTaken, exampleTransaction } from '../domain/example-transaction.js'
import { exampleRule, exampleRules } from '../domain/rule-set/example-rule.js'
import { ruleSetOf } from '../domain/rule-set/rule-set.js'
import { FraudMetrics } from './fraud-metrics.js'
import { ruleLanguage } from './rule-language.js'

/** What the metric counts, by its labels. */
async function counted(name: string): Promise<Record<string, number>> {
  const metric = await metricsRegistry.getSingleMetric(name)?.get()
  return Object.fromEntries((metric?.values ?? []).map(({ labels, value }) => [Object.values(labels).join(' '), value]))
}

const broken = exampleRule({ rule_id: 'broken', expression: 'tx.gone > 1.0' })
const rules = ruleSetOf(ruleLanguage, [...exampleRules(), broken])

describe('FraudMetrics', () => {
  let metrics: FraudMetrics
  beforeEach(() => {
    metrics = new FraudMetrics()
    metricsRegistry.resetMetrics()
  })
  const judge = (changes: Parameters<typeof exampleTransaction>[0]): void => {
    const assessed = assess(exampleTransaction(changes), undefined, exampleTaken(), rules, exampleOrigin())
    if (assessed !== 'duplicate') metrics.decided(assessed.judgement, 20)
  }

  it('counts outcomes, hits and notes', async () => {
    judge({ amount_minor: 100_000_000, currency: 'GEL', place: null })
    judge({})
    judge({})
    expect(await counted('fraud_decisions_total')).toEqual({ review: 3 })
    expect(await counted('fraud_rule_hits_total')).toEqual({ 'large_amount live': 1 })
    expect(await counted('fraud_rule_notes_total')).toEqual({
      'large_amount default_limit': 1, 'impossible_travel no_place': 1, 'impossible_travel no_earlier_place': 2,
    })
  })

  it('times decisions by outcome, from when the swipe was accepted', async () => {
    judge({})
    judge({})
    const text = await metricsRegistry.getSingleMetricAsString('fraud_decision_latency_seconds')
    expect(text).toContain('_count{outcome="review"} 2')
    expect(text).toContain('_bucket{le="0.01",outcome="review"} 0')
    expect(text).toContain('_bucket{le="0.025",outcome="review"} 2')
  })

  it('counts what shadow rules would have changed', async () => {
    const shadow = exampleRule({ rule_id: 'any_amount', mode: 'shadow', expression: 'tx.amount > 0.0', weight: 700 })
    const assessed = assess(exampleTransaction(), undefined, exampleTaken(), ruleSetOf(ruleLanguage, [...exampleRules(), shadow]), exampleOrigin())
    if (assessed !== 'duplicate') metrics.decided(assessed.judgement, 20)
    expect(await counted('fraud_decisions_total')).toEqual({ approve: 1 })
    expect(await counted('fraud_rule_hits_total')).toEqual({ 'any_amount shadow': 1 })
    expect(await counted('fraud_shadow_decisions_total')).toEqual({ 'approve review': 1 })
  })

  it('counts records that were judged before', async () => {
    metrics.seenBefore()
    expect(await counted('fraud_redelivered_total')).toEqual({ '': 1 })
  })
})
