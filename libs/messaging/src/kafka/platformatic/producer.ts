import { setTimeout as delay } from 'node:timers/promises'
import { compatibilityPartitioner, ProduceAcks, Producer as Client, type BaseOptions } from '@platformatic/kafka'
import type { Producer, RecordToSend } from '../ports.js'
import { messagingError } from './errors.js'

/** Records in one request at the most; a request of 200-byte records is then about 1 MB. */
const maxRecordsPerSend = 5_000
/** Together about half a minute: longer than a broker's restart or a leader's election. */
const retries = 60
const retryDelayMs = 500
const closePatienceMs = 5_000

interface Waiting {
  readonly records: readonly RecordToSend[]
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/**
 * One request is under way at a time, and what comes in meanwhile shares the next one: records keep their order also
 * when a request is repeated, and the more there is to do, the larger the batches.
 */
export class PlatformaticProducer implements Producer {
  readonly #client: Client
  readonly #known = new Set<string>()
  #waiting: Waiting[] = []
  #busy = false
  #sending: Promise<void> = Promise.resolve()

  constructor(base: BaseOptions) {
    this.#client = new Client({ ...base, retries, retryDelay: retryDelayMs, idempotent: true, partitioner: compatibilityPartitioner })
  }

  send(records: readonly RecordToSend[]): Promise<void> {
    if (records.length === 0) return Promise.resolve()
    return new Promise((resolve, reject) => {
      this.#waiting.push({ records, resolve, reject })
      if (!this.#busy) this.#sending = this.#sendWaiting()
    })
  }

  /** Waits a little for what is under way; with the cluster away that would be long, and whoever sent it has it still. */
  async close(): Promise<void> {
    await Promise.race([this.#sending, delay(closePatienceMs, undefined, { ref: false })])
    await this.#client.close()
  }

  async #sendWaiting(): Promise<void> {
    this.#busy = true
    while (this.#waiting.length > 0) {
      const group = this.#takeGroup()
      const error = await this.#trySend(group.flatMap(({ records }) => records))
      if (error?.kind === 'poison' && group.length > 1) {
        // One caller's record must not fail the others.
        for (const waiting of group) settle(waiting, await this.#trySend(waiting.records))
      } else {
        for (const waiting of group) settle(waiting, error)
      }
    }
    // In the same turn as the last look at what waits: a send after it must start anew.
    this.#busy = false
  }

  /** Asked once a topic, without the long retries of a send: one that is missing is said at once. */
  async #meet(records: readonly RecordToSend[]): Promise<void> {
    const topics = [...new Set(records.map(({ topic }) => topic))].filter((topic) => !this.#known.has(topic))
    if (topics.length === 0) return
    await this.#client.metadata({ topics, retries: 0 })
    for (const topic of topics) this.#known.add(topic)
  }

  #takeGroup(): Waiting[] {
    let count = 0
    const end = this.#waiting.findIndex(({ records }, i) => (count += records.length) > maxRecordsPerSend && i > 0)
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end)
  }

  async #trySend(records: readonly RecordToSend[]): Promise<ReturnType<typeof messagingError> | null> {
    try {
      await this.#meet(records)
      await this.#client.send({ messages: records.map(toMessage), acks: ProduceAcks.ALL, idempotent: true })
      return null
    } catch (error) {
      return messagingError(error, `Writing ${records.length} record(s) to ${[...new Set(records.map(({ topic }) => topic))].join(', ')}`)
    }
  }
}

function settle({ resolve, reject }: Waiting, error: Error | null): void {
  if (error) reject(error)
  else resolve()
}

function toMessage({ topic, partition, key, value, headers }: RecordToSend) {
  const bytes = new Map<Buffer, Buffer>()
  for (const [name, header] of Object.entries(headers)) bytes.set(Buffer.from(name), typeof header === 'string' ? Buffer.from(header) : header)
  return {
    topic,
    headers: bytes,
    ...(partition === undefined ? {} : { partition }),
    ...(key === null ? {} : { key }),
    ...(value === null ? {} : { value }),
  }
}
