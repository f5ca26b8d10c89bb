import { setTimeout as delay } from 'node:timers/promises'
import { toError, type ErrorKind } from '@swipestream/platform'
import { MessagingError } from '../errors.js'
import { endedWithin } from '../kafka/patience.js'
import { type KafkaRecord, nameOf, type PartitionOffset, type TopicPartition } from '../kafka/ports.js'
import { deadLetterRecord, type GivenUp } from './dead-letter.js'
import { failureKind } from './failure.js'
import { PartitionQueue } from './partition-queue.js'
import { Pipeline, type PipelineParts, type Read } from './pipeline.js'
import { decideRecovery, type RecoveryPolicy } from './recovery.js'

export interface WorkerParts extends PipelineParts {
  readonly policy: RecoveryPolicy
  /** How long a batch under way may take to be finished when the service stops, in milliseconds; then it is left to the next owner. */
  readonly drainMs: number
  readonly flow: { pause(): void; resume(): void }
  /** All before this offset are handled. */
  readonly handled: (next: PartitionOffset) => void
  readonly observe: WorkerObserver
  /** A failure that no retry and no dead letter can answer. */
  readonly fatal: (error: unknown) => void
}

export interface WorkerObserver {
  /** The partition waits for something to come back: why, or null when it goes on. */
  waits(partition: TopicPartition, reason: Error | null): void
  retried(partition: TopicPartition, error: unknown, attempt: number): void
  gaveUp(givenUp: GivenUp): void
  handled(partition: TopicPartition, records: number, seconds: number): void
  /** So many records stand on the topic that are not yet handled, and so many of them are in memory. */
  backlog(partition: TopicPartition, records: { readonly behind: number; readonly queued: number }): void
  restored(partition: TopicPartition, records: number, seconds: number): void
  /** The partition is no longer this member's: nothing more is known of it. */
  released(partition: TopicPartition): void
}

/**
 * Handles the records of one partition, in order, one batch at a time. The same code serves batches and single records:
 * a batch that fails for good is taken apart, so that only the record at fault is given up.
 */
export class PartitionWorker {
  readonly #at: TopicPartition
  readonly #parts: WorkerParts
  readonly #pipeline: Pipeline
  readonly #queue: PartitionQueue
  readonly #revoked = new AbortController()
  readonly #draining = new AbortController()
  readonly #done: Promise<void>
  /** The offset the next record to be written will have, and the next one to handle. */
  #end = 0n
  #next: bigint | null = null
  #restored = false
  #waiting = false

  constructor(at: TopicPartition, parts: WorkerParts) {
    this.#at = at
    this.#parts = parts
    this.#queue = new PartitionQueue(parts.subscription.batch, parts.flow)
    this.#pipeline = new Pipeline(at, parts, this.#revoked.signal)
    this.#done = this.#run().catch((error: unknown) => {
      if (!this.#revoked.signal.aborted) parts.fatal(error)
    })
  }

  push(records: readonly KafkaRecord[], end: bigint): void {
    if (this.#revoked.signal.aborted) return
    this.#end = end
    this.#next ??= records[0]?.offset ?? null
    this.#queue.push(records)
    this.#observeBacklog()
  }

  /** The partition is no longer ours: drops what is under way; nothing of it is published or committed after this. */
  revoke(): void {
    if (this.#revoked.signal.aborted) return
    this.#revoked.abort(new MessagingError('PARTITION_REVOKED', `${nameOf(this.#at)} went to another member`))
    this.#draining.abort()
    this.#parts.observe.released(this.#at)
  }

  /**
   * Finishes the batch under way, if that does not take too long; a batch that waits for something to come back is left
   * to the next owner.
   */
  async drain(): Promise<void> {
    this.#draining.abort()
    if (this.#restored && !this.#waiting) await endedWithin(this.#done, this.#parts.drainMs)
    this.revoke()
  }

  async #run(): Promise<void> {
    const started = performance.now()
    const restored = await this.#insist(() => this.#pipeline.restore())
    if (restored !== null) this.#parts.observe.restored(this.#at, restored, (performance.now() - started) / 1_000)
    this.#restored = true
    const most = Math.max(1, this.#parts.subscription.batch)
    while (!this.#draining.signal.aborted) {
      const records = await this.#queue.take(most, this.#draining.signal)
      const last = records.at(-1)
      if (!last) continue
      this.#observeBacklog()
      await this.#handle(records, last)
    }
  }

  async #handle(records: readonly KafkaRecord[], last: KafkaRecord): Promise<void> {
    const started = performance.now()
    const read = await this.#insist(() => this.#pipeline.read(records))
    const letters = [...read.unreadable, ...(await this.#process(read.messages))]
    if (letters.length > 0) {
      const sealed = letters.map((letter) => deadLetterRecord(letter, this.#parts.groupId))
      await this.#insist(() => this.#pipeline.publish(sealed))
      for (const letter of letters) this.#parts.observe.gaveUp(letter)
    }
    this.#revoked.signal.throwIfAborted()
    this.#next = last.offset + 1n
    this.#parts.handled({ ...this.#at, offset: this.#next })
    this.#parts.observe.handled(this.#at, records.length, (performance.now() - started) / 1_000)
    this.#observeBacklog()
  }

  /** Handles messages until they are handled, or given up. */
  async #process(messages: readonly Read[]): Promise<GivenUp[]> {
    if (messages.length === 0) return []
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#pipeline.handle(messages)
        this.#goesOn()
        return []
      } catch (error) {
        if (await this.#retry(error, failureKind(error), attempt)) continue
        this.#goesOn()
        const [only] = messages
        if (messages.length === 1 && only) return [{ record: only.record, error, attempts: attempt }]
        const givenUp: GivenUp[] = []
        for (const message of messages) givenUp.push(...(await this.#process([message])))
        return givenUp
      }
    }
  }

  /** Tries until it works, for what must not be given up: the partition waits, whatever the reason. */
  async #insist<R>(attemptIt: () => Promise<R>): Promise<R> {
    for (let attempt = 1; ; attempt++) {
      try {
        const result = await attemptIt()
        this.#goesOn()
        return result
      } catch (error) {
        await this.#retry(error, failureKind(error) === 'fatal' ? 'fatal' : 'transient', attempt)
      }
    }
  }

  /** Whether to try again, after the wait. @throws what ends the process, or that the partition was revoked */
  async #retry(error: unknown, kind: ErrorKind, attempt: number): Promise<boolean> {
    const signal = this.#revoked.signal
    signal.throwIfAborted()
    const recovery = decideRecovery(kind, attempt, this.#parts.policy, Math.random())
    if (recovery.action === 'exit') throw error
    if (recovery.action === 'dead-letter') return false
    this.#parts.observe.retried(this.#at, error, attempt)
    if (kind === 'transient') {
      this.#waiting = true
      this.#parts.observe.waits(this.#at, toError(error))
      if (this.#draining.signal.aborted) this.revoke()
    }
    await delay(recovery.delayMs, undefined, { signal })
    return true
  }

  #goesOn(): void {
    if (!this.#waiting) return
    this.#waiting = false
    this.#parts.observe.waits(this.#at, null)
  }

  #observeBacklog(): void {
    if (this.#next === null) return
    this.#parts.observe.backlog(this.#at, { behind: Math.max(0, Number(this.#end - this.#next)), queued: this.#queue.length })
  }
}
