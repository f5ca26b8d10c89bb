import { Admin as Client, type BaseOptions } from '@platformatic/kafka'
import type { Admin, TopicToCreate } from '../ports.js'
import { brokerSaid, messagingError } from './errors.js'

export class PlatformaticAdmin implements Admin {
  readonly #client: Client

  constructor(base: BaseOptions) {
    this.#client = new Client({ ...base, retries: 10, retryDelay: 300 })
  }

  async createTopics(topics: readonly TopicToCreate[], replicas: number): Promise<void> {
    await Promise.all(topics.map((topic) => this.#create(topic, replicas)))
  }

  async partitionsOf(topics: readonly string[]): Promise<Map<string, number>> {
    try {
      const there = new Set(await this.#client.listTopics())
      const known = topics.filter((topic) => there.has(topic))
      if (known.length === 0) return new Map()
      const metadata = await this.#client.metadata({ topics: known, forceUpdate: true })
      return new Map([...metadata.topics].map(([name, { partitionsCount }]) => [name, partitionsCount]))
    } catch (error) {
      throw messagingError(error, 'Asking for topics')
    }
  }

  async close(): Promise<void> {
    await this.#client.close()
  }

  async #create({ name, partitions, config }: TopicToCreate, replicas: number): Promise<void> {
    try {
      await this.#client.createTopics({
        topics: [name],
        partitions,
        replicas,
        configs: Object.entries(config).map(([key, value]) => ({ name: key, value })),
      })
    } catch (error) {
      if (!brokerSaid(error, ['TOPIC_ALREADY_EXISTS'])) throw messagingError(error, `Creating topic ${name}`)
    }
  }
}
