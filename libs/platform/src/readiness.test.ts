import { describe, expect, it, vi } from 'vitest'
import { metricsRegistry } from './metrics.js'
import { Readiness } from './readiness.js'

const make = () => {
  const logger = { info: vi.fn(), warn: vi.fn() }
  return { logger, readiness: new Readiness(logger) }
}

describe('Readiness', () => {
  it('is ready when every known component is up', () => {
    const { readiness } = make()
    expect(readiness.ready()).toBe(true)
    readiness.report('database', 'up')
    readiness.report('kafka', 'down', 'no broker answers')
    expect(readiness.ready()).toBe(false)
    expect(readiness.down()).toEqual(['kafka'])
    readiness.report('kafka', 'up')
    expect(readiness.ready()).toBe(true)
  })

  it('logs a change once, however often it is reported', () => {
    const { readiness, logger } = make()
    for (let poll = 0; poll < 3; poll++) readiness.report('kafka', 'down', `attempt ${poll}`)
    for (let poll = 0; poll < 3; poll++) readiness.report('kafka', 'up')
    expect(logger.warn).toHaveBeenCalledTimes(1)
    expect(logger.warn).toHaveBeenCalledWith({ component: 'kafka', detail: 'attempt 0' }, 'kafka is down')
    expect(logger.info).toHaveBeenCalledTimes(1)
    expect(readiness.components().get('kafka')).toEqual({ state: 'up' })
  })

  it('is a metric', async () => {
    const { readiness } = make()
    readiness.report('kafka', 'down')
    readiness.report('database', 'up')
    const text = await metricsRegistry.getSingleMetricAsString('component_up')
    expect(text).toContain('component_up{component="kafka"} 0')
    expect(text).toContain('component_up{component="database"} 1')
  })

  it('shows the newest detail', () => {
    const { readiness } = make()
    readiness.report('kafka', 'down', 'connecting')
    readiness.report('kafka', 'down', 'refused')
    expect(readiness.components().get('kafka')).toEqual({ state: 'down', detail: 'refused' })
  })

  it('opens when everything required to start has been up once, and stays open', async () => {
    const { readiness, logger } = make()
    readiness.requireToStart('database', 'connecting')
    readiness.requireToStart('registry', 'connecting')
    expect(logger.warn).not.toHaveBeenCalled()
    const opened = readiness.opened().then(() => 'opened')
    readiness.report('database', 'up')
    expect(readiness.open).toBe(false)
    readiness.report('database', 'down')
    readiness.report('registry', 'up')
    expect(readiness.open).toBe(true)
    expect(await opened).toBe('opened')
    expect(readiness.ready()).toBe(false)
  })

  it('is open at once when nothing is required', async () => {
    const { readiness } = make()
    readiness.report('kafka', 'down')
    expect(readiness.open).toBe(true)
    await readiness.opened()
  })

  it('is not ready once it shuts down, and says so to what waits long', () => {
    const { readiness } = make()
    readiness.report('database', 'up')
    readiness.beginShutdown()
    expect(readiness.ready()).toBe(false)
    expect(readiness.shutdown.aborted).toBe(true)
  })
})
