import { type Consumer, nameOf, type PartitionOffset, type TopicPartition } from '../kafka/ports.js'
import { endedWithin } from '../kafka/patience.js'
import { retryDelay } from '../kafka/retry-delay.js'

/** What is handled and not committed is handled again: a rebalance under way is worth waiting for, an outage is not. */
const closePatienceMs = 2_000

/**
 * Tells the group how far it has come. One commit is under way at a time; what is handled meanwhile shares the next.
 * A crash in between makes records be handled again, never lost.
 */
export class Committer {
  readonly #consumer: Pick<Consumer, 'commit'>
  readonly #onHealth: (error: unknown) => void
  readonly #marked = new Map<string, PartitionOffset>()
  readonly #closing = new AbortController()
  #busy = false
  #committing: Promise<void> = Promise.resolve()

  /** @param onHealth told why a commit failed, and null when one has worked. */
  constructor(consumer: Pick<Consumer, 'commit'>, onHealth: (error: unknown) => void) {
    this.#consumer = consumer
    this.#onHealth = onHealth
  }

  /** `offset` is the next to read: all before it are handled. */
  mark(next: PartitionOffset): void {
    if (this.#closing.signal.aborted) return
    this.#marked.set(nameOf(next), next)
    if (!this.#busy) this.#committing = this.#commitMarked()
  }

  /** The partition went to another member, which reads on from what was committed. */
  forget(partition: TopicPartition): void {
    this.#marked.delete(nameOf(partition))
  }

  /** Commits what is marked, within a few seconds, and no more after that. */
  async close(): Promise<void> {
    await endedWithin(this.#committing, closePatienceMs)
    this.#closing.abort()
    this.#marked.clear()
  }

  async #commitMarked(): Promise<void> {
    this.#busy = true
    for (let failures = 0; this.#marked.size > 0; ) {
      const batch = [...this.#marked]
      try {
        await this.#consumer.commit(batch.map(([, offset]) => offset))
        for (const [name, offset] of batch) if (this.#marked.get(name) === offset) this.#marked.delete(name)
        failures = 0
        this.#onHealth(null)
      } catch (error) {
        this.#onHealth(error)
        await retryDelay(++failures, this.#closing.signal)
      }
    }
    // In the same turn as the last look at what is marked: a mark after it must start anew.
    this.#busy = false
  }
}
