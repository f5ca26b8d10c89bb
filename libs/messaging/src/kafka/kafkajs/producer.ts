import type { CompressionTypes } from 'kafkajs'
import { MessagingError } from '../../errors.js'
import { type KafkaClientOptions, nameOf, type Producer, type RecordToSend } from '../ports.js'
import { retryDelay } from '../retry-delay.js'
import { failureOf, SendQueue, type Wanted, wantedOf } from '../send-queue.js'
import { chunksOf, type Sending } from '../sending.js'
import { KafkajsCluster } from './cluster.js'
import { compressionTypes } from './codecs.js'
import { messagingError } from './errors.js'
import { type Failed, partitionOf, partitionsOf, PartitionWriter } from './partition-writer.js'

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
    const failed = await this.#write(group)
    for (const sending of group) sending.settle(failureOf(sending, failed))
  }

  async #write(group: readonly Sending[]): Promise<Failed> {
    const all: Failed = new Map()
    const wanted = wantedOf(group)
    /** Calls and partitions of which a record was not written, and why. */
    const behind = new Map<Sending | string | undefined, MessagingError>()
    let callOf: ReadonlyMap<RecordToSend, Sending> | undefined
    for (const chunk of chunksOf(group.flatMap(({ records }) => records))) {
      const open: RecordToSend[] = []
      for (const record of chunk) {
        // What comes after a record must not be written before it.
        const reason = behind.size === 0 ? undefined : (behind.get(callOf?.get(record)) ?? behind.get(this.#placeOf(record)))
        if (reason) all.set(record, reason)
        else open.push(record)
      }
      if (open.length === 0) continue
      for (const [record, error] of await this.#request(open, wanted)) {
        all.set(record, error)
        callOf ??= new Map(group.flatMap((call) => call.records.map((each) => [each, call] as const)))
        behind.set(callOf.get(record), error)
        // One that is too large keeps no one else's from being written.
        if (error.code !== 'KAFKA_RECORD_TOO_LARGE') behind.set(this.#placeOf(record), error)
      }
    }
    return all
  }

  #placeOf(record: RecordToSend): string {
    return nameOf({ topic: record.topic, partition: partitionOf(this.#cluster, record) })
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
