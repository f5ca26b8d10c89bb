import { type BaseOptions, Consumer as Client, FetchIsolationLevels, type FetchIsolationLevelValue, ListOffsetTimestamps, ProtocolError } from '@platformatic/kafka'
import { MessagingError } from '../../errors.js'
import type { Read } from '../fetch-source.js'
import { endedWithin } from '../patience.js'
import { type KafkaRecord, nameOf, type Reader, type TopicPartition } from '../ports.js'
import { retryDelay } from '../retry-delay.js'
import { Brokers } from './brokers.js'
import { messagingError } from './errors.js'
import { fetchBatches } from './fetch.js'
import { brokerAt, leaderOf, partitionsToFetch } from './fetch-request.js'
import { committedRecords } from './records.js'
import { askPatienceMs, patience, repeated } from './repeating.js'

const maxBytes = 4 * 1024 * 1024
const maxWaitMs = 200
const requestTimeout = 15_000
const closePatienceMs = 2_000

/** Reads by partition and offset. The client wants a group's name; it is never joined. */
export class PlatformaticReader implements Reader {
  readonly #client: Client
  readonly #brokers: Brokers
  readonly #closing = new AbortController()

  constructor(base: BaseOptions) {
    this.#client = new Client({ ...base, requestTimeout, retries: 0, groupId: 'no-group', autocommit: false })
    this.#brokers = new Brokers(base)
    this.#brokers.use()
  }

  async bounds(topic: string): Promise<{ first: bigint; end: bigint }[]> {
    const first = await this.#offsets(topic, ListOffsetTimestamps.EARLIEST)
    const end = await this.#offsets(topic, ListOffsetTimestamps.LATEST)
    return first.map((offset, partition) => ({ first: offset, end: end[partition] ?? offset }))
  }

  written(topic: string): Promise<bigint[]> {
    return this.#offsets(topic, ListOffsetTimestamps.LATEST, FetchIsolationLevels.READ_UNCOMMITTED)
  }

  async offsetsAt(topic: string, timestampMs: number): Promise<bigint[]> {
    const found = await this.#offsets(topic, BigInt(timestampMs))
    const end = await this.#offsets(topic, ListOffsetTimestamps.LATEST)
    return found.map((offset, partition) => (offset >= 0n ? offset : (end[partition] ?? 0n)))
  }

  async *read(partition: TopicPartition, from: bigint, to: bigint): AsyncGenerator<readonly KafkaRecord[]> {
    this.#client.topics.track(partition.topic)
    let failures = 0
    for (let next = from; next < to; ) {
      if (this.#closing.signal.aborted) throw new MessagingError('KAFKA_UNAVAILABLE', `Reading ${nameOf(partition)} at ${next}: the reader was closed`)
      let fetched
      try {
        fetched = await this.#fetch(partition, next)
        failures = 0
      } catch (error) {
        const mapped = messagingError(error, `Reading ${nameOf(partition)} at ${next}`)
        if (mapped.kind !== 'transient' || this.#closing.signal.aborted || ++failures > 10) throw mapped
        this.#client.clearMetadata()
        await retryDelay(failures, this.#closing.signal)
        continue
      }
      next = fetched.next
      const wanted = fetched.records.filter(({ offset }) => offset < to)
      if (wanted.length > 0) yield wanted
    }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await endedWithin(Promise.all([this.#client.close(), this.#brokers.release()]), closePatienceMs)
  }

  async #fetch(partition: TopicPartition, offset: bigint): Promise<Pick<Read, 'records' | 'next'>> {
    const metadata = await this.#client.metadata({ topics: [partition.topic] })
    const at = { ...partition, offset }
    const topics = partitionsToFetch(metadata, [at], maxBytes)
    const answer = await fetchBatches(this.#brokers, brokerAt(metadata, leaderOf(metadata, at)), { topics, maxWaitMs, maxBytes })
    const fetched = answer[0]?.partitions[0]
    if (!fetched) return { records: [], next: offset }
    if (fetched.errorCode !== 0) throw new ProtocolError(fetched.errorCode)
    return committedRecords(partition, fetched, offset)
  }

  async #offsets(topic: string, timestamp: bigint, isolationLevel: FetchIsolationLevelValue = FetchIsolationLevels.READ_COMMITTED): Promise<bigint[]> {
    try {
      const ask = () => this.#client.listOffsets({ topics: [topic], timestamp, isolationLevel })
      return (await repeated(ask, patience(this.#closing.signal, askPatienceMs))).get(topic) ?? []
    } catch (error) {
      throw messagingError(error, `Asking for offsets of ${topic}`)
    }
  }
}
