import { describe, expect, it } from 'vitest'
import { collectProcessMetrics, counter, gauge, histogram, metricsRegistry } from './metrics.js'

describe('metrics', () => {
  it('gives the same metric for the same name', async () => {
    const options = { name: 'test_things_total', help: 'Things seen', labels: ['kind'] as const }
    counter(options).inc({ kind: 'a' })
    counter(options).inc({ kind: 'a' })
    expect(await metricsRegistry.getSingleMetricAsString('test_things_total')).toContain(
      'test_things_total{kind="a"} 2',
    )
  })

  it('refuses a name that belongs to another type', () => {
    gauge({ name: 'test_level', help: 'A level' })
    expect(() => counter({ name: 'test_level', help: 'A level' })).toThrow(
      expect.objectContaining({ code: 'METRIC_CONFLICT', kind: 'fatal' }),
    )
  })

  it('computes a gauge when it is scraped', async () => {
    let size = 1
    gauge({
      name: 'test_queue_size',
      help: 'Waiting',
      collect() {
        this.set(size)
      },
    })
    size = 7
    expect(await metricsRegistry.getSingleMetricAsString('test_queue_size')).toContain('test_queue_size 7')
  })

  it('counts into the given buckets', async () => {
    histogram({ name: 'test_seconds', help: 'Time', buckets: [0.1, 1] }).observe(0.5)
    const text = await metricsRegistry.getSingleMetricAsString('test_seconds')
    expect(text).toContain('test_seconds_bucket{le="0.1"} 0')
    expect(text).toContain('test_seconds_bucket{le="1"} 1')
  })

  it('collects process metrics, once a process', async () => {
    collectProcessMetrics()
    collectProcessMetrics()
    expect(await metricsRegistry.metrics()).toContain('process_cpu_user_seconds_total')
  })
})
