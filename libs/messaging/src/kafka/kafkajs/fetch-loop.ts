import { MessagingError } from '../../errors.js'
import { type ConsumerSink, nameOf, type TopicPartition } from '../ports.js'
import { retryDelay } from '../retry-delay.js'
import { type KafkajsCluster, offsetOf } from './cluster.js'
import { brokerSaid, isAnswer, messagingError } from './errors.js'
import { coordinatorType, type FetchedPartition, readCommitted } from './protocol.js'
import { committedRecords, stableEnd } from './records.js'

const maxBytesPerPartition = 1024 * 1024
const maxBytesPerFetch = 8 * 1024 * 1024
/** More than a broker gives in one answer (its fetch.max.bytes), unless a single batch is larger. */
export const allBytes = 64 * 1024 * 1024
/** How long a broker may hold an answer when there is nothing new. A partition resumed meanwhile waits so long at the most. */
const maxWaitMs = 100

interface Position extends TopicPartition {
  /** Whether it was said where to begin: until then nothing is read. */
  readonly sought: boolean
  /** null: begin where the group left off. */
  next: bigint | null
  /** Begin at the first record there, not where the group left off. */
  fromStart: boolean
  paused: boolean
  /**
   * Is asked for in a request of its own: the client drops the whole answer when one partition of it was refused, and
   * gives nothing for batches that compaction has emptied.
   */
  alone: boolean
}

export interface FetchParts {
  readonly cluster: KafkajsCluster
  readonly groupId: string
  readonly records: ConsumerSink['records']
  /** What does not work, by the part of the work; null: it does (again). */
  readonly trouble: (part: string, error: MessagingError | null) => void
}

/** Reads the partitions of a member: one request to each of their leaders at a time. */
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
    this.#positions.set(nameOf({ topic, partition }), { topic, partition, sought: false, next: null, fromStart: false, paused: false, alone: false })
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
    this.#parts.cluster.noteFailure(error)
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

  /** Finds where to begin. */
  async #locate(): Promise<void> {
    const unknown = [...this.#positions.values()].filter(({ sought, next }) => sought && next === null)
    if (unknown.length === 0) return
    const { cluster, groupId } = this.#parts
    const byTopic = Map.groupBy(unknown, ({ topic }) => topic)
    const topics = [...byTopic].map(([topic, positions]) => ({ topic, partitions: positions.map(({ partition }) => ({ partition })) }))
    const coordinator = await cluster.coordinator(groupId, coordinatorType.group)
    const { responses } = await coordinator.offsetFetch({ groupId, topics })
    const committed = new Map(responses.flatMap(({ topic, partitions }) => partitions.map(({ partition, offset }) => [nameOf({ topic, partition }), BigInt(offset)])))
    for (const [topic, positions] of byTopic) {
      const leftOff = (position: Position) => (position.fromStart ? -1n : (committed.get(nameOf(position)) ?? -1n))
      const earliest = positions.some((position) => leftOff(position) < 0n) ? await cluster.offsets(topic, offsetOf.first) : []
      for (const position of positions) {
        const offset = leftOff(position)
        position.next = offset >= 0n ? offset : (earliest[position.partition] ?? 0n)
        position.fromStart = false
      }
    }
  }

  async #fetchFromIdleNodes(): Promise<void> {
    const wanted = [...this.#positions.values()].filter((position) => position.next !== null && !position.paused && !this.#resting.has(nameOf(position)))
    if (wanted.length === 0) return this.#forgetBrokersBut(new Set())
    await this.#parts.cluster.know([...new Set(wanted.map(({ topic }) => topic))])
    const byNode = new Map<number, Position[]>()
    for (const position of wanted) {
      try {
        const node = this.#parts.cluster.leaderOf(position)
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
      const alone = positions.find((position) => position.alone || this.#failures.has(nameOf(position)))
      void this.#fetch(node, alone ? [alone] : positions)
    }
  }

  /** One that led partitions of ours and does not any more is no trouble. */
  #forgetBrokersBut(leaders: ReadonlySet<string>): void {
    for (const part of this.#failures.keys()) if (part.startsWith(brokerPart('')) && !leaders.has(part)) this.#well(part)
  }

  async #fetch(node: number, positions: readonly Position[]): Promise<void> {
    const [first] = positions
    const alone = positions.length === 1 && first?.alone === true
    const maxBytes = alone ? allBytes : maxBytesPerPartition
    const asked = positions.map((position) => ({ position, from: position.next ?? 0n }))
    try {
      const broker = await this.#parts.cluster.node(node)
      const { responses } = await broker.fetch({
        isolationLevel: readCommitted,
        maxWaitTime: maxWaitMs,
        minBytes: 1,
        maxBytes: alone ? allBytes : maxBytesPerFetch,
        topics: [...Map.groupBy(asked, ({ position }) => position.topic)].map(([topic, each]) => ({
          topic,
          partitions: each.map(({ position, from }) => ({ partition: position.partition, fetchOffset: String(from), maxBytes })),
        })),
      })
      const answers = new Map(responses.flatMap(({ topicName: topic, partitions }) => partitions.map((each) => [nameOf({ topic, partition: each.partition }), each])))
      for (const { position, from } of asked) {
        const fetched = answers.get(nameOf(position))
        if (fetched && this.#isNow(position, from)) this.#take(position, from, fetched, alone)
      }
      this.#well(brokerPart(node))
    } catch (error) {
      this.#refused(node, asked, error)
    } finally {
      this.#fetching.delete(node)
      this.run()
    }
  }

  /** Whether a position is still the one that was asked for. */
  #isNow(position: Position, from: bigint): boolean {
    return !this.#closing.signal.aborted && this.#positions.get(nameOf(position)) === position && position.next === from
  }

  #take(position: Position, from: bigint, fetched: FetchedPartition, alone: boolean): void {
    const { records, next } = committedRecords(position, fetched, from)
    const end = stableEnd(fetched)
    const nothing = next === from && end > from
    // Nothing, though there is something, when all of it was asked for: batches that compaction has emptied.
    position.next = nothing && alone ? end : next
    position.alone = nothing && !alone
    this.#well(nameOf(position))
    if (position.next > from) this.#parts.records(position, records, { next: position.next, end: end > position.next ? end : position.next })
  }

  #refused(node: number, asked: readonly { readonly position: Position; readonly from: bigint }[], error: unknown): void {
    const still = asked.filter(({ position, from }) => this.#isNow(position, from))
    // What could not be read, be it for its compression, is the fault of a partition, as is a broker's refusal.
    const ofPartition = isAnswer(error) || messagingError(error, '').code === 'KAFKA_UNSUPPORTED'
    if (!ofPartition) return this.#failed(brokerPart(node), error)
    const [only] = asked
    if (!only || asked.length > 1) {
      // It is not said which of them was refused.
      for (const { position } of still) position.alone = true
    } else if (still.length > 0) {
      const { position } = only
      const name = nameOf(position)
      if (!brokerSaid(error, ['OFFSET_OUT_OF_RANGE'])) return this.#failed(name, error)
      // The records at this offset are gone (retention, or the topic was made anew): reading goes on from what is there.
      const lost = `${name} has no offset ${position.next} any more: records were lost to retention, or the topic was made anew`
      position.next = null
      position.fromStart = true
      this.#failed(name, new MessagingError('KAFKA_CLIENT', `${lost}. Reading goes on from its beginning`))
    }
  }
}

function brokerPart(node: number | ''): string {
  return `reading from broker ${node}`
}
