import { type ClusterMetadata, type Consumer as Client, ListOffsetTimestamps, ProtocolError } from '@platformatic/kafka'
import { toError } from '@swipestream/platform'
import { MessagingError } from '../../errors.js'
import type { Answer, FetchSource, Leader } from '../fetch-source.js'
import { nameOf, type PartitionOffset, type TopicPartition } from '../ports.js'
import type { Brokers } from './brokers.js'
import { messagingError } from './errors.js'
import { fetchBatches, type FetchedPartition } from './fetch.js'
import { brokerAt, leaderOf, partitionsToFetch } from './fetch-request.js'
import { committedRecords } from './records.js'

/**
 * Each record of an answer is an object, if a small one, before the first is handled: what lives that long is costly to
 * collect. While all their parts were objects too, 1 MiB took a quarter more CPU on the whole way of a record, and
 * 50 MB, the client's default, three times as much.
 */
const maxBytesPerPartition = 256 * 1024
const maxBytes = 8 * 1024 * 1024
/** How long a broker may hold an answer when there is nothing new. A partition resumed meanwhile waits so long at the most. */
const maxWaitMs = 100
const offsetOutOfRange = 1

/** What a group's members read, on the client's knowledge of the cluster, over connections of their own. */
export class PlatformaticFetchSource implements FetchSource {
  readonly #client: Client
  readonly #brokers: Brokers
  /** As `leaders` found them last. */
  #metadata: ClusterMetadata | null = null

  constructor(client: Client, brokers: Brokers) {
    this.#client = client
    this.#brokers = brokers
  }

  async committed(partitions: readonly TopicPartition[]): Promise<Map<string, bigint>> {
    const topics = [...Map.groupBy(partitions, ({ topic }) => topic)].map(([topic, each]) => ({ topic, partitions: each.map(({ partition }) => partition) }))
    const found = await this.#client.listCommittedOffsets({ topics })
    const offsets = partitions.map((each) => [nameOf(each), found.get(each.topic)?.[each.partition] ?? -1n] as const)
    return new Map(offsets.filter(([, offset]) => offset >= 0n))
  }

  async firstOffsets(topic: string): Promise<bigint[]> {
    return (await this.#client.listOffsets({ topics: [topic], timestamp: ListOffsetTimestamps.EARLIEST })).get(topic) ?? []
  }

  async leaders(partitions: readonly TopicPartition[]): Promise<Map<string, Leader | Error>> {
    const metadata = (this.#metadata = await this.#metadataOf(new Set(partitions.map(({ topic }) => topic))))
    return new Map(partitions.map((partition) => [nameOf(partition), leaderIn(metadata, partition)]))
  }

  async fetch(node: number, partitions: readonly PartitionOffset[]): Promise<Map<string, Answer>> {
    const metadata = this.#metadata
    if (!metadata) throw new MessagingError('KAFKA_UNAVAILABLE', 'No broker is known')
    const topics = partitionsToFetch(metadata, partitions, maxBytesPerPartition)
    const asked = new Map(partitions.map((each) => [`${metadata.topics.get(each.topic)?.id}/${each.partition}`, each]))
    const answers = new Map<string, Answer>()
    for (const { topicId, partitions: each } of await fetchBatches(this.#brokers, brokerAt(metadata, node), { topics, maxWaitMs, maxBytes })) {
      for (const fetched of each) {
        const at = asked.get(`${topicId}/${fetched.partition}`)
        if (at) answers.set(nameOf(at), answerOf(at, fetched))
      }
    }
    return answers
  }

  failed(error: unknown, doing: string): MessagingError {
    this.#client.clearMetadata()
    return messagingError(error, doing)
  }

  /** Of the topics that are there: the client gives nothing of any when one is missing. */
  async #metadataOf(topics: ReadonlySet<string>): Promise<ClusterMetadata> {
    try {
      return await this.#client.metadata({ topics: [...topics] })
    } catch (error) {
      if (topics.size === 1 || messagingError(error, '').code !== 'KAFKA_TOPIC_MISSING') throw error
      const there = await Promise.allSettled([...topics].map((topic) => this.#client.metadata({ topics: [topic] })))
      const found = there.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
      const [first] = found
      if (!first) throw error
      return { ...first, topics: new Map(found.flatMap((each) => [...each.topics])) }
    }
  }
}

function leaderIn(metadata: ClusterMetadata, at: TopicPartition): Leader | Error {
  try {
    return { node: leaderOf(metadata, at), topicId: metadata.topics.get(at.topic)?.id ?? null }
  } catch (error) {
    return toError(error)
  }
}

function answerOf(at: PartitionOffset, fetched: FetchedPartition): Answer {
  if (fetched.errorCode === offsetOutOfRange) return 'gone'
  if (fetched.errorCode !== 0) return new ProtocolError(fetched.errorCode)
  try {
    return committedRecords(at, fetched, at.offset)
  } catch (error) {
    return toError(error)
  }
}
