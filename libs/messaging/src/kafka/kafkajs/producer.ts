import type { CompressionTypes } from 'kafkajs'
import { MessagingError } from '../../errors.js'
import { endedWithin } from '../patience.js'
import type { KafkaClientOptions, Producer, RecordToSend } from '../ports.js'
import { retryDelay } from '../retry-delay.js'
import { chunksOf, fits, Sending } from '../sending.js'
import { KafkajsCluster } from './cluster.js'
import { compressionTypes } from './codecs.js'
import { messagingError } from './errors.js'
import { type Failed, partitionsOf, PartitionWriter } from './partition-writer.js'

/** Longer than a broker's restart or a leader's election. */
const patienceMs = 30_000
const requestTimeoutMs = 12_000
const closePatienceMs = 2_000

/**
 * One request to a leader is under way at a time, and what comes in meanwhile shares the next one: records keep their
 * order also when a request is repeated, and the more there is to do, the larger the batches.
 */
export class KafkajsProducer implements Producer {
  readonly #cluster: KafkajsCluster
  readonly #compression: CompressionTypes
  readonly #closing = new AbortController()
  #writer: PartitionWriter | null = null
  #waiting: Sending[] = []
  #busy = false
  #sending: Promise<void> = Promise.resolve()

  constructor(options: KafkaClientOptions) {
    this.#cluster = new KafkajsCluster(options, requestTimeoutMs)
    this.#compression = compressionTypes[options.compression ?? 'none']
  }

  send(records: readonly RecordToSend[], signal?: AbortSignal): Promise<void> {
    if (records.length === 0) return Promise.resolve()
    const sending = new Sending(records, signal)
    this.#waiting.push(sending)
    if (!this.#busy) this.#sending = this.#sendWaiting()
    return sending.answer
  }

  /** Waits a little for what is under way; with the cluster away that would be long, and whoever sent it has it still. */
  async close(): Promise<void> {
    await endedWithin(this.#sending, closePatienceMs)
    this.#closing.abort()
    await this.#cluster.close()
  }

  async #sendWaiting(): Promise<void> {
    this.#busy = true
    while (this.#waiting.length > 0) {
      const group = this.#takeGroup()
      if (group.length === 0) continue
      const failed = await this.#write(group.flatMap(({ records }) => records))
      for (const sending of group) {
        const lost = failed.size === 0 ? undefined : sending.records.find((record) => failed.has(record))
        sending.settle((lost && failed.get(lost)) ?? null)
      }
    }
    // In the same turn as the last look at what waits: a send after it must start anew.
    this.#busy = false
  }

  /** What goes into the next request: calls that fit together, or one that is too large for one. */
  #takeGroup(): Sending[] {
    let [records, bytes, end] = [0, 0, 0]
    for (const sending of this.#waiting) {
      records += sending.records.length
      bytes += sending.bytes
      if (end > 0 && !fits(records, bytes)) break
      end++
    }
    return this.#waiting.splice(0, end).filter(({ answered }) => !answered)
  }

  async #write(records: readonly RecordToSend[]): Promise<Failed> {
    let failed: Failed = new Map()
    for (const chunk of chunksOf(records)) {
      if (failed.size === 0) failed = await this.#request(chunk)
      // What comes after a record must not be written before it.
      else for (const record of chunk) failed.set(record, [...failed.values()][0] as MessagingError)
    }
    return failed
  }

  async #request(records: readonly RecordToSend[]): Promise<Failed> {
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
    const failed = await this.#writer.write(records, signal)
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
