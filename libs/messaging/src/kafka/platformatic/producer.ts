import { ProduceAcks, Producer as Client, type BaseOptions } from '@platformatic/kafka'
import { MessagingError, type MessagingErrorCode } from '../../errors.js'
import { partitionOfKey } from '../key-hash.js'
import { endedWithin } from '../patience.js'
import { type Compression, nameOf, type Producer, type RecordToSend } from '../ports.js'
import { messagingError } from './errors.js'
import { headerBytes } from './header-bytes.js'
import { writtenPartitions } from './produce-answer.js'
import { chunksOf, fits, Sending } from '../sending.js'

/** Together about half a minute: longer than a broker's restart or a leader's election. */
const retries = 60
const retryDelayMs = 500
const closePatienceMs = 2_000

/** What a request is refused for as a whole though it concerns some of its records only. */
const refusals: ReadonlySet<string> = new Set<MessagingErrorCode>(['KAFKA_TOPIC_MISSING', 'KAFKA_REFUSED', 'KAFKA_CLIENT'])

/** Records that were not written, and why. */
type Failed = Map<RecordToSend, MessagingError>

/**
 * One request is under way at a time, and what comes in meanwhile shares the next one: records keep their order also
 * when a request is repeated, and the more there is to do, the larger the batches.
 */
export class PlatformaticProducer implements Producer {
  readonly #client: Client
  readonly #known = new Set<string>()
  #waiting: Sending[] = []
  #busy = false
  #sending: Promise<void> = Promise.resolve()

  constructor(base: BaseOptions, compression: Compression = 'none') {
    this.#client = new Client({ ...base, retries, retryDelay: retryDelayMs, idempotent: true, compression })
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
    // A broker that takes nothing in would keep a connection from closing.
    await endedWithin(this.#client.close(), closePatienceMs)
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

  async #sendGroup(group: readonly Sending[]): Promise<void> {
    const failed = await this.#write(group.flatMap(({ records }) => records))
    for (const sending of group) {
      let error = firstOf(failed, sending)
      // One caller's topic must not fail the others.
      if (error && group.length > 1 && refusals.has(error.code)) {
        error = firstOf(await this.#write(sending.records.filter((record) => failed.has(record))), sending)
      }
      sending.settle(error)
    }
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
    let messages: Message[] = []
    try {
      const partitions = await this.#partitionsOf(records)
      messages = records.map((record) => toMessage(record, partitions))
      await this.#client.send({ messages, acks: ProduceAcks.ALL, idempotent: true })
      return new Map()
    } catch (error) {
      const mapped = messagingError(error, `Writing ${records.length} record(s) to ${[...new Set(records.map(({ topic }) => topic))].join(', ')}`)
      const written = writtenPartitions(error)
      const open = written.size === 0 ? records : records.filter((_, i) => !written.has(nameOf(messages[i] as Message)))
      if (mapped.code !== 'KAFKA_RECORD_TOO_LARGE' || open.length <= 1) return new Map(open.map((record) => [record, mapped]))
      // The records of a partition can be too large together: only one that is so alone is refused.
      const half = Math.ceil(open.length / 2)
      return new Map([...(await this.#request(open.slice(0, half))), ...(await this.#request(open.slice(half)))])
    }
  }

  /** Number of partitions by topic. A topic that was never met is asked for without the long retries of a send: one that is missing is said at once. */
  async #partitionsOf(records: readonly RecordToSend[]): Promise<ReadonlyMap<string, number>> {
    const topics = [...new Set(records.map(({ topic }) => topic))]
    const unknown = topics.filter((topic) => !this.#known.has(topic))
    if (unknown.length > 0) await this.#client.metadata({ topics: unknown, retries: 0 })
    for (const topic of unknown) this.#known.add(topic)
    const metadata = await this.#client.metadata({ topics })
    return new Map([...metadata.topics].map(([topic, { partitionsCount }]) => [topic, partitionsCount]))
  }
}

function firstOf(failed: Failed, { records }: Sending): MessagingError | null {
  if (failed.size === 0) return null
  const found = records.find((record) => failed.has(record))
  return (found && failed.get(found)) ?? null
}

type Message = ReturnType<typeof toMessage>

function toMessage({ topic, partition: wanted, key, value, headers }: RecordToSend, partitions: ReadonlyMap<string, number>) {
  const count = partitions.get(topic) ?? 1
  const partition = wanted ?? partitionOfKey(key, count)
  // The client would put it elsewhere without a word.
  if (partition >= count) throw new MessagingError('KAFKA_CLIENT', `There is no partition ${partition} of ${topic}: it has ${count}`)
  return {
    topic,
    partition,
    headers: headerBytes(headers),
    ...(key === null ? {} : { key }),
    ...(value === null ? {} : { value }),
  }
}
