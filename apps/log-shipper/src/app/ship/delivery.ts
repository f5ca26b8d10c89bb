import type { RecordToSend } from '@swipestream/messaging'
import { kindOf, pause, toError } from '@swipestream/platform'
import type { LogTopic } from './log-topic.js'
import type { ShipObserver } from './observer.js'
import type { ShipCounts } from './ship-counts.js'

const firstDelayMs = 200
const maxDelayMs = 5_000

/** Writes batches to the topic, one after the other, for as long as it takes. */
export class Delivery {
  readonly #topic: LogTopic
  readonly #counts: ShipCounts
  readonly #observer: ShipObserver

  constructor(topic: LogTopic, counts: ShipCounts, observer: ShipObserver) {
    this.#topic = topic
    this.#counts = counts
    this.#observer = observer
  }

  /**
   * Writes the records, in their order; repeats what fails until it does not. A record that is larger than the topic
   * takes is left out, counted and told of: it would keep all others from coming.
   *
   * @returns false when `signal` ended it before all were written
   * @throws what is fatal: nobody lets us write
   */
  async write(records: readonly RecordToSend[], signal: AbortSignal): Promise<boolean> {
    for (let attempt = 0; records.length > 0; attempt++) {
      try {
        await this.#topic.send(records)
        this.#observer.health('topic', null)
        break
      } catch (thrown) {
        const error = toError(thrown)
        if (kindOf(error) === 'fatal') throw error
        if ('code' in error && error.code === 'KAFKA_RECORD_TOO_LARGE') return this.#apart(records, signal)
        this.#counts.trouble('send_failed')
        this.#observer.health('topic', error)
        await pause(Math.min(firstDelayMs * 2 ** attempt, maxDelayMs), signal)
        if (signal.aborted) return false
      }
    }
    return true
  }

  async #apart(records: readonly RecordToSend[], signal: AbortSignal): Promise<boolean> {
    if (records.length > 1) {
      const half = Math.ceil(records.length / 2)
      return (await this.write(records.slice(0, half), signal)) && (await this.write(records.slice(half), signal))
    }
    const [record] = records
    this.#counts.trouble('record_too_large')
    this.#observer.trouble('record_too_large', String(record?.headers['message-id']), `${record?.value?.length} bytes: the topic's max.message.bytes must be above LOG_MAX_LINE_BYTES`)
    return true
  }
}
