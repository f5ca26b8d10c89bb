import type { CompressionTypes } from 'kafkajs'
import { MessagingError } from '../../errors.js'
import type { KafkaClientOptions, Producer, RecordToSend } from '../ports.js'
import { retryDelay } from '../retry-delay.js'
import { failureOf, SendQueue, type Wanted, wantedOf } from '../send-queue.js'
import { chunksOf, type Sending } from '../sending.js'
import { KafkajsCluster } from './cluster.js'
import { compressionTypes } from './codecs.js'
import { messagingError } from './errors.js'
import { type Failed, partitionsOf, PartitionWriter } from './partition-writer.js'

/** Longer than a broker's restart or a leader's election. */
const patienceMs = 30_000
const requestTimeoutMs = 12_000
const closePatienceMs = 2_000

/** Writes under one identity; a new one is taken when it is not known what was written. */
export class KafkajsProducer implements Producer {
  readonly #cluster: KafkajsCluster
  readonly #compression: CompressionTypes
  readonly #closing = new AbortController()
  #writer: PartitionWriter | null = null
  readonly #queue = new SendQueue((group) => this.#sendGroup(group))

  constructor(options: KafkaClientOptions) {
    this.#cluster = new KafkajsCluster(options, requestTimeoutMs)
    this.#compression = compressionTypes[options.compression ?? 'none']
  }

  send(records: readonly RecordToSend[], signal?: AbortSignal): Promise<void> {
    return this.#queue.send(records, signal)
  }

  async close(): Promise<void> {
    await this.#queue.drain(closePatienceMs)
    this.#closing.abort()
    await this.#cluster.close()
  }

  async #sendGroup(group: readonly Sending[]): Promise<void> {
    const failed = await this.#write(group.flatMap(({ records }) => records), wantedOf(group))
    for (const sending of group) sending.settle(failureOf(sending, failed))
  }

  async #write(records: readonly RecordToSend[], wanted: Wanted): Promise<Failed> {
    let failed: Failed = new Map()
    for (const chunk of chunksOf(records)) {
      if (failed.size === 0) failed = await this.#request(chunk, wanted)
      // What comes after a record must not be written before it.
      else for (const record of chunk) failed.set(record, [...failed.values()][0] as MessagingError)
    }
    return failed
  }

  async #request(records: readonly RecordToSend[], wanted: Wanted): Promise<Failed> {
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(patienceMs)])
    for (let attempt = 1; ; attempt++) {
      try {
        this.#writer ??= await this.#identify(records)
        break
      } catch (error) {
        const mapped = messagingError(error, 'Asking for a producer id')
        // A topic that is missing is said at once.
        const { failed } = await partitionsOf(this.#cluster, records)
        const known = failed.size > 0 && [...failed.values()].every(({ code }) => code !== 'KAFKA_UNAVAILABLE')
        if (known && failed.size === records.length) return failed
        if (mapped.code !== 'KAFKA_UNAVAILABLE' || signal.aborted) return new Map(records.map((record) => [record, mapped]))
        this.#cluster.noteFailure(error)
        await retryDelay(attempt, signal)
      }
    }
    const failed = await this.#writer.write(records, signal, wanted)
    if (this.#writer.inDoubt) this.#writer = null
    for (const [record, error] of failed) {
      if (error.code === 'KAFKA_FENCED') failed.set(record, new MessagingError('KAFKA_UNAVAILABLE', error.message, { cause: error }))
    }
    return failed
  }

  /** Takes a new producer id. Any broker gives one. */
  async #identify(records: readonly RecordToSend[]): Promise<PartitionWriter> {
    await this.#cluster.know([...new Set(records.map(({ topic }) => topic))])
    const { producerId, producerEpoch } = await this.#cluster.anyNode((node) => node.initProducerId({ transactionTimeout: patienceMs }))
    return new PartitionWriter(this.#cluster, this.#compression, { producerId, producerEpoch })
  }
}
