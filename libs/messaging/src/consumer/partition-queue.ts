import type { KafkaRecord } from '../kafka/ports.js'

const highBytes = 4 * 1024 * 1024

/** Records of one partition that wait to be handled: bounded, by asking its owner to pause the partition when it is full. */
export class PartitionQueue {
  #records: KafkaRecord[] = []
  #bytes = 0
  #wake: (() => void) | null = null
  readonly #highRecords: number
  readonly #flow: { pause(): void; resume(): void }
  #paused = false

  constructor(batch: number, flow: { pause(): void; resume(): void }) {
    this.#highRecords = Math.max(1_000, 2 * batch)
    this.#flow = flow
  }

  get length(): number {
    return this.#records.length
  }

  /** Whether nothing more is asked for. */
  get paused(): boolean {
    return this.#paused
  }

  push(records: readonly KafkaRecord[]): void {
    for (const record of records) {
      this.#records.push(record)
      this.#bytes += sizeOf(record)
    }
    if (!this.#paused && (this.#records.length >= this.#highRecords || this.#bytes >= highBytes)) {
      this.#paused = true
      this.#flow.pause()
    }
    this.#wake?.()
  }

  /** Waits until there is a record, and from then on `gatherMs` for `most`; at the most until the signal is aborted. */
  async filled(most: number, signal: AbortSignal, gatherMs = 0): Promise<void> {
    if (this.#records.length === 0 && !signal.aborted) await this.#pushed(signal)
    if (gatherMs > 0) await this.#gathered(most, signal, gatherMs)
  }

  /** So many records, if there are. */
  takeAll(count: number): KafkaRecord[] | null {
    return this.#records.length < count ? null : this.take(count)
  }

  /** Drops what waits. */
  clear(): void {
    this.#records = []
    this.#bytes = 0
    this.#goOn()
  }

  /** The next records, `most` at the most. */
  take(most: number): KafkaRecord[] {
    const taken = this.#records.splice(0, most)
    for (const record of taken) this.#bytes -= sizeOf(record)
    this.#goOn()
    return taken
  }

  #goOn(): void {
    if (!this.#paused || this.#records.length >= this.#highRecords / 2 || this.#bytes >= highBytes / 2) return
    this.#paused = false
    this.#flow.resume()
  }

  /** Until there are so many, no more may come, or the time is over. */
  async #gathered(most: number, signal: AbortSignal, ms: number): Promise<void> {
    const time = { over: false }
    const timer = setTimeout(() => {
      time.over = true
      this.#wake?.()
    }, ms)
    while (this.#records.length < most && !this.#paused && !time.over && !signal.aborted) await this.#pushed(signal)
    clearTimeout(timer)
  }

  #pushed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#wake = null
        signal.removeEventListener('abort', wake)
        resolve()
      }
      this.#wake = wake
      signal.addEventListener('abort', wake, { once: true })
    })
  }
}

function sizeOf(record: KafkaRecord): number {
  return record.size ?? (record.key?.length ?? 0) + (record.value?.length ?? 0) + 100
}
