import { Consumer as Client, type BaseOptions, findErrorBy } from '@platformatic/kafka'
import { MessagingError } from '../../errors.js'
import { FetchLoop } from '../fetch-loop.js'
import { endedWithin } from '../patience.js'
import { type Consumer, type ConsumerOptions, type ConsumerSink, nameOf, type PartitionOffset, type TopicPartition } from '../ports.js'
import { retryDelay } from '../retry-delay.js'
import { Troubles } from '../troubles.js'
import { AddedPartitions } from './added-partitions.js'
import { Brokers } from './brokers.js'
import { messagingError } from './errors.js'
import { PlatformaticFetchSource } from './fetch-source.js'

/** A broker that does not answer must not hold up the end of the process. */
const closePatienceMs = 2_000
/** The part of the work without which there is no other. */
const membership = 'membership'

/**
 * A member of a consumer group that fetches by itself: the client's own streams can be paused only whole, and hand on
 * records of aborted transactions. Membership is the client's (cooperative: a rebalance stops only what moves); it
 * retries nothing by itself here, so that nothing is repeated for a partition that is no longer ours.
 */
export class PlatformaticConsumer implements Consumer {
  readonly #client: Client
  /** Not those of the client: a broker answers the requests of one connection one after the other, and would let commits wait for records. */
  readonly #brokers: Brokers
  readonly #groupId: string
  readonly #fetching: FetchLoop
  readonly #added: AddedPartitions
  readonly #troubles = new Troubles((error) => this.#tell((sink) => sink.health(error)), membership)
  readonly #closing = new AbortController()
  #sink: ConsumerSink | null = null
  #memberId: string | null = null
  #joining = false
  #closed: Promise<void> | undefined

  constructor(base: BaseOptions, { groupId, topics, sessionTimeoutMs }: ConsumerOptions) {
    const rebalanceTimeout = Math.max(sessionTimeoutMs, 30_000)
    this.#groupId = groupId
    this.#client = new Client({
      ...base,
      groupId,
      autocommit: false,
      retries: 0,
      sessionTimeout: sessionTimeoutMs,
      rebalanceTimeout,
      heartbeatInterval: Math.floor(sessionTimeoutMs / 5),
      // The answer to a join comes when every member has joined, or the time for it is over.
      requestTimeout: rebalanceTimeout + 5_000,
      protocols: [{ name: 'cooperative-sticky', version: 3 }],
    })
    this.#client.topics.trackAll(...topics)
    this.#added = new AddedPartitions(this.#client, topics, () => void this.#join())
    this.#brokers = new Brokers(base)
    this.#brokers.use()
    this.#fetching = new FetchLoop({
      source: new PlatformaticFetchSource(this.#client, this.#brokers),
      followAssignment: () => this.#followAssignment(),
      records: (...read) => this.#tell((sink) => sink.records(...read)),
      trouble: (part, error) => (error ? this.#troubles.set(part, error) : this.#troubles.clear(part)),
    })
  }

  start(sink: ConsumerSink): void {
    this.#sink = sink
    this.#client.on('consumer:group:join', ({ isLeader }) => {
      this.#added.joined(isLeader === true)
      this.#followAssignment()
      this.#troubles.clear(membership)
    })
    this.#client.on('consumer:group:rebalance', () => this.#followAssignment())
    this.#client.on('consumer:heartbeat:end', () => this.#troubles.clear(membership))
    this.#client.on('consumer:heartbeat:error', ({ error }) => this.#failed(error, `Heartbeat of ${this.#groupId}`))
    // The client gave up to rejoin, and would stay outside.
    this.#client.on('error', (error: Error) => {
      this.#failed(error, `Rejoining ${this.#groupId}`)
      void this.#join()
    })
    void this.#join()
  }

  seek(partition: TopicPartition, offset: bigint | null): void {
    this.#fetching.seek(partition, offset)
  }

  pause(partition: TopicPartition): void {
    this.#fetching.pause(partition)
  }

  resume(partition: TopicPartition): void {
    this.#fetching.resume(partition)
  }

  async commit(offsets: readonly PartitionOffset[]): Promise<void> {
    this.#followAssignment()
    const ours = offsets.filter((partition) => this.#fetching.has(partition))
    if (ours.length === 0) return
    try {
      await this.#client.commit({ offsets: ours.map(({ topic, partition, offset }) => ({ topic, partition, offset, leaderEpoch: -1 })) })
    } catch (error) {
      const doing = `Committing offsets of ${this.#groupId}`
      if (isRebalance(error)) throw new MessagingError('GROUP_REBALANCING', `${doing}: the group is sharing out its partitions anew`, { cause: error })
      throw messagingError(error, doing)
    }
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close())
  }

  async #close(): Promise<void> {
    this.#closing.abort()
    this.#added.close()
    await endedWithin(this.#fetching.close(), closePatienceMs)
    // A group that cannot be left finds out when the session has run out.
    const left = this.#client.close(true).catch(() => this.#client.connections.close())
    await endedWithin(Promise.all([left, this.#brokers.release()]), closePatienceMs)
  }

  async #join(): Promise<void> {
    if (this.#joining) return
    this.#joining = true
    for (let attempt = 1; !this.#closing.signal.aborted; attempt++) {
      try {
        await this.#client.joinGroup({})
        break
      } catch (error) {
        this.#failed(error, `Joining ${this.#groupId}`)
        await retryDelay(attempt, this.#closing.signal)
      }
    }
    this.#joining = false
  }

  /** Tells what came and what went. Whatever is done for a partition is done after this. */
  #followAssignment(): void {
    const { memberId, assignments } = this.#client
    const now = new Map<string, TopicPartition>()
    for (const { topic, partitions } of assignments ?? []) {
      for (const partition of partitions) now.set(nameOf({ topic, partition }), { topic, partition })
    }
    // A member that was silent for too long comes back as another one: what it held was meanwhile another's.
    const lost = memberId !== this.#memberId
    const gone = this.#fetching.partitions.filter((partition) => lost || !now.has(nameOf(partition)))
    this.#memberId = memberId
    for (const partition of gone) this.#fetching.remove(partition)
    if (gone.length > 0) this.#tell((sink) => sink.revoked(gone))
    const come = [...now.values()].filter((partition) => !this.#fetching.has(partition))
    for (const partition of come) this.#fetching.add(partition)
    if (come.length === 0) return
    this.#tell((sink) => sink.assigned(come))
    this.#fetching.run()
  }

  #failed(error: unknown, doing: string): void {
    // To share out partitions is the group's daily work: the client joins anew.
    if (!isRebalance(error)) this.#troubles.set(membership, messagingError(error, doing))
  }

  #tell(what: (sink: ConsumerSink) => void): void {
    if (this.#sink && !this.#closing.signal.aborted) what(this.#sink)
  }
}

function isRebalance(error: unknown): boolean {
  return error instanceof Error && findErrorBy(error, 'needsRejoin', true) !== null
}
