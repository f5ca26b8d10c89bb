import type { PartitionOffset, Producer } from '../kafka/ports.js'
import type { Delivery, Outcome } from './delivery.js'

/**
 * Writes what came of a batch, then notes that it is handled. A crash in between has it handled again.
 *
 * The events first, then the state: after a crash in between, the records are handled again on the old state and give
 * the same events again; the other way round they would be taken for handled, and their events lost.
 */
export class AtLeastOnce implements Delivery {
  readonly #producer: Producer
  readonly #handled: (next: PartitionOffset) => void
  readonly #revoked: AbortSignal

  constructor(producer: Producer, handled: (next: PartitionOffset) => void, revoked: AbortSignal) {
    this.#producer = producer
    this.#handled = handled
    this.#revoked = revoked
  }

  begin(): Promise<void> {
    return Promise.resolve()
  }

  async deliver({ events, states, letters }: Outcome, next: PartitionOffset): Promise<void> {
    for (const records of [events, states, letters]) {
      this.#revoked.throwIfAborted()
      await this.#producer.send(records, this.#revoked)
    }
    this.#revoked.throwIfAborted()
    this.#handled(next)
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}
