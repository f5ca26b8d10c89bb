import { MessagingError } from '../../errors.js'
import type { Read } from '../fetch-source.js'
import { type KafkaClientOptions, type KafkaRecord, nameOf, type PartitionOffset, type Reader, type TopicPartition } from '../ports.js'
import { retryDelay } from '../retry-delay.js'
import { KafkajsCluster, offsetOf } from './cluster.js'
import { isTopicMissing, messagingError } from './errors.js'
import { fetchAlone } from './fetch.js'
import { readUncommitted } from './protocol.js'

const maxBytes = 4 * 1024 * 1024
const maxWaitMs = 200
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

  written(topic: string): Promise<bigint[]> {
    return this.#repeat(`Asking for offsets of ${topic}`, () => this.#cluster.offsets(topic, offsetOf.end, readUncommitted))
  }

  async offsetsAt(topic: string, timestampMs: number): Promise<bigint[]> {
    const found = await this.#offsets(topic, timestampMs)
    const end = await this.#offsets(topic, offsetOf.end)
    return found.map((offset, partition) => (offset >= 0n ? offset : (end[partition] ?? 0n)))
  }

  async *read(partition: TopicPartition, from: bigint, to: bigint): AsyncGenerator<readonly KafkaRecord[]> {
    for (let next = from; next < to; ) {
      const fetched = await this.#repeat(`Reading ${nameOf(partition)} at ${next}`, () => this.#fetch({ ...partition, offset: next }))
      next = fetched.next
      const wanted = fetched.records.filter(({ offset }) => offset < to)
      if (wanted.length > 0) yield wanted
    }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#cluster.close()
  }

  async #fetch(at: PartitionOffset): Promise<Read> {
    await this.#cluster.know([at.topic])
    const node = await this.#cluster.node(this.#cluster.leaderOf(at))
    return fetchAlone(node, at, maxBytes, maxWaitMs)
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
