import { Logger } from '@nestjs/common'
import { metricsRegistry } from '@swipestream/platform'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { assess } from '../domain/assess.js'
import { exampleOrigin, exampleTaken, exampleTransaction } from '../domain/example-transaction.js'
import { exampleRule, exampleRules } from '../domain/rule-set/example-rule.js'
import { FraudMetrics } from './fraud-metrics.js'
import { RuleSet } from './rule-set.js'

/** What the metric counts, by its labels. */
async function counted(name: string): Promise<Record<string, number>> {
  const metric = await metricsRegistry.getSingleMetric(name)?.get()
  return Object.fromEntries((metric?.values ?? []).map(({ labels, value }) => [Object.values(labels).join(' '), value]))
}

const broken = exampleRule({ rule_id: 'broken', expression: 'tx.gone > 1.0' })
const rules = new RuleSet([...exampleRules(), broken]).current()

describe('FraudMetrics', () => {
  let metrics: FraudMetrics
  beforeEach(() => {
    metrics = new FraudMetrics()
    metricsRegistry.resetMetrics()
  })
  const judge = (changes: Parameters<typeof exampleTransaction>[0]): void => {
    const assessed = assess(exampleTransaction(changes), undefined, exampleTaken(), rules, exampleOrigin())
    if (assessed !== 'duplicate') metrics.decided(assessed.judgement)
  }

  it('counts outcomes, hits, notes and failures, and logs a failing rule once a minute', async () => {
    const logged = vi.spyOn(Logger.prototype, 'error').mockReturnValue()
    judge({ amount_minor: 100_000_000, currency: 'GEL', place: null })
    judge({})
    judge({})
    expect(await counted('fraud_decisions_total')).toEqual({ review: 3 })
    expect(await counted('fraud_rule_hits_total')).toEqual({ large_amount: 1 })
    expect(await counted('fraud_rule_notes_total')).toEqual({
      'large_amount default_limit': 1, 'impossible_travel no_place': 1, 'impossible_travel no_earlier_place': 2,
    })
    expect(await counted('fraud_rule_failures_total')).toEqual({ broken: 3 })
    expect(logged).toHaveBeenCalledOnce()
    expect(logged).toHaveBeenCalledWith(expect.stringMatching(/rule broken failed.*there is no feature tx.gone/))
  })

  it('counts records that were judged before', async () => {
    metrics.seenBefore()
    expect(await counted('fraud_redelivered_total')).toEqual({ '': 1 })
  })
})
