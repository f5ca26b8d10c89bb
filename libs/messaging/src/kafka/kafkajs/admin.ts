import type { Admin as Client } from 'kafkajs'
import { MessagingError } from '../../errors.js'
import type { Admin, KafkaClientOptions, TopicToCreate } from '../ports.js'
import { retryDelay } from '../retry-delay.js'
import { kafkaOf, KafkajsCluster } from './cluster.js'
import { brokerSaid, isTopicMissing, messagingError } from './errors.js'

/** Together about half a minute. */
const attempts = 20
const requestTimeoutMs = 10_000

export class KafkajsAdmin implements Admin {
  readonly #client: Client
  readonly #cluster: KafkajsCluster
  readonly #closing = new AbortController()
  #connected: Promise<void> | null = null

  constructor(options: KafkaClientOptions) {
    const retry = { retries: attempts, initialRetryTime: 100, maxRetryTime: 2_000 }
    this.#client = kafkaOf(options, { requestTimeout: requestTimeoutMs, retry }).admin()
    this.#cluster = new KafkajsCluster(options, requestTimeoutMs)
  }

  async createTopics(topics: readonly TopicToCreate[], replicas: number): Promise<void> {
    await Promise.all(topics.map((topic) => this.#create(topic, replicas)))
    const names = topics.map(({ name }) => name)
    await this.#until(names, (there) => names.every((name) => there.has(name)), 'Created, but not known to the brokers')
  }

  async deleteTopics(names: readonly string[]): Promise<void> {
    const there = [...(await this.partitionsOf(names)).keys()]
    if (there.length === 0) return
    try {
      await (await this.#admin()).deleteTopics({ topics: there })
    } catch (error) {
      if (!isTopicMissing(error)) throw messagingError(error, `Deleting topics ${there.join(', ')}`)
    }
    await this.#until(there, (left) => left.size === 0, 'Deleted, but still known to the brokers')
  }

  async partitionsOf(topics: readonly string[]): Promise<Map<string, number>> {
    for (let attempt = 1; ; attempt++) {
      try {
        const missing = new Set(await this.#cluster.know(topics, 0))
        return new Map(topics.filter((topic) => !missing.has(topic)).map((topic) => [topic, this.#cluster.partitionCount(topic)]))
      } catch (error) {
        const mapped = messagingError(error, 'Asking for topics')
        if (mapped.code !== 'KAFKA_UNAVAILABLE' || attempt === attempts || this.#closing.signal.aborted) throw mapped
        this.#cluster.noteFailure(error)
        await retryDelay(attempt, this.#closing.signal)
      }
    }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await Promise.all([this.#cluster.close(), this.#connected && this.#client.disconnect()])
  }

  async #create({ name, partitions, config }: TopicToCreate, replicas: number): Promise<void> {
    const configEntries = Object.entries(config).map(([key, value]) => ({ name: key, value }))
    try {
      await (await this.#admin()).createTopics({ topics: [{ topic: name, numPartitions: partitions, replicationFactor: replicas, configEntries }], waitForLeaders: false })
    } catch (error) {
      if (!brokerSaid(error, ['TOPIC_ALREADY_EXISTS'])) throw messagingError(error, `Creating topic ${name}`)
    }
  }

  /** A broker learns of what became of a topic a moment after the controller. */
  async #until(names: readonly string[], reached: (there: ReadonlyMap<string, number>) => boolean, otherwise: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      if (reached(await this.partitionsOf(names))) return
      if (attempt === attempts) throw new MessagingError('KAFKA_TOPIC_MISSING', `${otherwise}: ${names.join(', ')}`)
      await retryDelay(attempt, this.#closing.signal)
    }
  }

  async #admin(): Promise<Client> {
    this.#connected ??= this.#client.connect()
    try {
      await this.#connected
    } catch (error) {
      this.#connected = null
      throw error
    }
    return this.#client
  }
}
