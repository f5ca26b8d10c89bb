import { type ClusterMetadata, type Consumer as Client, ListOffsetTimestamps, ProtocolError } from '@platformatic/kafka'
import { MessagingError } from '../../errors.js'
import { type KafkaRecord, nameOf, type TopicPartition } from '../ports.js'
import { retryDelay } from '../retry-delay.js'
import type { Brokers } from './brokers.js'
import { messagingError } from './errors.js'
import { fetch, type FetchLimits, type FetchResponse, leaderOf } from './fetch-request.js'
import { committedRecords, type FetchedPartition } from './records.js'

const limits: FetchLimits = {
  // A partition resumed meanwhile waits so long at the most.
  maxWaitMs: 100,
  maxBytes: 8 * 1024 * 1024,
  // A larger share makes a slow consumer hold more than it can use, and was slower (50 MB: a third of the rate).
  maxBytesPerPartition: 1024 * 1024,
}
const offsetOutOfRange = 1

interface Position extends TopicPartition {
  /** Whether it was said where to begin: until then nothing is read. */
  sought: boolean
  /** null: begin where the group left off. */
  next: bigint | null
  /** Begin at the first record there, not where the group left off. */
  fromStart: boolean
  paused: boolean
}

/** Partitions as they were when a request for them left, by name. */
type Asked = ReadonlyMap<string, Position>

export interface FetchParts {
  readonly client: Client
  readonly brokers: Brokers
  readonly topics: readonly string[]
  /** Called before anything is done with an answer: partitions may have gone while the broker held it. */
  readonly followAssignment: () => void
  readonly records: (partition: TopicPartition, records: readonly KafkaRecord[], end: bigint) => void
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
    this.#positions.set(nameOf({ topic, partition }), { topic, partition, sought: false, next: null, fromStart: false, paused: false })
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
    this.#positions.set(name, { ...before, sought: true, next: offset, fromStart: false })
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
    const unknown = [...this.#positions.values()].filter(({ sought, next }) => sought && next === null)
    if (unknown.length === 0) return
    const byTopic = Map.groupBy(unknown, ({ topic }) => topic)
    const topics = [...byTopic].map(([topic, positions]) => ({ topic, partitions: positions.map(({ partition }) => partition) }))
    const committed = await this.#parts.client.listCommittedOffsets({ topics })
    for (const [topic, positions] of byTopic) {
      const leftOff = (position: Position) => (position.fromStart ? -1n : (committed.get(topic)?.[position.partition] ?? -1n))
      const earliest = positions.some((position) => leftOff(position) < 0n) ? await this.#earliest(topic) : []
      for (const position of positions) {
        const offset = leftOff(position)
        position.next = offset >= 0n ? offset : (earliest[position.partition] ?? 0n)
        position.fromStart = false
      }
    }
  }

  async #earliest(topic: string): Promise<bigint[]> {
    return (await this.#parts.client.listOffsets({ topics: [topic], timestamp: ListOffsetTimestamps.EARLIEST })).get(topic) ?? []
  }

  async #fetchFromIdleNodes(): Promise<void> {
    const wanted = [...this.#positions.values()].filter((position) => position.next !== null && !position.paused && !this.#resting.has(nameOf(position)))
    if (wanted.length === 0) return this.#forgetBrokersBut(new Set())
    const metadata = await this.#parts.client.metadata({ topics: [...this.#parts.topics] })
    const byNode = new Map<number, Position[]>()
    for (const position of wanted) {
      try {
        const node = leaderOf(metadata, position)
        byNode.set(node, [...(byNode.get(node) ?? []), position])
      } catch (error) {
        // The others have their leaders.
        this.#failed(nameOf(position), error)
      }
    }
    this.#forgetBrokersBut(new Set([...byNode.keys()].map(brokerPart)))
    for (const [node, positions] of byNode) {
      if (this.#fetching.has(node) || this.#resting.has(brokerPart(node))) continue
      this.#fetching.add(node)
      void this.#fetch(node, metadata, positions)
    }
  }

  /** One that led partitions of ours and does not any more is no trouble. */
  #forgetBrokersBut(leaders: ReadonlySet<string>): void {
    for (const part of this.#failures.keys()) if (part.startsWith(brokerPart('')) && !leaders.has(part)) this.#well(part)
  }

  async #fetch(node: number, metadata: ClusterMetadata, positions: readonly Position[]): Promise<void> {
    const asked: Asked = new Map(positions.map((position) => [nameOf(position), position]))
    try {
      const broker = metadata.brokers.get(node)
      if (!broker) throw new MessagingError('KAFKA_UNAVAILABLE', `Broker ${node} is not known`)
      const request = fetch(metadata, positions.map(({ topic, partition, next }) => ({ topic, partition, offset: next ?? 0n })), limits)
      this.#deliver(await this.#parts.brokers.at(broker, request), asked)
      this.#well(brokerPart(node))
    } catch (error) {
      this.#failed(brokerPart(node), error)
    } finally {
      this.#fetching.delete(node)
      this.run()
    }
  }

  #deliver(response: FetchResponse, asked: Asked): void {
    if (this.#closing.signal.aborted) return
    this.#parts.followAssignment()
    for (const [topic, partitions] of response) {
      for (const fetched of partitions) {
        const name = nameOf({ topic, partition: fetched.partitionIndex })
        const position = this.#positions.get(name)
        // Gone, gone and come again, or sought anew, while the broker held the answer.
        if (!position || position !== asked.get(name) || position.next === null) continue
        // What a broker refuses for one partition it may have for the others.
        if (fetched.errorCode === 0) this.#take(position, position.next, fetched)
        else this.#refused(position, fetched.errorCode)
      }
    }
  }

  #take(position: Position, from: bigint, fetched: FetchedPartition): void {
    const { records, next } = committedRecords(position, fetched, from)
    position.next = next
    const name = nameOf(position)
    this.#well(name)
    if (fetched.records.length > 0) {
      // Comes last in the next request: a batch that is larger than the limit is answered only to the first.
      this.#positions.delete(name)
      this.#positions.set(name, position)
    }
    if (records.length > 0) this.#parts.records(position, records, fetched.lastStableOffset >= 0n ? fetched.lastStableOffset : fetched.highWatermark)
  }

  #refused(position: Position, errorCode: number): void {
    const name = nameOf(position)
    if (errorCode !== offsetOutOfRange) return this.#failed(name, new ProtocolError(errorCode))
    // The records at this offset are gone (retention, or the topic was made anew): reading goes on from what is there.
    const lost = `${name} has no offset ${position.next} any more: records were lost to retention, or the topic was made anew`
    position.next = null
    position.fromStart = true
    this.#failed(name, new MessagingError('KAFKA_CLIENT', `${lost}. Reading goes on from its beginning`))
  }
}

function brokerPart(node: number | ''): string {
  return `reading from broker ${node}`
}
