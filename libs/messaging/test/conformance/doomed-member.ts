import { parentPort, workerData } from 'node:worker_threads'
import { kafkaClient } from '@swipestream/messaging'

/** What a thread that is one member of a group is told; it tells how many partitions it holds. */
export interface DoomedMember {
  readonly client: 'platformatic' | 'kafkajs'
  readonly brokers: readonly string[]
  readonly groupId: string
  readonly topic: string
  readonly sessionTimeoutMs: number
}

const { client, brokers, groupId, topic, sessionTimeoutMs } = workerData as DoomedMember
const consumer = kafkaClient({ KAFKA_BROKERS: [...brokers], KAFKA_CLIENT: client }, 'doomed').consumer({ groupId, topics: [topic], sessionTimeoutMs })
let held = 0
consumer.start({
  assigned(partitions) {
    for (const partition of partitions) consumer.seek(partition, null)
    held += partitions.length
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's port has no origin
    parentPort?.postMessage(held)
  },
  revoked(partitions) {
    held -= partitions.length
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's port has no origin
    parentPort?.postMessage(held)
  },
  records: () => undefined,
  health: () => undefined,
})
