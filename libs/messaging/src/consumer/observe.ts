import { counter, gauge, histogram, LATENCY_BUCKETS_SECONDS, type Logger, type Readiness } from '@swipestream/platform'
import type { TopicPartition } from '../kafka/ports.js'
import { nameOf } from '../kafka/ports.js'
import { failureCode } from './failure.js'
import type { WorkerObserver } from './partition-worker.js'

/** Name of the readiness component. */
const component = 'kafka consumer'

/** How often a state that takes long says how far it is, in seconds. */
const everySeconds = 5

/** Says what consuming does: readiness, metrics, log lines. */
export class ConsumerObserver implements WorkerObserver {
  readonly #waiting = new Map<string, string>()
  #cluster: string | null = 'joining the group'
  readonly #records = counter({ name: 'consumer_records_total', help: 'Records handled, given up included', labels: ['topic'] })
  readonly #seconds = histogram({
    name: 'consumer_batch_seconds',
    help: 'Time from taking a batch to having it published',
    labels: ['topic'],
    buckets: LATENCY_BUCKETS_SECONDS,
  })
  readonly #lag = gauge({ name: 'consumer_lag_records', help: 'Records on the topic that are not yet handled', labels: ['topic', 'partition'] })
  readonly #queued = gauge({ name: 'consumer_queued_records', help: 'Records fetched that wait to be handled', labels: ['topic', 'partition'] })
  readonly #inHand = gauge({ name: 'consumer_in_flight_records', help: 'Records that are being handled', labels: ['topic', 'partition'] })
  readonly #retries = counter({ name: 'consumer_retries_total', help: 'Batches or records tried again', labels: ['topic', 'code'] })
  readonly #letters = counter({ name: 'consumer_dead_letters_total', help: 'Records given up to the dead-letter topic', labels: ['topic', 'code'] })
  readonly #lettersKept = gauge({ name: 'dead_letter_topic_records', help: 'Offsets that are taken on the dead-letter topic of a topic: by letters, marks of those redriven, ends of transactions', labels: ['topic'] })
  readonly #skipped = counter({ name: 'consumer_state_skipped_total', help: 'Records of the state that could not be read when it was restored', labels: ['topic', 'code'] })
  readonly #unrestored = gauge({
    name: 'consumer_state_unrestored_records', help: 'Records of the state that are still to be read before the partition is handled', labels: ['topic', 'partition'],
  })
  /** By partition whose state is being restored: when that is told next, in seconds since it began. */
  readonly #tellAt = new Map<string, number>()
  readonly #waits = gauge({ name: 'consumer_waiting_partitions', help: 'Partitions that wait for something to come back' })

  constructor(
    private readonly logger: Logger,
    private readonly readiness: Readiness,
  ) {
    this.#report()
  }

  /** The cluster's or the coordinator's state. */
  cluster(error: Error | null): void {
    const detail = error?.message ?? null
    if (detail === this.#cluster) return
    if (error) this.logger.warn({ err: error }, 'Kafka does not answer as it should; trying again')
    this.#cluster = detail
    this.#report()
  }

  waits(at: TopicPartition, reason: Error | null): void {
    if (reason === null ? !this.#waiting.delete(nameOf(at)) : this.#waiting.get(nameOf(at)) === reason.message) return
    if (reason) {
      this.#waiting.set(nameOf(at), reason.message)
      this.logger.warn({ err: reason, topic: at.topic, partition: at.partition }, 'The partition waits, and tries again')
    } else {
      this.logger.info({ topic: at.topic, partition: at.partition }, 'The partition goes on')
    }
    this.#waits.set(this.#waiting.size)
    this.#report()
  }

  retried(at: TopicPartition, error: unknown, attempt: number): void {
    this.#retries.inc({ topic: at.topic, code: failureCode(error) })
    if (attempt === 1) this.logger.debug({ err: error, topic: at.topic, partition: at.partition }, 'Trying again')
  }

  gaveUp({ record, error, attempts }: Parameters<WorkerObserver['gaveUp']>[0]): void {
    const { topic, partition, offset } = record
    this.#letters.inc({ topic, code: failureCode(error) })
    this.logger.error({ err: error, topic, partition, offset: Number(offset), attempts }, 'Record given up: it is on the dead-letter topic')
  }

  /** Of a topic's dead-letter topic. */
  deadLetters(topic: string, offsets: number): void {
    this.#lettersKept.set({ topic }, offsets)
  }

  handled({ topic }: TopicPartition, records: number, seconds: number): void {
    this.#records.inc({ topic }, records)
    this.#seconds.observe({ topic }, seconds)
  }

  backlog({ topic, partition }: TopicPartition, { behind, queued, inHand }: Parameters<WorkerObserver['backlog']>[1]): void {
    this.#lag.set({ topic, partition }, behind)
    this.#queued.set({ topic, partition }, queued)
    this.#inHand.set({ topic, partition }, inHand)
  }

  /** Whoever has the partition now says how it is. */
  released(at: TopicPartition): void {
    const labels = { topic: at.topic, partition: at.partition }
    this.#lag.remove(labels)
    this.#queued.remove(labels)
    this.#inHand.remove(labels)
    this.#unrestored.remove(labels)
    this.#tellAt.delete(nameOf(at))
    if (!this.#waiting.delete(nameOf(at))) return
    this.#waits.set(this.#waiting.size)
    this.#report()
  }

  restoring(at: TopicPartition, { read, all }: Parameters<WorkerObserver['restoring']>[1], seconds: number): void {
    const { topic, partition } = at
    this.#unrestored.set({ topic, partition }, all - read)
    if (seconds < (this.#tellAt.get(nameOf(at)) ?? everySeconds)) return
    this.#tellAt.set(nameOf(at), seconds + everySeconds)
    const secondsLeft = Math.ceil((seconds * (all - read)) / Math.max(1, read))
    this.logger.info({ topic, partition, records: read, of: all, secondsLeft }, 'State is being restored')
  }

  restored(at: TopicPartition, records: number, seconds: number): void {
    this.#unrestored.set({ topic: at.topic, partition: at.partition }, 0)
    this.#tellAt.delete(nameOf(at))
    this.logger.info({ topic: at.topic, partition: at.partition, records, seconds }, 'State restored')
  }

  stateSkipped(at: TopicPartition & { readonly offset: bigint }, error: unknown): void {
    this.#skipped.inc({ topic: at.topic, code: failureCode(error) })
    this.logger.error({ err: error, topic: at.topic, partition: at.partition, offset: Number(at.offset) }, 'State record cannot be read: its key begins anew')
  }

  #report(): void {
    const [waiting] = this.#waiting
    if (this.#cluster !== null) this.readiness.report(component, 'down', this.#cluster)
    else if (waiting) this.readiness.report(component, 'down', `${this.#waiting.size} partition(s) wait; ${waiting[0]}: ${waiting[1]}`)
    else this.readiness.report(component, 'up')
  }
}
