import { initProducerIdV4 } from '@platformatic/kafka'
import type { MessagingError, MessagingErrorCode } from '../../errors.js'
import { endedWithin } from '../patience.js'
import type { Compression, Producer, RecordToSend } from '../ports.js'
import { failureOf, SendQueue, type Wanted, wantedOf } from '../send-queue.js'
import type { Sending } from '../sending.js'
import type { Brokers } from './brokers.js'
import { messagingError } from './errors.js'
import { byPartition, PartitionWriter } from './partition-writer.js'
import { patience, type Patience, repeated } from './repeating.js'

const closePatienceMs = 2_000
/** No transaction runs out meanwhile: longer than a broker's slow start. */
const sendPatienceMs = 45_000

/** What all that is sent together is refused for though it concerns some of it only. */
const refusals: ReadonlySet<string> = new Set<MessagingErrorCode>(['KAFKA_TOPIC_MISSING', 'KAFKA_REFUSED', 'KAFKA_CLIENT'])

/** Records that were not written, and why. */
type Failed = ReadonlyMap<RecordToSend, MessagingError>

/** Writes under one identity; a new one is taken when it is not known what was written. */
export class PlatformaticProducer implements Producer {
  readonly #brokers: Brokers
  readonly #compression: Compression
  readonly #closing = new AbortController()
  /** null: a new identity is needed. */
  #writer: PartitionWriter | null = null
  readonly #queue = new SendQueue((group) => this.#sendGroup(group))
  #closed: Promise<void> | undefined

  constructor(brokers: Brokers, compression: Compression) {
    this.#brokers = brokers
    this.#compression = compression
    brokers.use()
  }

  send(records: readonly RecordToSend[], signal?: AbortSignal): Promise<void> {
    return this.#queue.send(records, signal)
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close())
  }

  async #close(): Promise<void> {
    await this.#queue.drain(closePatienceMs)
    this.#closing.abort()
    // A broker that takes nothing in would keep a connection from closing.
    await endedWithin(this.#brokers.release(), closePatienceMs)
  }

  async #sendGroup(group: readonly Sending[]): Promise<void> {
    const alone = group.length === 1
    const failed = await this.#write(alone ? (group[0] as Sending).records : group.flatMap(({ records }) => records), !alone, wantedOf(group))
    for (const sending of group) {
      let error = failureOf(sending, failed)
      // One caller's topic must not fail the others.
      if (error && !alone && refusals.has(error.code)) {
        error = failureOf(sending, await this.#write(sending.records.filter((record) => failed.has(record)), false, wantedOf([sending])))
      }
      sending.settle(error)
    }
  }

  async #write(records: readonly RecordToSend[], apart: boolean, wanted: Wanted): Promise<Failed> {
    const topics = new Set(records.map(({ topic }) => topic))
    const asOurs = (error: unknown) => messagingError(error, `Writing ${records.length} record(s) to ${[...topics].join(', ')}`)
    const limits = patience(this.#closing.signal, sendPatienceMs)
    try {
      // A topic that is missing is said at once.
      const partitions = byPartition(records, await repeated(() => this.#brokers.metadata(topics), limits))
      const writer = (this.#writer ??= await this.#identified(limits))
      const failed = await writer.write(partitions, limits, apart, wanted)
      if (writer.unsure) this.#writer = null
      return new Map([...failed].map(([record, error]) => [record, asOurs(error)]))
    } catch (error) {
      const mapped = asOurs(error)
      return new Map(records.map((record) => [record, mapped]))
    }
  }

  async #identified(limits: Patience): Promise<PartitionWriter> {
    const ask = () => this.#brokers.atAny((connection) => initProducerIdV4.api.async(connection, null, 0, -1n, -1))
    const { producerId, producerEpoch } = await repeated(ask, limits)
    return new PartitionWriter(this.#brokers, { transactionalId: null, producerId, epoch: producerEpoch }, this.#compression)
  }
}
