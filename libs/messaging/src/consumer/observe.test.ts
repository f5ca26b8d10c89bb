import { type Logger, metricsRegistry, type Readiness } from '@swipestream/platform'
import { expect, it } from 'vitest'
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
