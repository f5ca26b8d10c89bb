import { type Logger, metricsRegistry, type Readiness } from '@swipestream/platform'
import { expect, it, vi } from 'vitest'
import { MessagingError } from '../errors.js'
import { ConsumerObserver } from './observe.js'

const logger = { error: () => undefined } as unknown as Logger
const readiness = { report: () => undefined } as unknown as Readiness
const at = { topic: 't', partition: 0, offset: 4n }

it('a state record that cannot be read is counted, but not as a dead letter: it is on no dead-letter topic', async () => {
  const observer = new ConsumerObserver(logger, readiness)
  observer.stateSkipped(at, new MessagingError('TOMBSTONE_UNEXPECTED', 'bad'))
  expect(await metricsRegistry.getSingleMetricAsString('consumer_dead_letters_total')).not.toContain('topic="t"')
  expect(await metricsRegistry.getSingleMetricAsString('consumer_state_skipped_total')).toContain('{topic="t",code="TOMBSTONE_UNEXPECTED"} 1')
})

it('a state that takes long to restore says every few seconds how far it is, and how long the rest will take', async () => {
  const info = vi.fn()
  const observer = new ConsumerObserver({ info } as unknown as Logger, readiness)
  const left = async (): Promise<string | undefined> => /consumer_state_unrestored_records{topic="t",partition="0"} (\d+)/.exec(await metricsRegistry.getSingleMetricAsString('consumer_state_unrestored_records'))?.[1]
  for (const seconds of [1, 4, 5, 6, 9, 10]) observer.restoring(at, { read: seconds * 100, all: 4_000 }, seconds)
  expect(info.mock.calls.map(([fields]) => fields as unknown)).toEqual([
    { topic: 't', partition: 0, records: 500, of: 4_000, secondsLeft: 35 },
    { topic: 't', partition: 0, records: 1_000, of: 4_000, secondsLeft: 30 },
  ])
  expect(await left()).toBe('3000')
  observer.restored(at, 4_000, 40)
  expect(await left()).toBe('0')
  observer.released(at)
  expect(await left()).toBeUndefined()
})
