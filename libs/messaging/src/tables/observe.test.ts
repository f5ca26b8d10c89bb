import type { Logger, Readiness } from '@swipestream/platform'
import { expect, it, vi } from 'vitest'
import { MessagingError } from '../errors.js'
import { TableObserver } from './observe.js'

it('a topic that may not be read ends the service; one that is away is waited for', () => {
  const [report, fatal] = [vi.fn(), vi.fn()]
  const observer = new TableObserver({ warn: () => undefined } as unknown as Logger, { report, requireToStart: () => undefined } as unknown as Readiness, false, fatal)
  observer.trouble('cards/0', new MessagingError('KAFKA_UNAVAILABLE', 'nobody answers'))
  expect(fatal).not.toHaveBeenCalled()
  expect(report).toHaveBeenLastCalledWith('tables', 'down', 'nobody answers')
  const refused = new MessagingError('KAFKA_REFUSED', 'TOPIC_AUTHORIZATION_FAILED')
  observer.trouble('cards/0', refused)
  expect(fatal).toHaveBeenCalledExactlyOnceWith(refused)
})
