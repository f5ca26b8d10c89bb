import type { Kafka as Client, KafkaConfig, SASLOptions } from 'kafkajs'
import { MessagingError } from '../../errors.js'
import { endedWithin } from '../patience.js'
import { type KafkaClientOptions, nameOf, type TopicPartition } from '../ports.js'
import { brokerSaid, isTopicMissing } from './errors.js'
import { type CoordinatorType, Kafka, logLevel, type Node, PartitionAssigners, type RawCluster, readCommitted } from './protocol.js'
import { Sockets } from './sockets.js'

const closePatienceMs = 2_000
/** So long what is known of topics is taken for true: partitions that are added are found after it. */
const metadataMaxAgeMs = 5_000
/** Of a partition: its replicas are all away, or one is being elected. */
const noLeader = ['LEADER_NOT_AVAILABLE']

/** Timestamps that stand for an offset: ListOffsets in Kafka's protocol. */
export const offsetOf = { end: -1, first: -2 } as const

/** The client, silent: what it has to say comes as errors. */
export function kafkaOf({ clientId, brokers, tls, sasl }: KafkaClientOptions, more: Partial<KafkaConfig>): Client {
  return new Kafka({
    clientId,
    brokers: [...brokers],
    connectionTimeout: 3_000,
    logLevel: logLevel.NOTHING,
    ...(tls ? { ssl: { ...tls } } : {}),
    ...(sasl ? { sasl: { ...sasl, mechanism: sasl.mechanism.toLowerCase() } as SASLOptions } : {}),
    ...more,
  })
}

/**
 * Connections to a cluster, who leads what in it, and who coordinates what. Nothing is tried again here: who asks knows
 * whether it is still worth it.
 */
export class KafkajsCluster {
  readonly #cluster: RawCluster
  readonly #sockets = new Sockets()
  /** Topics that were ever asked for. */
  readonly #wanted = new Set<string>()
  /** Leaders by partition, by topic. */
  #leaders: ReadonlyMap<string, readonly number[]> = new Map()
  /** Topics that are there, of which nothing was ever told, and why. */
  #untold: ReadonlyMap<string, unknown> = new Map()
  #refreshedAt = Number.NEGATIVE_INFINITY
  /** Under way; it asks for as many topics as were wanted when it began. */
  #refreshing: { readonly topics: number; readonly ended: Promise<void> } | null = null

