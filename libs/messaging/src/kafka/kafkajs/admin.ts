import type { Admin as Client } from 'kafkajs'
import { MessagingError } from '../../errors.js'
import { endedWithin } from '../patience.js'
import type { Admin, KafkaClientOptions, TopicToCreate } from '../ports.js'
import { retryDelay } from '../retry-delay.js'
import { kafkaOf, KafkajsCluster } from './cluster.js'
import { brokerSaid, isTopicMissing, messagingError } from './errors.js'
import { Sockets } from './sockets.js'

/** Together about half a minute. */
const attempts = 20
const requestTimeoutMs = 10_000
const closePatienceMs = 2_000
/** Also said when no broker has been taken in by the controller yet, since all have just started. */
const tooFewBrokers = ['INVALID_REPLICATION_FACTOR']

export class KafkajsAdmin implements Admin {
  readonly #client: Client
  readonly #sockets = new Sockets()
  readonly #cluster: KafkajsCluster
  readonly #closing = new AbortController()
  #connected: Promise<void> | null = null

  constructor(options: KafkaClientOptions) {
    // What is tried again is decided here: the client would repeat what is refused too. Each of the brokers is tried once.
    const retry = { retries: options.brokers.length - 1, initialRetryTime: 50, maxRetryTime: 500 }
    this.#client = kafkaOf(options, { requestTimeout: requestTimeoutMs, retry, socketFactory: this.#sockets.factory }).admin()
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
    const gone = (error: unknown) => isTopicMissing(error)
    await this.#repeated(`Deleting topics ${there.join(', ')}`, async () => (await this.#admin()).deleteTopics({ topics: there }), gone)
    await this.#until(there, (left) => left.size === 0, 'Deleted, but still known to the brokers')
  }

  partitionsOf(topics: readonly string[]): Promise<Map<string, number>> {
    return this.#repeated('Asking for topics', async () => {
      const missing = new Set(await this.#cluster.know(topics, 0))
      return new Map(topics.filter((topic) => !missing.has(topic)).map((topic) => [topic, this.#cluster.partitionCount(topic)]))
    })
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await Promise.all([this.#cluster.close(), this.#connected && endedWithin(this.#client.disconnect(), closePatienceMs)])
    this.#sockets.close()
  }

  async #create({ name, partitions, config }: TopicToCreate, replicas: number): Promise<void> {
    const configEntries = Object.entries(config).map(([key, value]) => ({ name: key, value }))
    const topic = { topic: name, numPartitions: partitions, replicationFactor: replicas, configEntries }
    const there = (error: unknown) => brokerSaid(error, ['TOPIC_ALREADY_EXISTS'])
    await this.#repeated(`Creating topic ${name}`, async () => (await this.#admin()).createTopics({ topics: [topic], waitForLeaders: false }), there)
  }

  /**
   * Asks until there is an answer that stays.
   *
   * @param done whether an error says that what was asked for is so already
   */
  async #repeated<T>(doing: string, request: () => Promise<T>): Promise<T>
  async #repeated(doing: string, request: () => Promise<unknown>, done: (error: unknown) => boolean): Promise<unknown>
  async #repeated(doing: string, request: () => Promise<unknown>, done = (_: unknown) => false): Promise<unknown> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await request()
      } catch (error) {
        if (done(error)) return undefined
        const mapped = messagingError(error, doing)
        const passing = mapped.code === 'KAFKA_UNAVAILABLE' || brokerSaid(error, tooFewBrokers)
        if (!passing || attempt === attempts || this.#closing.signal.aborted) throw mapped
        this.#cluster.noteFailure(error)
        await retryDelay(attempt, this.#closing.signal)
      }
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
