import { Logger } from '@nestjs/common'
import { opsAlerts } from '@swipestream/contracts'
import { metricsRegistry } from '@swipestream/platform'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { ModelFailures } from './model-failures.js'

const minutes = (n: number) => n * 60_000

describe('a model that fails', () => {
  let failures: ModelFailures
  beforeEach(() => {
    failures = new ModelFailures()
    metricsRegistry.resetMetrics()
    vi.spyOn(Logger.prototype, 'error').mockReturnValue()
  })

  it('is told to the people on call at once, and from then on every ten minutes, with how many transactions it failed for', () => {
    const alerts = [0, 1, 9, 10, 11].flatMap((at) => failures.failed('v7', 'out of memory', 500, minutes(at)))
    expect(alerts.map(({ topic, value }) => [topic, (value as { count: number }).count])).toEqual([[opsAlerts, 500], [opsAlerts, 1_500]])
    expect(alerts[0]?.value).toMatchObject({
      service: 'fraud-service', code: 'FRAUD_MODEL_FAILED', severity: 'critical', subject: 'v7', raised_at: 0,
      summary: 'The model v7 cannot score, and the rules decide without it: out of memory',
    })
    expect(Logger.prototype.error).toHaveBeenCalledTimes(2)
  })

  it('is counted each time', async () => {
    for (const at of [0, 1]) failures.failed('v7', 'out of memory', 500, at)
    const metric = await metricsRegistry.getSingleMetric('fraud_model_failures_total')?.get()
    expect(metric?.values).toMatchObject([{ value: 1_000 }])
  })
})
