import { Consumer as Client, FetchIsolationLevels, ListOffsetTimestamps, type BaseOptions } from '@platformatic/kafka'
import { MessagingError } from '../../errors.js'
import { type Consumer, type ConsumerOptions, type ConsumerSink, nameOf, type PartitionOffset, type TopicPartition } from '../ports.js'
import { retryDelay } from '../retry-delay.js'
import { brokerSaid, messagingError } from './errors.js'
import { fetchRequest, leaderOf } from './fetch-request.js'
import { committedRecords, type FetchResponse } from './records.js'

/** A larger share makes a slow consumer hold more than it can use, and was slower (50 MB, the client's default: a third of the rate). */
const maxBytesPerPartition = 1024 * 1024
const maxBytesPerFetch = 8 * 1024 * 1024
/** How long a broker may hold an answer when there is nothing new. A partition resumed meanwhile waits so long at the most. */
const maxWaitMs = 100

interface Assigned extends TopicPartition {
  /** null until it is known where to begin. */
  next: bigint | null
  /** Begin at the first record there, not where the group left off. */
  fromStart: boolean
  paused: boolean
}

/**
 * A member of a consumer group that fetches by itself: the client's own streams can be paused only whole, and hand on
 * records of aborted transactions. Membership is the client's (cooperative: a rebalance stops only what moves); it
 * retries nothing by itself here, so that nothing is repeated for a partition that is no longer ours.
 */
export class PlatformaticConsumer implements Consumer {
  readonly #client: Client
  readonly #options: ConsumerOptions
  readonly #assigned = new Map<string, Assigned>()
  readonly #fetchingNodes = new Set<number>()
  readonly #closing = new AbortController()
  #sink: ConsumerSink | null = null
  #joining = false
  #pumping: Promise<void> = Promise.resolve()
  #pumpQueued = false
  #failures = 0

