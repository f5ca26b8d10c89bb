import { setTimeout as delay } from 'node:timers/promises'
import { Admin as Client, type BaseOptions } from '@platformatic/kafka'
import { backoff } from '../../consumer/recovery.js'
import { MessagingError } from '../../errors.js'
import type { Admin, TopicToCreate } from '../ports.js'
import { brokerSaid, brokerSaidOnly, messagingError } from './errors.js'
import { askPatienceMs, patience, repeated } from './repeating.js'

/** Together about half a minute. */
const knownAttempts = 40
const untilKnown = { firstDelayMs: 50, maxDelayMs: 1_000 }

/** A topic that is being made or deleted is known to some of the brokers only. */
const settling = ['UNKNOWN_TOPIC_OR_PARTITION']
/** Also said when no broker has been taken in by the controller yet, since all have just started. */
const tooFewBrokers = ['INVALID_REPLICATION_FACTOR']

export class PlatformaticAdmin implements Admin {
  readonly #client: Client
  readonly #closing = new AbortController()

  constructor(base: BaseOptions) {
    this.#client = new Client({ ...base, retries: 0 }) // see `repeated`
  }

  async createTopics(topics: readonly TopicToCreate[], replicas: number): Promise<void> {
    await Promise.all(topics.map((topic) => this.#create(topic, replicas)))
    await this.#untilKnown(topics.map(({ name }) => name))
  }

  async deleteTopics(names: readonly string[]): Promise<void> {
    try {
      await this.#repeated(() => this.#client.deleteTopics({ topics: [...names] }))
    } catch (error) {
      if (!brokerSaidOnly(error, new Set(['UNKNOWN_TOPIC_OR_PARTITION']))) throw messagingError(error, `Deleting topics ${names.join(', ')}`)
    }
  }

  async partitionsOf(topics: readonly string[]): Promise<Map<string, number>> {
    try {
      return await this.#repeated(async () => {
        const there = new Set(await this.#client.listTopics())
        const known = topics.filter((topic) => there.has(topic))
        if (known.length === 0) return new Map<string, number>()
        const metadata = await this.#client.metadata({ topics: known, forceUpdate: true })
        return new Map([...metadata.topics].map(([name, { partitionsCount }]) => [name, partitionsCount]))
      }, settling)
    } catch (error) {
      throw messagingError(error, 'Asking for topics')
    }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#client.close()
  }

  async #create({ name, partitions, config }: TopicToCreate, replicas: number): Promise<void> {
    try {
      const configs = Object.entries(config).map(([key, value]) => ({ name: key, value }))
      await this.#repeated(() => this.#client.createTopics({ topics: [name], partitions, replicas, configs }), tooFewBrokers)
    } catch (error) {
      if (!brokerSaid(error, ['TOPIC_ALREADY_EXISTS'])) throw messagingError(error, `Creating topic ${name}`)
    }
  }

  #repeated<T>(request: () => Promise<T>, also: readonly string[] = []): Promise<T> {
    return repeated(request, patience(this.#closing.signal, askPatienceMs), also)
  }

  /** A broker learns of a new topic a moment after the controller has made it. */
  async #untilKnown(names: readonly string[]): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const known = await this.partitionsOf(names)
      const missing = names.filter((name) => !known.has(name))
      if (missing.length === 0) return
      if (attempt === knownAttempts) throw new MessagingError('KAFKA_TOPIC_MISSING', `Created, but not known to the brokers: ${missing.join(', ')}`)
      await delay(backoff(attempt, untilKnown, Math.random()))
    }
  }
}