  constructor(options: KafkaClientOptions, requestTimeoutMs: number) {
    // Each of the brokers to begin with is tried once.
    const retry = { retries: options.brokers.length - 1, initialRetryTime: 50, maxRetryTime: 500 }
    const kafka = kafkaOf(options, { requestTimeout: requestTimeoutMs, retry, socketFactory: this.#sockets.factory })
    let cluster: unknown
    // A custom assigner is what the client hands its cluster to; the consumer itself is never connected.
    kafka.consumer({
      groupId: 'never-joined',
      allowAutoTopicCreation: false,
      readUncommitted: false,
      partitionAssigners: [
        (assigning) => {
          cluster = assigning.cluster
          return PartitionAssigners.roundRobin(assigning)
        },
      ],
    })
    this.#cluster = cluster as RawCluster
  }

  /**
   * Makes sure that what is known of these topics is not old. Gives those that are missing.
   *
   * @param maxAgeMs of what is known, in milliseconds
   */
  async know(topics: readonly string[], maxAgeMs = metadataMaxAgeMs): Promise<string[]> {
    const before = this.#wanted.size
    for (const topic of topics) this.#wanted.add(topic)
    const old = performance.now() - this.#refreshedAt >= maxAgeMs
    if (old || this.#wanted.size > before || topics.some((topic) => this.partitionCount(topic) === 0)) await this.refresh()
    for (const topic of topics) if (this.#untold.has(topic)) throw this.#untold.get(topic)
    return topics.filter((topic) => this.partitionCount(topic) === 0)
  }

  /** Number of partitions of a topic; 0 when it is not known. */
  partitionCount(topic: string): number {
    return this.#leaders.get(topic)?.length ?? 0
  }

  /** @throws MessagingError KAFKA_TOPIC_MISSING, KAFKA_UNAVAILABLE (an election is under way) */
  leaderOf({ topic, partition }: TopicPartition): number {
    const leader = this.#leaders.get(topic)?.[partition]
    if (leader === undefined) throw new MessagingError('KAFKA_TOPIC_MISSING', `There is no partition ${partition} of ${topic}`)
    if (leader < 0) throw new MessagingError('KAFKA_UNAVAILABLE', `${nameOf({ topic, partition })} has no leader`)
    return leader
  }

  /** A connected broker. */
  node(nodeId: number): Promise<Node> {
    return this.#cluster.findBroker({ nodeId })
  }

  async coordinator(key: string, kind: CoordinatorType): Promise<Node> {
    const { coordinator } = await this.anyNode((node) => node.findGroupCoordinator({ groupId: key, coordinatorType: kind }))
    return this.node(coordinator.nodeId)
  }

  /** Asks the brokers one after the other, until one gives an answer. */
  async anyNode<T>(ask: (node: Node) => Promise<T>): Promise<T> {
    if (this.#cluster.getNodeIds().length === 0) await this.refresh()
    let failure: unknown = new MessagingError('KAFKA_UNAVAILABLE', 'No broker is known')
    for (const nodeId of this.#cluster.getNodeIds()) {
      try {
        return await ask(await this.node(nodeId))
      } catch (error) {
        failure = error
      }
    }
    throw failure
  }

  /**
   * Offsets by partition.
   *
   * @param timestamp milliseconds since the Unix epoch: of the first record that arrived then or later (-1: there is
   *   none); or one of `offsetOf`
   */
  async offsets(topic: string, timestamp: number, isolationLevel: number = readCommitted): Promise<bigint[]> {
    const missing = await this.know([topic])
    if (missing.length > 0) throw new MessagingError('KAFKA_TOPIC_MISSING', `There is no topic ${topic}. Create the topics: npm run topics -- create`)
    const offsets = Array.from({ length: this.partitionCount(topic) }, () => -1n)
    const byLeader = Map.groupBy(offsets.keys(), (partition) => this.leaderOf({ topic, partition }))
    const answers = [...byLeader].map(async ([leader, partitions]) => {
      const asked = partitions.map((partition) => ({ partition, timestamp }))
      return (await this.node(leader)).listOffsets({ replicaId: -1, isolationLevel, topics: [{ topic, partitions: asked }] })
    })
    for (const { responses } of await Promise.all(answers)) {
      for (const { partition, offset } of responses.flatMap(({ partitions }) => partitions)) offsets[partition] = BigInt(offset)
    }
    return offsets
  }

  /** Asks anew who leads what. Those who ask at the same time share the answer, if their topics were asked for. */
  refresh(): Promise<void> {
    const before = this.#refreshing
    if (before?.topics === this.#wanted.size) return before.ended
    const own = {
      topics: this.#wanted.size,
      ended: (before ? before.ended.catch(() => undefined) : Promise.resolve())
        .then(() => this.#refresh())
        .finally(() => {
          if (this.#refreshing === own) this.#refreshing = null
        }),
    }
    this.#refreshing = own
    return own.ended
  }

  /** Looks at what a request failed with: connections on which nothing is answered any more are given up. */
  noteFailure(error: unknown): void {
    this.#refreshedAt = Number.NEGATIVE_INFINITY
    if (error instanceof Error && error.name === 'KafkaJSRequestTimeoutError') this.#sockets.destroy(error.message)
  }

  async close(): Promise<void> {
    await endedWithin(this.#cluster.disconnect(), closePatienceMs)
    this.#sockets.close()
  }

  async #refresh(): Promise<void> {
    const leaders = new Map<string, readonly number[]>()
    const untold = new Map<string, unknown>()
    const wanted = [...this.#wanted]
    try {
      await this.#ask(wanted, leaders)
    } catch (error) {
      if (!isTopicMissing(error) && !brokerSaid(error, noLeader)) throw error
      // Then the client tells nothing of the others either.
      for (const topic of wanted) {
        try {
          await this.#ask([topic], leaders)
        } catch (failure) {
          if (isTopicMissing(failure)) continue
          if (!brokerSaid(failure, noLeader)) throw failure
          const before = this.#leaders.get(topic)
          // Its other partitions have their leaders, very likely where they were.
          if (before) leaders.set(topic, before)
          else untold.set(topic, failure)
        }
      }
    }
    this.#leaders = leaders
    this.#untold = untold
    this.#refreshedAt = performance.now()
  }

  async #ask(topics: readonly string[], leaders: Map<string, readonly number[]>): Promise<void> {
    this.#cluster.targetTopics = new Set(topics)
    // The client may be asking for other topics just now, and would give that answer.
    for (let attempt = 1; attempt <= 3; attempt++) {
      await this.#cluster.connect()
      await this.#cluster.refreshMetadata()
      const found = topics.map((topic) => [topic, this.#cluster.findTopicPartitionMetadata(topic)] as const)
      if (found.some(([, partitions]) => partitions.length === 0)) continue
      for (const [topic, partitions] of found) {
        const byPartition: number[] = []
        for (const { partitionId, leader } of partitions) byPartition[partitionId] = leader
        leaders.set(topic, byPartition)
      }
      return
    }
    throw new MessagingError('KAFKA_UNAVAILABLE', `The brokers do not say who leads ${topics.join(', ')}`)
  }
}
