import { Admin, ConnectionPool, FindCoordinatorKeyTypes, metadataV12 } from '@platformatic/kafka'
import { eventually } from '@swipestream/messaging/testing'
import type { Stack } from '@swipestream/stack'

type Broker = 'kafka-1' | 'kafka-2' | 'kafka-3'
const patience = { timeoutMs: 60_000, intervalMs: 200 }

/** What a cluster says of itself, whichever client is under test. */
export class Cluster {
  readonly #stack: Stack
  readonly #admin: Admin
  readonly #pool = new ConnectionPool('onlooker')
  readonly #brokers: Parameters<ConnectionPool['get']>[0][]

  constructor(stack: Stack) {
    this.#stack = stack
    this.#brokers = (stack.env['KAFKA_BROKERS'] ?? '').split(',').map((address) => ({ host: address.replace(/:.*/, ''), port: Number(address.replace(/.*:/, '')) }))
    this.#admin = new Admin({ clientId: 'onlooker', bootstrapBrokers: this.#brokers, retries: 20, retryDelay: 250 })
  }

  /** The broker that leads each partition. */
  async leadersOf(topic: string): Promise<Broker[]> {
    const { topics } = await this.#admin.metadata({ topics: [topic], forceUpdate: true })
    return (topics.get(topic)?.partitions ?? []).map(({ leader }) => brokerOf(leader))
  }

  async groupCoordinator(groupId: string): Promise<Broker> {
    return await this.#coordinator(FindCoordinatorKeyTypes.GROUP, groupId)
  }

  async transactionCoordinator(transactionalId: string): Promise<Broker> {
    return await this.#coordinator(FindCoordinatorKeyTypes.TRANSACTION, transactionalId)
  }

  /** Where a group stands in partition 0 of a topic; 0 when it has committed nothing. */
  async committed(groupId: string, topic: string): Promise<bigint> {
    const [group] = await this.#admin.listConsumerGroupOffsets({ groups: [{ groupId, topics: [{ name: topic, partitionIndexes: [0] }] }], requireStable: true })
    const offset = group?.topics.find(({ name }) => name === topic)?.partitions[0]?.committedOffset ?? -1n
    return offset < 0n ? 0n : offset
  }

  kill(broker: Broker): Promise<void> {
    return this.#stack.kill(broker)
  }

  /** Brings every broker back, and waits until each has a copy of everything again: then any may be killed. */
  async whole(): Promise<void> {
    await Promise.all((['kafka-1', 'kafka-2', 'kafka-3'] as const).map((broker) => this.#stack.start(broker)))
    await eventually(async () => {
      // The client's own metadata have no internal topics, in which the coordinators keep what they know.
      const connection = await this.#pool.getFirstAvailable(this.#brokers)
      const { topics } = await metadataV12.api.async(connection, null, false, false)
      return topics.every(({ partitions }) => partitions.every(({ isrNodes }) => isrNodes.length === 3))
    }, patience)
  }

  async close(): Promise<void> {
    await Promise.all([this.#admin.close(), this.#pool.close()])
  }

  async #coordinator(keyType: (typeof FindCoordinatorKeyTypes)[keyof typeof FindCoordinatorKeyTypes], key: string): Promise<Broker> {
    const [found] = await this.#admin.findCoordinator({ keyType, keys: [key] })
    return brokerOf(found?.nodeId ?? -1)
  }
}

function brokerOf(nodeId: number): Broker {
  if (nodeId < 1 || nodeId > 3) throw new Error(`There is no broker ${nodeId}`)
  return `kafka-${nodeId as 1 | 2 | 3}`
}
