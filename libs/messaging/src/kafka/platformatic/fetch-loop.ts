import { type Broker, type ClusterMetadata, type ConnectionPool, type Consumer as Client, ListOffsetTimestamps, ProtocolError } from '@platformatic/kafka'
import { MessagingError } from '../../errors.js'
import { type ConsumerSink, nameOf, type TopicPartition } from '../ports.js'
import { retryDelay } from '../retry-delay.js'
import { messagingError } from './errors.js'
import { fetchBatches, type FetchedPartition, type FetchedTopic, type FetchRequest } from './fetch.js'
import { brokerAt, leaderOf, partitionsToFetch } from './fetch-request.js'
import { committedRecords } from './records.js'

/**
 * All records of an answer are objects before the first is handled: what lives that long is costly to collect. With
 * 1 MiB the whole way of a record costs a quarter more CPU, with 50 MB, the client's default, three times as much.
 */
const maxBytesPerPartition = 256 * 1024
const maxBytesPerFetch = 8 * 1024 * 1024
/** How long a broker may hold an answer when there is nothing new. A partition resumed meanwhile waits so long at the most. */
const maxWaitMs = 100
const offsetOutOfRange = 1

interface Position extends TopicPartition {
  /** Whether it was said where to begin: until then nothing is read. */
  sought: boolean
  /** null: begin where the group left off. */
  next: bigint | null
  /** Begin at the first record there, not where the group left off. */
  fromStart: boolean
  paused: boolean
  /** Of the topic that `next` is an offset of: one that is deleted and made anew has another. */
  topicId: string | null
}

/** What a request was for. */
interface Asked {
  /** Topics by the ids the answer has them under. */
  readonly topics: ReadonlyMap<string, string>
  /** As they were then, by partition. */
  readonly positions: ReadonlyMap<string, Position>
}

export interface FetchParts {
  readonly client: Client
  /** Connections of its own: a broker answers the requests of one connection one after the other, and would let commits wait for records. */
  readonly connections: ConnectionPool
  readonly topics: readonly string[]
  /** Called before anything is done with an answer: partitions may have gone while the broker held it. */
  readonly followAssignment: () => void
  readonly records: ConsumerSink['records']
  /** What does not work, by the part of the work; null: it does (again). */
  readonly trouble: (part: string, error: MessagingError | null) => void
}

/** Reads the partitions of a member, each from where the group left off: one request to each of their leaders at a time. */
export class FetchLoop {
  readonly #parts: FetchParts
  readonly #positions = new Map<string, Position>()
  readonly #fetching = new Set<number>()
  /** Parts of the work that failed, and how often in a row. */
  readonly #failures = new Map<string, number>()
  /** Those of them that wait before they are tried again. */
  readonly #resting = new Set<string>()
  readonly #closing = new AbortController()
  #running: Promise<void> = Promise.resolve()
  #queued = false

  constructor(parts: FetchParts) {
    this.#parts = parts
  }

  has(partition: TopicPartition): boolean {
    return this.#positions.has(nameOf(partition))
  }

  get partitions(): TopicPartition[] {
    return [...this.#positions.values()]
  }

  add({ topic, partition }: TopicPartition): void {
    this.#positions.set(nameOf({ topic, partition }), { topic, partition, sought: false, next: null, fromStart: false, paused: false, topicId: null })
  }

  remove(partition: TopicPartition): void {
    this.#positions.delete(nameOf(partition))
    this.#well(nameOf(partition))
  }

  seek(partition: TopicPartition, offset: bigint | null): void {
    const name = nameOf(partition)
    const before = this.#positions.get(name)
    if (!before) return
    // A new one: an answer that is under way belongs to the old.
    this.#positions.set(name, { ...before, sought: true, next: offset, fromStart: false, topicId: null })
    this.run()
  }

  pause(partition: TopicPartition): void {
    const position = this.#positions.get(nameOf(partition))
    if (position) position.paused = true
  }

  resume(partition: TopicPartition): void {
    const position = this.#positions.get(nameOf(partition))
    if (!position?.paused) return
    position.paused = false
    this.run()
  }

  /** Takes up what changed and asks every leader that is not asked already. Runs once at a time. */
  run(): void {
    if (this.#queued || this.#closing.signal.aborted) return
    this.#queued = true
    this.#running = this.#running.then(async () => {
      this.#queued = false
      await this.#attempt('finding where the group left off', () => this.#locate())
      await this.#attempt('finding the leaders', () => this.#fetchFromIdleNodes())
    })
  }

