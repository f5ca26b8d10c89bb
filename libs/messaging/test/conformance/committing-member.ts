import { setTimeout as delay } from 'node:timers/promises'
import type { Consumer, KafkaClient, KafkaRecord, TopicPartition } from '@swipestream/messaging'

/** What the members of a group have done, held against what they may do. */
export interface GroupAccount {
  /** How often each value was handed on. */
  readonly values: Map<string, number>
  /** The farthest offset whose commit was acknowledged, by partition. */
  readonly committed: Map<number, bigint>
  /** What must not be. */
  readonly broken: string[]
}

export function newAccount(): GroupAccount {
  return { values: new Map(), committed: new Map(), broken: [] }
}

/** A member that reads where its group left off and commits all that it has read, however long the coordinator is away. */
export class CommittingMember {
  readonly held = new Set<number>()
  /** What it was told of its health last. */
  trouble: Error | null | undefined
  readonly #consumer: Consumer
  readonly #account: GroupAccount
  readonly #topic: string
  /** By partition held: where it may begin at the earliest, and then the next offset. */
  readonly #next = new Map<number, { earliest: bigint; next: bigint | null }>()
  #committing: Promise<void> = Promise.resolve()
  #closed = false

  constructor(client: KafkaClient, groupId: string, topic: string, account: GroupAccount) {
    this.#topic = topic
    this.#account = account
    this.#consumer = client.consumer({ groupId, topics: [topic], sessionTimeoutMs: 6_000 })
    this.#consumer.start({
      assigned: (partitions) => partitions.forEach((at) => this.#assigned(at)),
      revoked: (partitions) => {
        for (const { partition } of partitions) {
          this.held.delete(partition)
          this.#next.delete(partition)
        }
      },
      records: ({ partition }, records) => this.#records(partition, records),
      health: (error) => void (this.trouble = error),
    })
    this.#committing = this.#commitOn()
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#committing
    await this.#consumer.close()
  }

  #assigned(at: TopicPartition): void {
    this.held.add(at.partition)
    this.#next.set(at.partition, { earliest: this.#account.committed.get(at.partition) ?? 0n, next: null })
    this.#consumer.seek(at, null)
  }

  #records(partition: number, records: readonly KafkaRecord[]): void {
    const place = this.#next.get(partition)
    if (!place) return void this.#account.broken.push(`partition ${partition} is not this member's`)
    for (const { offset, value } of records) {
      if (place.next === null && offset < place.earliest) this.#account.broken.push(`${partition}: began at ${offset}, though ${place.earliest} was committed`)
      if (place.next !== null && offset !== place.next) this.#account.broken.push(`${partition}: ${offset} came in place of ${place.next}`)
      place.next = offset + 1n
      const text = String(value)
      this.#account.values.set(text, (this.#account.values.get(text) ?? 0) + 1)
    }
  }

  async #commitOn(): Promise<void> {
    const { committed, broken } = this.#account
    while (!this.#closed) {
      await delay(20)
      const offsets = [...this.#next].flatMap(([partition, { next }]) => (next !== null && next > (committed.get(partition) ?? 0n) ? [{ topic: this.#topic, partition, offset: next }] : []))
      if (offsets.length === 0) continue
      try {
        await this.#consumer.commit(offsets)
        // One that went to another meanwhile was left out, and is the other's.
        for (const { partition, offset } of offsets) if (this.held.has(partition) && offset > (committed.get(partition) ?? 0n)) committed.set(partition, offset)
      } catch (error) {
        const { code, message } = error as { code?: string; message: string }
        if (code !== 'KAFKA_UNAVAILABLE' && code !== 'GROUP_REBALANCING') broken.push(`commit: ${code} ${message}`)
      }
    }
  }
}
