import { deadLetterTopic } from '@swipestream/contracts'
import type { Reader } from '../kafka/ports.js'

const lookEveryMs = 30_000

export interface DeadLetterWatchParts {
  readonly reader: () => Reader
  /** Topics that are consumed, as the cluster knows them. */
  readonly topics: readonly string[]
  /** Told how many offsets are taken on the dead-letter topic of a topic: by letters, marks of those redriven, and ends of transactions. */
  readonly found: (topic: string, offsets: number) => void
}

/** Asks now and then how much stands on the dead-letter topics of what is consumed: who is not restarted sees what others gave up, too. */
export class DeadLetterWatch {
  readonly #parts: DeadLetterWatchParts
  #timer: NodeJS.Timeout | undefined
  #reader: Reader | null = null
  #looking = false

  constructor(parts: DeadLetterWatchParts) {
    this.#parts = parts
  }

  start(): void {
    this.#timer = setInterval(() => void this.#look(), lookEveryMs).unref()
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#reader?.close()
  }

  async #look(): Promise<void> {
    if (this.#looking) return
    this.#looking = true
    this.#reader ??= this.#parts.reader()
    for (const topic of this.#parts.topics) {
      const bounds = await this.#reader.bounds(deadLetterTopic(topic)).catch(() => null) // brokers that are away are told of by whoever reads
      if (bounds) this.#parts.found(topic, bounds.reduce((sum, { first, end }) => sum + Number(end - first), 0))
    }
    this.#looking = false
  }
}
