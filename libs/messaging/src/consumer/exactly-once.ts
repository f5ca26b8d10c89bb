import type { PartitionOffset, TransactionalProducer } from '../kafka/ports.js'
import type { Delivery, Outcome } from './delivery.js'

/**
 * Writes what came of a batch, its state and the offset in one Kafka transaction: readers of committed records see each
 * outcome once. The transactional id belongs to the group and the partition read, so whoever has the partition next
 * fences this one by taking the id over (KIP-447's older way, which needs nothing of the group's protocol).
 */
export class ExactlyOnce implements Delivery {
  readonly #producer: TransactionalProducer
  readonly #groupId: string
  readonly #revoked: AbortSignal

  constructor(producer: TransactionalProducer, groupId: string, revoked: AbortSignal) {
    this.#producer = producer
    this.#groupId = groupId
    this.#revoked = revoked
  }

  begin(): Promise<void> {
    return this.#producer.open(this.#revoked)
  }

  async deliver({ events, states, letters }: Outcome, next: PartitionOffset): Promise<void> {
    this.#revoked.throwIfAborted()
    await this.#producer.write([...events, ...states, ...letters], { ...next, groupId: this.#groupId })
  }

  close(): Promise<void> {
    return this.#producer.close()
  }
}
