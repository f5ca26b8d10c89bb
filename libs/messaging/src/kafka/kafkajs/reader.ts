import { MessagingError } from '../../errors.js'
import { type KafkaClientOptions, type KafkaRecord, nameOf, type Reader, type TopicPartition } from '../ports.js'
import { retryDelay } from '../retry-delay.js'
import { KafkajsCluster, offsetOf } from './cluster.js'
import { isTopicMissing, messagingError } from './errors.js'
import { readCommitted } from './protocol.js'
import { committedRecords, type Fetched, stableEnd } from './records.js'

const maxBytes = 4 * 1024 * 1024
/** More than a broker gives in one answer (its fetch.max.bytes), unless a single batch is larger. */
export const allBytes = 64 * 1024 * 1024
const requestTimeoutMs = 15_000
const mostFailures = 10

/** Reads by partition and offset, without any group. */
export class KafkajsReader implements Reader {
  readonly #cluster: KafkajsCluster
  readonly #closing = new AbortController()

  constructor(options: KafkaClientOptions) {
    this.#cluster = new KafkajsCluster(options, requestTimeoutMs)
  }

  async bounds(topic: string): Promise<{ first: bigint; end: bigint }[]> {
    const first = await this.#offsets(topic, offsetOf.first)
    const end = await this.#offsets(topic, offsetOf.end)
    return first.map((offset, partition) => ({ first: offset, end: end[partition] ?? offset }))
  }

  async offsetsAt(topic: string, timestampMs: number): Promise<bigint[]> {
    const found = await this.#offsets(topic, timestampMs)
    const end = await this.#offsets(topic, offsetOf.end)
    return found.map((offset, partition) => (offset >= 0n ? offset : (end[partition] ?? 0n)))
  }

  async *read(partition: TopicPartition, from: bigint, to: bigint): AsyncGenerator<readonly KafkaRecord[]> {
    for (let next = from; next < to; ) {
      const fetched = await this.#repeat(`Reading ${nameOf(partition)} at ${next}`, () => this.#fetch(partition, next))
      next = fetched.next
      const wanted = fetched.records.filter(({ offset }) => offset < to)
      if (wanted.length > 0) yield wanted
    }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#cluster.close()
  }

  async #fetch(partition: TopicPartition, from: bigint): Promise<Fetched> {
    await this.#cluster.know([partition.topic])
    for (const most of [maxBytes, allBytes]) {
      const node = await this.#cluster.node(this.#cluster.leaderOf(partition))
      const { responses } = await node.fetch({
        isolationLevel: readCommitted,
        maxWaitTime: 200,
        minBytes: 1,
        maxBytes: most,
        topics: [{ topic: partition.topic, partitions: [{ partition: partition.partition, fetchOffset: String(from), maxBytes: most }] }],
      })
      const answered = responses[0]?.partitions[0]
      if (!answered) break
      const fetched = committedRecords(partition, answered, from)
      if (fetched.next > from || stableEnd(answered) <= from) return fetched
      // There is something, and none of it is a record: batches that compaction has emptied, which the client leaves out.
      if (most === allBytes) return { records: [], next: stableEnd(answered) }
    }
    return { records: [], next: from }
  }

  #offsets(topic: string, timestamp: number): Promise<bigint[]> {
    return this.#repeat(`Asking for offsets of ${topic}`, () => this.#cluster.offsets(topic, timestamp))
  }

  async #repeat<T>(doing: string, work: () => Promise<T>): Promise<T> {
    for (let failures = 1; ; failures++) {
      if (this.#closing.signal.aborted) throw new MessagingError('KAFKA_UNAVAILABLE', `${doing}: the reader was closed`)
      try {
        return await work()
      } catch (error) {
        const mapped = messagingError(error, doing)
        // A broker that has just begun to lead a partition may not know it yet.
        const passing = mapped.code === 'KAFKA_UNAVAILABLE' || isTopicMissing(error)
        if (!passing || this.#closing.signal.aborted || failures > mostFailures) throw mapped
        this.#cluster.noteFailure(error)
        await retryDelay(failures, this.#closing.signal)
      }
    }
  }
}
