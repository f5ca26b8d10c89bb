import type { Reader, TopicPartition } from '../kafka/ports.js'

const lookEveryMs = 5_000

export interface LagWatchParts {
  readonly reader: () => Reader
  /** Partitions that are not read, for their queues are full. */
  readonly paused: () => readonly TopicPartition[]
  /** The offset that the next record to be written will have. */
  readonly grown: (partition: TopicPartition, end: bigint) => void
}

/** Asks how far paused partitions have grown: what is not read tells nothing, and its lag would seem to stand still. */
export class LagWatch {
  readonly #parts: LagWatchParts
  readonly #timer: NodeJS.Timeout
  #reader: Reader | null = null
  #looking = false

  constructor(parts: LagWatchParts) {
    this.#parts = parts
    this.#timer = setInterval(() => void this.#look(), lookEveryMs).unref()
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#reader?.close()
  }

  async #look(): Promise<void> {
    const byTopic = Map.groupBy(this.#parts.paused(), ({ topic }) => topic)
    if (this.#looking || byTopic.size === 0) return
    this.#looking = true
    this.#reader ??= this.#parts.reader()
    for (const [topic, partitions] of byTopic) {
      const bounds = await this.#reader.bounds(topic).catch(() => []) // brokers that are away are told of by whoever reads
      for (const at of partitions) {
        const end = bounds[at.partition]?.end
        if (end !== undefined) this.#parts.grown(at, end)
      }
    }
    this.#looking = false
  }
}
