import { describe, expect, it } from 'vitest'
import { failedCoordinators } from './failed-coordinators.js'

describe('failed coordinators', () => {
  it('are counted where the broker could not load anew, not where it only says that it will', () => {
    const log = [
      '2026-11-29 03:30:39,032 INFO kafka.server.KafkaRaftServer - [KafkaRaftServer nodeId=1] Kafka Server started',
      '2026-11-29 03:30:42,087 ERROR o.a.k.CoordinatorRuntime - [GroupCoordinator id=1] The state machine of the coordinator __consumer_offsets-0 is out of sync with the underlying log. The last written offset returned is 7429 while the coordinator expected 1. The coordinator will be reloaded in order to re-synchronize the state machine.',
      '2026-11-29 03:30:42,088 ERROR o.a.k.CoordinatorRuntime - [GroupCoordinator id=1] Failed to write records to __consumer_offsets-0 due to an unexpected error: No in-memory snapshot for epoch 0. Snapshot epochs are: 7428, 7429.',
      'java.lang.RuntimeException: No in-memory snapshot for epoch 0. Snapshot epochs are: 7428, 7429',
    ]
    expect(failedCoordinators(log.join('\n'))).toBe(1)
    expect(failedCoordinators(log.slice(0, 2).join('\n'))).toBe(0)
  })
})