  /** No records are handed on after this call. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#running
  }

  async #attempt(part: string, work: () => Promise<void>): Promise<void> {
    if (this.#resting.has(part) || this.#closing.signal.aborted) return
    try {
      await work()
      this.#well(part)
    } catch (error) {
      this.#failed(part, error)
    }
  }

  /** Says so, and tries that part of the work again after a while. */
  #failed(part: string, error: unknown): void {
    if (this.#closing.signal.aborted) return
    this.#parts.client.clearMetadata()
    this.#parts.trouble(part, messagingError(error, `Consuming (${part})`))
    const failures = (this.#failures.get(part) ?? 0) + 1
    this.#failures.set(part, failures)
    this.#resting.add(part)
    void retryDelay(failures, this.#closing.signal).then(() => {
      this.#resting.delete(part)
      this.run()
    })
  }

  #well(part: string): void {
    if (this.#failures.delete(part)) this.#parts.trouble(part, null)
  }

  /** Finds where to begin in partitions that came. */
  async #locate(): Promise<void> {
    const unknown = [...this.#positions.values()].filter((position) => position.sought && position.next === null && !this.#resting.has(nameOf(position)))
    if (unknown.length === 0) return
    const byTopic = Map.groupBy(unknown, ({ topic }) => topic)
    const topics = [...byTopic].map(([topic, positions]) => ({ topic, partitions: positions.map(({ partition }) => partition) }))
    const committed = await this.#parts.client.listCommittedOffsets({ topics })
    for (const [topic, positions] of byTopic) {
      const leftOff = (position: Position) => (position.fromStart ? -1n : (committed.get(topic)?.[position.partition] ?? -1n))
      try {
        const earliest = positions.some((position) => leftOff(position) < 0n) ? await this.#earliest(topic) : []
        for (const position of positions) {
          const offset = leftOff(position)
          position.next = offset >= 0n ? offset : (earliest[position.partition] ?? 0n)
          position.fromStart = false
        }
      } catch (error) {
        // A topic that is gone must not hold up the others.
        for (const position of positions) this.#failed(nameOf(position), error)
      }
    }
  }

  async #earliest(topic: string): Promise<bigint[]> {
    return (await this.#parts.client.listOffsets({ topics: [topic], timestamp: ListOffsetTimestamps.EARLIEST })).get(topic) ?? []
  }

