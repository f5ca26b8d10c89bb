import { toError } from '@swipestream/platform'
import type { KafkaClient, Consumer, ConsumerSink, KafkaRecord, Producer, Progress, TopicPartition } from '../kafka/ports.js'
import { nameOf } from '../kafka/ports.js'
import { AtLeastOnce } from './at-least-once.js'
import { Committer } from './committer.js'
import type { Subscription } from './consume.decorator.js'
import { DeadLetterWatch } from './dead-letter-watch.js'
import type { Delivery } from './delivery.js'
import { ExactlyOnce } from './exactly-once.js'
import { failureCode, failureKind } from './failure.js'
import { LagWatch } from './lag-watch.js'
import { PartitionWorker, type WorkerParts } from './partition-worker.js'
import type { Handle } from './pipeline.js'
import { Turns } from './turns.js'

export interface Subscribed {
  readonly subscription: Subscription
  readonly handle: Handle
}

/**
 * Of so many partitions of a topic, one has a turn, as long as their batches are not full. A Kafka transaction costs the
 * brokers milliseconds, whatever it holds. Those of six partitions at once take as long as one after the other where
 * brokers or this process are busy, and each holds only what had come when all began; who waits for a turn has more in
 * its batch (docs/performance.md).
 */
const partitionsOfATurn = 6

/** What all workers share. */
export type GroupParts = Omit<WorkerParts, 'subscription' | 'handle' | 'flow' | 'delivery' | 'turns' | 'fencedMs'> & {
  readonly producer: Producer
  /** What keeps this member from working, or from a part of it; null: nothing (any more). */
  readonly onHealth: (error: Error | null) => void
  /** So many offsets are taken on the dead-letter topic of a topic that is consumed. */
  readonly onDeadLetters: (topic: string, offsets: number) => void
}

/** One member of a service's consumer group: a worker for each partition it has. */
export class ConsumerGroup implements ConsumerSink {
  readonly #client: KafkaClient
  readonly #sessionTimeoutMs: number
  readonly #consumer: Consumer
  readonly #committer: Committer
  readonly #workers = new Map<string, PartitionWorker>()
  readonly #lag: LagWatch
  readonly #letters: DeadLetterWatch
  /** By topic whose outputs are written in transactions. */
  readonly #turns: ReadonlyMap<string, Turns>
  readonly #subscribed: ReadonlyMap<string, Subscribed>
  readonly #parts: GroupParts
  /** undefined: not yet told. */
  #consumerTrouble: Error | null | undefined
  #commitTrouble: Error | null = null
  #closing = false

  /** @param subscribed by the topic's name in the cluster */
  constructor(client: KafkaClient, subscribed: ReadonlyMap<string, Subscribed>, sessionTimeoutMs: number, parts: GroupParts) {
    this.#client = client
    this.#sessionTimeoutMs = sessionTimeoutMs
    this.#subscribed = subscribed
    this.#parts = parts
    this.#turns = new Map([...subscribed].flatMap(([topic, { subscription }]) => (subscription.exactlyOnce ? [[topic, new Turns()] as const] : [])))
    this.#consumer = client.consumer({ groupId: parts.groupId, topics: [...subscribed.keys()], sessionTimeoutMs })
    this.#lag = new LagWatch({
      reader: parts.reader,
      paused: () => [...this.#workers.values()].flatMap((worker) => (worker.paused ? [worker.at] : [])),
      grown: (at, end) => this.#workers.get(nameOf(at))?.grown(end),
    })
    this.#letters = new DeadLetterWatch({ reader: parts.reader, topics: [...subscribed.keys()], found: (topic, offsets) => parts.onDeadLetters(topic, offsets) })
    this.#committer = new Committer(this.#consumer, (error) => this.#commitHealth(error))
  }

  start(): void {
    this.#consumer.start(this)
    this.#letters.start()
  }

  assigned(partitions: readonly TopicPartition[]): void {
    // What comes while leaving is left to whoever gets it next.
    if (this.#closing) return
    for (const at of partitions) {
      const subscribed = this.#subscribed.get(at.topic)
      if (!subscribed) continue
      const flow = { begin: () => this.#consumer.seek(at, null), pause: () => this.#consumer.pause(at), resume: () => this.#consumer.resume(at) }
      const delivery = (revoked: AbortSignal) => this.#delivery(at, subscribed.subscription, revoked)
      this.#workers.set(nameOf(at), new PartitionWorker(at, { ...this.#parts, ...subscribed, turns: this.#turns.get(at.topic), fencedMs: this.#sessionTimeoutMs, flow, delivery }))
    }
    this.#shareTurns()
  }

  revoked(partitions: readonly TopicPartition[]): void {
    for (const at of partitions) {
      this.#workers.get(nameOf(at))?.revoke()
      this.#workers.delete(nameOf(at))
      this.#committer.forget(at)
    }
    this.#shareTurns()
  }

  records(at: TopicPartition, records: readonly KafkaRecord[], progress: Progress): void {
    this.#workers.get(nameOf(at))?.push(records, progress)
  }

  health(error: Error | null): void {
    this.#consumerTrouble = error
    this.#tellHealth(error)
  }

  /** Finishes what is under way, commits it and leaves the group. */
  async close(): Promise<void> {
    this.#closing = true
    await Promise.all([...this.#workers.values()].map((worker) => worker.drain()))
    await this.#committer.close()
    await Promise.all([this.#consumer.close(), this.#lag.close(), this.#letters.close()])
  }

  #shareTurns(): void {
    const counts = Map.groupBy(this.#workers.values(), ({ at }) => at.topic)
    for (const [topic, turns] of this.#turns) turns.atOnce = Math.max(1, Math.ceil((counts.get(topic)?.length ?? 0) / partitionsOfATurn))
  }

  #delivery(at: TopicPartition, { exactlyOnce }: Subscription, revoked: AbortSignal): Delivery {
    const { groupId, producer } = this.#parts
    if (!exactlyOnce) return new AtLeastOnce(producer, (next) => this.#committer.mark(next), revoked)
    return new ExactlyOnce(this.#client.transactionalProducer(`${groupId}-${at.topic}-${at.partition}`), groupId, revoked)
  }

  #commitHealth(error: unknown): void {
    // To share out partitions is the group's daily work.
    if (error !== null && failureCode(error) === 'GROUP_REBALANCING') return
    this.#commitTrouble = error === null ? null : toError(error)
    this.#tellHealth(this.#commitTrouble)
  }

  #tellHealth(news: Error | null): void {
    if (news && failureKind(news) === 'fatal') this.#parts.fatal(news)
    else if (this.#consumerTrouble !== undefined) this.#parts.onHealth(this.#consumerTrouble ?? this.#commitTrouble)
  }
}
