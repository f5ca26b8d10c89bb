import { type Consumer, nameOf, type PartitionOffset, type TopicPartition } from '../kafka/ports.js'
import { retryDelay } from '../kafka/retry-delay.js'

/**
 * Tells the group how far it has come. One commit is under way at a time; what is handled meanwhile shares the next.
 * A crash in between makes records be handled again, never lost.
 */
export class Committer {
  readonly #consumer: Pick<Consumer, 'commit'>
  readonly #onError: (error: unknown) => void
  readonly #marked = new Map<string, PartitionOffset>()
  readonly #closing = new AbortController()
  #busy = false
  #committing: Promise<void> = Promise.resolve()

  constructor(consumer: Pick<Consumer, 'commit'>, onError: (error: unknown) => void) {
    this.#consumer = consumer
    this.#onError = onError
  }

  /** `offset` is the next to read: all before it are handled. */
  mark(next: PartitionOffset): void {
    this.#marked.set(nameOf(next), next)
    if (!this.#busy) this.#committing = this.#commitMarked()
  }

  /** The partition went to another member, which reads on from what was committed. */
  forget(partition: TopicPartition): void {
    this.#marked.delete(nameOf(partition))
  }

  /** Commits what is marked, once, and no more after that. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#committing
    const rest = [...this.#marked.values()]
    this.#marked.clear()
    if (rest.length > 0) await this.#consumer.commit(rest).catch(this.#onError)
  }

  async #commitMarked(): Promise<void> {
    this.#busy = true
    for (let failures = 0; this.#marked.size > 0 && !(failures > 0 && this.#closing.signal.aborted); ) {
      const batch = [...this.#marked]
      try {
        await this.#consumer.commit(batch.map(([, offset]) => offset))
        for (const [name, offset] of batch) if (this.#marked.get(name) === offset) this.#marked.delete(name)
        failures = 0
      } catch (error) {
        this.#onError(error)
        await retryDelay(++failures, this.#closing.signal)
      }
    }
    // In the same turn as the last look at what is marked: a mark after it must start anew.
    this.#busy = false
  }
}