  async #fetchFromIdleNodes(): Promise<void> {
    const wanted = [...this.#positions.values()].filter((position) => position.next !== null && !position.paused && !this.#resting.has(nameOf(position)))
    if (wanted.length === 0) return this.#forgetBrokersBut(new Set())
    const metadata = await this.#metadataOf(new Set(wanted.map(({ topic }) => topic)))
    const byNode = new Map<number, Position[]>()
    for (const position of wanted) {
      try {
        const node = leaderOf(metadata, position)
        const topicId = metadata.topics.get(position.topic)?.id ?? null
        if (position.topicId !== null && position.topicId !== topicId) {
          this.#beginAnew(position)
          continue
        }
        position.topicId = topicId
        byNode.set(node, [...(byNode.get(node) ?? []), position])
      } catch (error) {
        // The others have their leaders.
        this.#failed(nameOf(position), error)
      }
    }
    this.#forgetBrokersBut(new Set([...byNode.keys()].map(brokerPart)))
    for (const [node, positions] of byNode) {
      if (this.#fetching.has(node) || this.#resting.has(brokerPart(node))) continue
      const topics = partitionsToFetch(metadata, positions.map(({ topic, partition, next }) => ({ topic, partition, offset: next ?? 0n })), maxBytesPerPartition)
      this.#fetching.add(node)
      void this.#fetch(node, brokerAt(metadata, node), topics, {
        topics: new Map(positions.map(({ topic }) => [metadata.topics.get(topic)?.id ?? '', topic])),
        positions: new Map(positions.map((position) => [nameOf(position), position])),
      })
    }
  }

  /** Of the topics that are there: the client gives nothing of any when one is missing. */
  async #metadataOf(topics: ReadonlySet<string>): Promise<ClusterMetadata> {
    const { client } = this.#parts
    try {
      return await client.metadata({ topics: [...topics] })
    } catch (error) {
      if (topics.size === 1 || messagingError(error, '').code !== 'KAFKA_TOPIC_MISSING') throw error
      const there = await Promise.allSettled([...topics].map((topic) => client.metadata({ topics: [topic] })))
      const found = there.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
      const [first] = found
      if (!first) throw error
      return { ...first, topics: new Map(found.flatMap((each) => [...each.topics])) }
    }
  }

  /** One that led partitions of ours and does not any more is no trouble. */
  #forgetBrokersBut(leaders: ReadonlySet<string>): void {
    for (const part of this.#failures.keys()) if (part.startsWith(brokerPart('')) && !leaders.has(part)) this.#well(part)
  }

  async #fetch(node: number, broker: Broker, topics: FetchRequest['topics'], asked: Asked): Promise<void> {
    try {
      this.#deliver(await fetchBatches(this.#parts.connections, broker, { topics, maxWaitMs, maxBytes: maxBytesPerFetch }), asked)
      this.#well(brokerPart(node))
    } catch (error) {
      this.#failed(brokerPart(node), error)
    } finally {
      this.#fetching.delete(node)
      this.run()
    }
  }

  #deliver(answer: readonly FetchedTopic[], asked: Asked): void {
    if (this.#closing.signal.aborted) return
    this.#parts.followAssignment()
    for (const { topicId, partitions } of answer) {
      const topic = asked.topics.get(topicId)
      if (topic === undefined) continue
      for (const fetched of partitions) {
        const name = nameOf({ topic, partition: fetched.partition })
        const position = this.#positions.get(name)
        // Gone, gone and come again, or sought anew, while the broker held the answer.
        if (!position || position !== asked.positions.get(name) || position.next === null) continue
        if (fetched.errorCode === 0) this.#take(name, position, position.next, fetched)
        else this.#refused(position, fetched.errorCode)
      }
    }
  }

  #take(name: string, position: Position, from: bigint, fetched: FetchedPartition): void {
    let read
    try {
      read = committedRecords(position, fetched, from)
    } catch (error) {
      return this.#failed(name, error)
    }
    const { records, next } = read
    position.next = next
    this.#well(name)
    if (next === from) return
    // To the end of the line: a broker fills its answer from the first partition it is asked for.
    this.#positions.delete(name)
    this.#positions.set(name, position)
    const end = fetched.lastStableOffset >= 0n ? fetched.lastStableOffset : fetched.highWatermark
    this.#parts.records(position, records, { next, end: end > next ? end : next })
  }

  #refused(position: Position, errorCode: number): void {
    if (errorCode === offsetOutOfRange) this.#beginAnew(position)
    else this.#failed(nameOf(position), new ProtocolError(errorCode))
  }

  /** The records at the offset asked for are gone (retention, or the topic was made anew): reading goes on from what is there. */
  #beginAnew(position: Position): void {
    const name = nameOf(position)
    const lost = `${name} has no offset ${position.next} any more: records were lost to retention, or the topic was made anew`
    Object.assign(position, { next: null, fromStart: true, topicId: null })
    this.#failed(name, new MessagingError('KAFKA_CLIENT', `${lost}. Reading goes on from its beginning`))
  }
}

function brokerPart(node: number | ''): string {
  return `reading from broker ${node}`
}
