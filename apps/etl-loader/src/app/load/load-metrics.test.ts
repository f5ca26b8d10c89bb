import { metricsRegistry } from '@swipestream/platform'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { LoadMetrics } from './load-metrics.js'

beforeEach(() => {
  metricsRegistry.removeSingleMetric('etl_load_delay_seconds')
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
  metricsRegistry.removeSingleMetric('etl_load_delay_seconds')
})

describe('the delay of a topic', () => {
  const delays = async () => (await metricsRegistry.getSingleMetric('etl_load_delay_seconds')?.get())?.values.map(({ labels, value }) => [labels['topic'], value])

  test('is the age of the look by which all that it held is loaded, and grows until another one is', async () => {
    const metrics = new LoadMetrics()
    metrics.begun('a')
    vi.advanceTimersByTime(5_000)
    expect(await delays()).toEqual([['a', 5]])
    const asked = performance.now()
    vi.advanceTimersByTime(2_000)
    metrics.complete('a', asked)
    expect(await delays()).toEqual([['a', 2]])
    metrics.begun('a')
    vi.advanceTimersByTime(60_000)
    expect(await delays()).toEqual([['a', 62]])
  })
})
