import type { MessagingError } from '../errors.js'
import { endedWithin } from './patience.js'
import type { RecordToSend } from './ports.js'
import { fits, Sending } from './sending.js'

/**
 * One group of calls is under way at a time, and what comes in meanwhile shares the next one: records keep their order
 * also when a request is repeated, and the more there is to do, the larger the batches.
 */
export class SendQueue {
  readonly #sendGroup: (group: readonly Sending[]) => Promise<void>
  #waiting: Sending[] = []
  #busy = false
  #sending: Promise<void> = Promise.resolve()

  /** @param sendGroup writes the records of the calls and settles each; never rejects. */
  constructor(sendGroup: (group: readonly Sending[]) => Promise<void>) {
    this.#sendGroup = sendGroup
  }

  send(records: readonly RecordToSend[], signal?: AbortSignal): Promise<void> {
    if (records.length === 0) return Promise.resolve()
    const sending = new Sending(records, signal)
    this.#waiting.push(sending)
    if (!this.#busy) this.#sending = this.#sendWaiting()
    return sending.answer
  }

  /** Waits a little for what is under way, in milliseconds; with the cluster away it would be long, and whoever sent it has it still. */
  async drain(ms: number): Promise<void> {
    await endedWithin(this.#sending, ms)
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
}

/** Of records, those that somebody waits for still. */
export type Wanted = (records: RecordToSend[]) => RecordToSend[]

/** Of a group's records, those of calls that are not answered yet. */
export function wantedOf(group: readonly Sending[]): Wanted {
  return (records) => {
    if (!group.some(({ answered }) => answered)) return records
    const wanted = new Set(group.flatMap((sending) => (sending.answered ? [] : sending.records)))
    return records.filter((record) => wanted.has(record))
  }
}

/** Why a call's records were not written, those of the group that failed given; null: they were. */
export function failureOf({ records }: Sending, failed: ReadonlyMap<RecordToSend, MessagingError>): MessagingError | null {
  if (failed.size === 0) return null
  const found = records.find((record) => failed.has(record))
  return (found && failed.get(found)) ?? null
}