  constructor(base: BaseOptions, options: ConsumerOptions) {
    this.#options = options
    this.#client = new Client({
      ...base,
      groupId: options.groupId,
      autocommit: false,
      retries: 0,
      sessionTimeout: options.sessionTimeoutMs,
      rebalanceTimeout: Math.max(options.sessionTimeoutMs, 30_000),
      heartbeatInterval: Math.floor(options.sessionTimeoutMs / 5),
      protocols: [{ name: 'cooperative-sticky', version: 3 }],
    })
    this.#client.topics.trackAll(...options.topics)
  }

  start(sink: ConsumerSink): void {
    this.#sink = sink
    this.#client.on('consumer:group:join', () => this.#pump())
    this.#client.on('consumer:group:rebalance', () => this.#pump())
    this.#client.on('consumer:heartbeat:error', ({ error }) => this.#failed(error, `Heartbeat of ${this.#options.groupId}`))
    // The client gave up to rejoin, and would stay outside.
    this.#client.on('error', (error: Error) => {
      this.#failed(error, `Rejoining ${this.#options.groupId}`)
      void this.#join()
    })
    void this.#join()
  }

  pause(partition: TopicPartition): void {
    const assigned = this.#assigned.get(nameOf(partition))
    if (assigned) assigned.paused = true
  }

  resume(partition: TopicPartition): void {
    const assigned = this.#assigned.get(nameOf(partition))
    if (!assigned?.paused) return
    assigned.paused = false
    this.#pump()
  }

  async commit(offsets: readonly PartitionOffset[]): Promise<void> {
    const ours = offsets.filter((partition) => this.#assigned.has(nameOf(partition)))
    if (ours.length === 0) return
    try {
      await this.#client.commit({ offsets: ours.map(({ topic, partition, offset }) => ({ topic, partition, offset, leaderEpoch: -1 })) })
    } catch (error) {
      throw messagingError(error, `Committing offsets of ${this.#options.groupId}`)
    }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#pumping
    await this.#client.close(true)
  }

  async #join(): Promise<void> {
    if (this.#joining) return
    this.#joining = true
    for (let attempt = 1; !this.#closing.signal.aborted; attempt++) {
      try {
        await this.#client.joinGroup({})
        this.#well()
        break
      } catch (error) {
        this.#failed(error, `Joining ${this.#options.groupId}`)
        await retryDelay(attempt, this.#closing.signal)
      }
    }
    this.#joining = false
    this.#pump()
  }

  /** Takes up what changed and asks every leader that is not asked already. Runs once at a time. */
  #pump(): void {
    // Revocation must be known before anything else is done.
    this.#followAssignment()
    if (this.#pumpQueued) return
    this.#pumpQueued = true
    this.#pumping = this.#pumping.then(async () => {
      this.#pumpQueued = false
      if (this.#closing.signal.aborted) return
      try {
        this.#followAssignment()
        await this.#locate()
        await this.#fetchFromIdleNodes()
      } catch (error) {
        if (this.#closing.signal.aborted) return
        this.#failed(error, `Consuming as ${this.#options.groupId}`)
        this.#client.clearMetadata()
        await retryDelay(++this.#failures, this.#closing.signal)
        this.#pump()
      }
    })
  }

  #followAssignment(): void {
    if (this.#closing.signal.aborted) return
    const now = new Map<string, TopicPartition>()
    for (const { topic, partitions } of this.#client.assignments ?? []) {
      for (const partition of partitions) now.set(nameOf({ topic, partition }), { topic, partition })
    }
    const gone = [...this.#assigned].filter(([name]) => !now.has(name))
    for (const [name] of gone) this.#assigned.delete(name)
    if (gone.length > 0) this.#sink?.revoked(gone.map(([, partition]) => partition))
    const come = [...now].filter(([name]) => !this.#assigned.has(name))
    for (const [name, partition] of come) this.#assigned.set(name, { ...partition, next: null, fromStart: false, paused: false })
    if (come.length > 0) this.#sink?.assigned(come.map(([, partition]) => partition))
  }

  /** Finds where to begin in partitions that came. */
  async #locate(): Promise<void> {
    const unknown = [...this.#assigned.values()].filter(({ next }) => next === null)
    if (unknown.length === 0) return
    const byTopic = Map.groupBy(unknown, ({ topic }) => topic)
    const topics = [...byTopic].map(([topic, partitions]) => ({ topic, partitions: partitions.map(({ partition }) => partition) }))
    const committed = await this.#client.listCommittedOffsets({ topics })
    for (const [topic, partitions] of byTopic) {
      const leftOff = (assigned: Assigned) => (assigned.fromStart ? -1n : (committed.get(topic)?.[assigned.partition] ?? -1n))
      const earliest = partitions.some((assigned) => leftOff(assigned) < 0n) ? await this.#earliest(topic) : []
      for (const assigned of partitions) {
        const offset = leftOff(assigned)
        assigned.next = offset >= 0n ? offset : (earliest[assigned.partition] ?? 0n)
        assigned.fromStart = false
      }
    }
  }

  async #earliest(topic: string): Promise<bigint[]> {
    return (await this.#client.listOffsets({ topics: [topic], timestamp: ListOffsetTimestamps.EARLIEST })).get(topic) ?? []
  }

  async #fetchFromIdleNodes(): Promise<void> {
    const wanted = [...this.#assigned.values()].filter(({ next, paused }) => next !== null && !paused)
    if (wanted.length === 0) return
    const metadata = await this.#client.metadata({ topics: [...this.#options.topics] })
    for (const [node, partitions] of Map.groupBy(wanted, (partition) => leaderOf(metadata, partition))) {
      if (this.#fetchingNodes.has(node)) continue
      const asked = partitions.map((assigned) => ({ assigned, ...assigned, offset: assigned.next ?? 0n }))
      const { topics } = fetchRequest(metadata, asked, maxBytesPerPartition)
      const topicOf = new Map(asked.map(({ topic }) => [metadata.topics.get(topic)?.id ?? '', topic]))
      this.#fetchingNodes.add(node)
      void this.#fetch(node, topics, topicOf)
    }
  }

  async #fetch(node: number, topics: Parameters<Client['fetch']>[0]['topics'], topicOf: ReadonlyMap<string, string>): Promise<void> {
    const asked = new Map(
      topics.flatMap(({ topicId, partitions }) => partitions.map((p) => [nameOf({ topic: topicOf.get(topicId) ?? '', partition: p.partition }), p.fetchOffset])),
    )
    try {
      const response = await this.#client.fetch({
        node,
        topics,
        minBytes: 1,
        maxWaitTime: maxWaitMs,
        maxBytes: maxBytesPerFetch,
        isolationLevel: FetchIsolationLevels.READ_COMMITTED,
      })
      if (this.#closing.signal.aborted) return
      this.#followAssignment()
      this.#deliver(response, topicOf, asked)
      this.#well()
    } catch (error) {
      if (this.#closing.signal.aborted) return
      this.#failed(error, `Fetching for ${this.#options.groupId}`)
      this.#client.clearMetadata()
      if (brokerSaid(error, ['OFFSET_OUT_OF_RANGE'])) this.#startOver(error as { response?: FetchResponse }, topicOf)
      await retryDelay(++this.#failures, this.#closing.signal)
    } finally {
      this.#fetchingNodes.delete(node)
      this.#pump()
    }
  }

  #deliver(response: FetchResponse, topicOf: ReadonlyMap<string, string>, asked: ReadonlyMap<string, bigint>): void {
    for (const { topicId, partitions } of response.responses) {
      const topic = topicOf.get(topicId)
      if (topic === undefined) continue
      for (const fetched of partitions) {
        const name = nameOf({ topic, partition: fetched.partitionIndex })
        const assigned = this.#assigned.get(name)
        // Revoked, or revoked and assigned again, while the broker held the answer.
        if (!assigned || assigned.next === null || assigned.next !== asked.get(name)) continue
        const { records, next } = committedRecords(assigned, fetched, assigned.next)
        assigned.next = next
        if (records.length > 0) this.#sink?.records(assigned, records, fetched.lastStableOffset >= 0n ? fetched.lastStableOffset : fetched.highWatermark)
      }
    }
  }

  /** The records at these offsets are gone (retention, or the topic was made anew): reading goes on from what is there. */
  #startOver(error: { readonly response?: FetchResponse }, topicOf: ReadonlyMap<string, string>): void {
    for (const { topicId, partitions } of error.response?.responses ?? []) {
      for (const { partitionIndex, errorCode } of partitions) {
        if (errorCode !== 1) continue
        const assigned = this.#assigned.get(nameOf({ topic: topicOf.get(topicId) ?? '', partition: partitionIndex }))
        if (!assigned || assigned.next === null) continue
        const lost = `${nameOf(assigned)} has no offset ${assigned.next} any more: records were lost to retention, or the topic was made anew`
        this.#sink?.health(new MessagingError('KAFKA_CLIENT', `${lost}. Reading goes on from its beginning`))
        assigned.next = null
        assigned.fromStart = true
      }
    }
  }

  #failed(error: unknown, doing: string): void {
    if (!this.#closing.signal.aborted) this.#sink?.health(messagingError(error, doing))
  }

  #well(): void {
    this.#failures = 0
    this.#sink?.health(null)
  }
}
