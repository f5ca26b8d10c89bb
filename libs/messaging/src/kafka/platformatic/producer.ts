import { initProducerIdV4 } from '@platformatic/kafka'
import type { MessagingError, MessagingErrorCode } from '../../errors.js'
import { endedWithin } from '../patience.js'
import type { Compression, Producer, RecordToSend } from '../ports.js'
import type { Brokers } from './brokers.js'
import { messagingError } from './errors.js'
import { byPartition, PartitionWriter } from './partition-writer.js'
import { patience, type Patience, repeated } from './repeating.js'
import { fits, Sending } from '../sending.js'

const closePatienceMs = 2_000
/** No transaction runs out meanwhile: longer than a broker's slow start. */
const sendPatienceMs = 45_000

/** What all that is sent together is refused for though it concerns some of it only. */
const refusals: ReadonlySet<string> = new Set<MessagingErrorCode>(['KAFKA_TOPIC_MISSING', 'KAFKA_REFUSED', 'KAFKA_CLIENT'])

/** Records that were not written, and why. */
type Failed = ReadonlyMap<RecordToSend, MessagingError>

/**
 * One group of calls is under way at a time, and what comes in meanwhile shares the next one: records keep their order
 * also when a request is repeated, and the more there is to do, the larger the batches.
 */
export class PlatformaticProducer implements Producer {
  readonly #brokers: Brokers
  readonly #compression: Compression
  readonly #closing = new AbortController()
  /** null: a new identity is needed. */
  #writer: PartitionWriter | null = null
  #waiting: Sending[] = []
  #busy = false
  #sending: Promise<void> = Promise.resolve()
  #closed: Promise<void> | undefined

  constructor(brokers: Brokers, compression: Compression) {
    this.#brokers = brokers
    this.#compression = compression
    brokers.use()
  }

  send(records: readonly RecordToSend[], signal?: AbortSignal): Promise<void> {
    if (records.length === 0) return Promise.resolve()
    const sending = new Sending(records, signal)
    this.#waiting.push(sending)
    if (!this.#busy) this.#sending = this.#sendWaiting()
    return sending.answer
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close())
  }

  /** Waits a little for what is under way; with the cluster away that would be long, and whoever sent it has it still. */
  async #close(): Promise<void> {
    await endedWithin(this.#sending, closePatienceMs)
    this.#closing.abort()
    // A broker that takes nothing in would keep a connection from closing.
    await endedWithin(this.#brokers.release(), closePatienceMs)
  }

  async #sendWaiting(): Promise<void> {
    this.#busy = true
    while (this.#waiting.length > 0) {
      const group = this.#takeGroup()
      if (group.length > 0) await this.#sendGroup(group)
    }
    // In the same turn as the last look at what waits: a send after it must start anew.
    this.#busy = false
  }

  /** What is sent next: calls that fit together, or one that is larger. */
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

  async #sendGroup(group: readonly Sending[]): Promise<void> {
    const alone = group.length === 1
    const failed = await this.#write(alone ? (group[0] as Sending).records : group.flatMap(({ records }) => records), !alone)
    for (const sending of group) {
      let error = firstOf(failed, sending)
      // One caller's topic must not fail the others.
      if (error && !alone && refusals.has(error.code)) {
        error = firstOf(await this.#write(sending.records.filter((record) => failed.has(record)), false), sending)
      }
      sending.settle(error)
    }
  }

  async #write(records: readonly RecordToSend[], apart: boolean): Promise<Failed> {
    const topics = new Set(records.map(({ topic }) => topic))
    const asOurs = (error: unknown) => messagingError(error, `Writing ${records.length} record(s) to ${[...topics].join(', ')}`)
    const limits = patience(this.#closing.signal, sendPatienceMs)
    try {
      // A topic that is missing is said at once.
      const partitions = byPartition(records, await repeated(() => this.#brokers.metadata(topics), limits))
      const writer = (this.#writer ??= await this.#identified(limits))
      const failed = await writer.write(partitions, limits, apart)
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

function firstOf(failed: Failed, { records }: Sending): MessagingError | null {
  if (failed.size === 0) return null
  const found = records.find((record) => failed.has(record))
  return (found && failed.get(found)) ?? null
}
