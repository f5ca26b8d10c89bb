import { Logger } from '@nestjs/common'
import { opsAlerts } from '@swipestream/contracts'
import { metricsRegistry } from '@swipestream/platform'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { RuleFailures } from './rule-failures.js'

const minutes = (n: number) => n * 60_000

describe('a rule that fails', () => {
  let failures: RuleFailures
  beforeEach(() => {
    failures = new RuleFailures()
    metricsRegistry.resetMetrics()
    vi.spyOn(Logger.prototype, 'error').mockReturnValue()
  })
  const told = (rule: string, at: number) => failures.failed(rule, 'tx.gone is missing', at)

  it('is told to the people on call at once, and from then on every ten minutes, with how often it failed', () => {
    const alerts = [0, 1, 9, 10, 11].flatMap((at) => told('broken', minutes(at)))
    expect(alerts.map(({ topic, value }) => [topic, (value as { count: number }).count])).toEqual([[opsAlerts, 1], [opsAlerts, 3]])
    expect(alerts[0]?.value).toMatchObject({
      service: 'fraud-service', code: 'FRAUD_RULE_FAILED', severity: 'critical', subject: 'broken', raised_at: 0,
      summary: 'The rule broken cannot judge, and its transactions go to review if it is live: tx.gone is missing',
    })
    expect(Logger.prototype.error).toHaveBeenCalledTimes(2)
  })

  it('does not hide another one', () => {
    expect([...told('a', 0), ...told('b', 0)].map(({ value }) => (value as { subject: string }).subject)).toEqual(['a', 'b'])
  })

  it('is counted each time', async () => {
    for (const at of [0, 1, 2]) told('broken', at)
    const metric = await metricsRegistry.getSingleMetric('fraud_rule_failures_total')?.get()
    expect(metric?.values).toMatchObject([{ labels: { rule: 'broken' }, value: 3 }])
  })
})
