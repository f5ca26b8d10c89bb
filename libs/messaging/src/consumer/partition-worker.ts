import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises'
import { toError, type ErrorKind } from '@swipestream/platform'
import { MessagingError } from '../errors.js'
import { endedWithin } from '../kafka/patience.js'
import { type KafkaRecord, nameOf, type Progress, type TopicPartition } from '../kafka/ports.js'
import type { GivenUp } from './dead-letter.js'
import type { Delivery } from './delivery.js'
import { failureCode, failureKind } from './failure.js'
import { PartitionQueue } from './partition-queue.js'
import { type Entry, isGivenUp, Pipeline, type PipelineParts } from './pipeline.js'
import { backoff, decideRecovery, type RecoveryPolicy } from './recovery.js'
import type { Turns } from './turns.js'

export interface WorkerParts extends PipelineParts {
  readonly policy: RecoveryPolicy
  /** How long a batch under way may take to be finished when the service stops, in milliseconds; then it is left to the next owner. */
  readonly drainMs: number
  /** How long one that was fenced waits to be told that the partition is no longer its own, in milliseconds. */
  readonly fencedMs: number
  readonly flow: Flow
  readonly delivery: (revoked: AbortSignal) => Delivery
  /** Whose turn it is to handle a batch that is not full; without it, nobody waits for the others of the topic. */
  readonly turns?: Turns | undefined
  readonly observe: WorkerObserver
  /** A failure that no retry and no dead letter can answer. */
  readonly fatal: (error: unknown) => void
}

/** What a worker says of the records it gets. */
export interface Flow {
  /** They may come, from where the group has left off. */
  begin(): void
  pause(): void
  resume(): void
}

export interface WorkerObserver {
  /** The partition waits for something to come back: why, or null when it goes on. */
  waits(partition: TopicPartition, reason: Error | null): void
  retried(partition: TopicPartition, error: unknown, attempt: number): void
  gaveUp(givenUp: GivenUp): void
  handled(partition: TopicPartition, records: number, seconds: number): void
  /** So many records stand on the topic that are not yet handled; so many of them wait in memory, so many are being handled. */
  backlog(partition: TopicPartition, records: { readonly behind: number; readonly queued: number; readonly inHand: number }): void
  /** So many offsets of the state were read since so many seconds, of all there are. */
  restoring(partition: TopicPartition, offsets: { readonly read: number; readonly all: number }, seconds: number): void
  restored(partition: TopicPartition, records: number, seconds: number): void
  /** The partition is no longer this member's: nothing more is known of it. */
  released(partition: TopicPartition): void
}

/** Records to handle together, and what they say, where that is known already. */
interface Batch {
  readonly records: readonly KafkaRecord[]
  readonly entries: readonly Entry[] | null
}

/**
 * Handles the records of one partition, in order, one batch at a time. The same code serves batches and single records:
 * a batch that fails for good is taken apart, so that only the record at fault is given up. The same code delivers at
 * least once and exactly once: see `Delivery`.
 */
export class PartitionWorker {
  readonly at: TopicPartition
  readonly #parts: WorkerParts
  readonly #delivery: Delivery
  readonly #pipeline: Pipeline
  readonly #queue: PartitionQueue
  readonly #revoked = new AbortController()
  readonly #draining = new AbortController()
  readonly #done: Promise<void>
  readonly #most: number
  /** What is handled next, if it was read already. */
  #ahead: Batch | null = null
  #progress: Progress | null = null
  #inHand = 0
  /** Records are taken in: the partition is settled and its state restored. */
  #reading = false
  #waiting = false
  /** Ends its turn, while it has one; then it does nothing. */
  #endTurn: () => void = nothing
  /** How often in a row the partition was begun anew. */
  #beginnings = 0

  constructor(at: TopicPartition, parts: WorkerParts) {
    this.at = at
    this.#parts = parts
    this.#most = Math.max(1, parts.subscription.batch)
    this.#queue = new PartitionQueue(parts.subscription.batch, parts.flow)
    this.#delivery = parts.delivery(this.#revoked.signal)
    this.#pipeline = new Pipeline(at, parts, this.#delivery, this.#revoked.signal)
    this.#done = this.#run()
      .finally(() => {
        this.#pipeline.close()
        return this.#delivery.close()
      })
      .catch((error: unknown) => {
        if (!this.#revoked.signal.aborted) parts.fatal(error)
      })
  }

  push(records: readonly KafkaRecord[], progress: Progress): void {
    if (this.#revoked.signal.aborted || !this.#reading) return
    this.#progress = progress
    this.#queue.push(records)
    this.#observeBacklog()
  }

  /** Whether its queue is full: nothing is read. */
  get paused(): boolean {
    return this.#queue.paused
  }

  /** The log has grown to this offset. */
  grown(end: bigint): void {
    if (this.#revoked.signal.aborted || !this.#progress || end <= this.#progress.end) return
    this.#progress = { ...this.#progress, end }
    this.#observeBacklog()
  }

  /** The partition is no longer ours: drops what is under way; nothing of it is published or committed after this. */
  revoke(): void {
    if (this.#revoked.signal.aborted) return
    this.#revoked.abort(new MessagingError('PARTITION_REVOKED', `${nameOf(this.at)} went to another member`))
    this.#draining.abort()
    // Its handler may never return.
    this.#endTurn()
    this.#parts.observe.released(this.at)
  }

  /**
   * Finishes the batch under way, if that does not take too long; a batch that waits for something to come back is left
   * to the next owner.
   */
  async drain(): Promise<void> {
    this.#draining.abort()
    if (this.#reading && !this.#waiting) await endedWithin(this.#done, this.#parts.drainMs)
    this.revoke()
  }

  async #run(): Promise<void> {
    while (!this.#draining.signal.aborted) {
      try {
        await this.#serve()
      } catch (error) {
        if (!beginsAnew(error)) throw error
        await this.#abandon(error)
      }
    }
  }

  async #serve(): Promise<void> {
    await this.#insist(() => this.#delivery.begin())
    const started = performance.now()
    const seconds = (): number => (performance.now() - started) / 1_000
    const progress = (read: number, all: number): void => {
      if (!this.#revoked.signal.aborted) this.#parts.observe.restoring(this.at, { read, all }, seconds())
    }
    const restored = await this.#insist(() => this.#pipeline.restore(progress))
    if (restored !== null) this.#parts.observe.restored(this.at, restored, seconds())
    this.#reading = true
    this.#parts.flow.begin()
    while (!this.#draining.signal.aborted) {
      try {
        const batch = await this.#next()
        if (batch.records.length === 0) continue
        this.#inHand = batch.records.length
        this.#observeBacklog()
        await this.#handle(batch)
        this.#beginnings = 0
      } finally {
        this.#endTurn()
      }
    }
  }

  async #next(): Promise<Batch> {
    const ahead = this.#ahead
    this.#ahead = null
    if (ahead) return ahead
    const { signal } = this.#draining
    const { turns, subscription } = this.#parts
    await this.#queue.filled(this.#most, signal, subscription.gatherMs)
    if (turns && this.#queue.length < this.#most) this.#endTurn = (await turns.take(signal)) ?? nothing
    return { records: signal.aborted ? [] : this.#queue.take(this.#most), entries: null }
  }

  /**
   * Decodes the next batch, if all of it is here, while one is on its way out: there is nothing else to do meanwhile.
   * What is not a whole batch yet is not taken early, or batches would be smaller than need be.
   */
  async #readAhead(): Promise<void> {
    // What is on its way goes first.
    await nextTurn()
    const records = this.#reading ? this.#queue.takeAll(this.#most) : null
    if (records) this.#ahead = { records, entries: this.#pipeline.readNow(records) }
  }

  /** Drops what is here, for it is not known any more where the partition stands, and waits before it is begun anew. */
  async #abandon(error: unknown): Promise<void> {
    this.#revoked.signal.throwIfAborted()
    this.#reading = false
    this.#queue.clear()
    this.#ahead = null
    this.#progress = null
    this.#inHand = 0
    this.#waiting = true
    this.#beginnings++
    this.#parts.observe.retried(this.at, error, this.#beginnings)
    this.#parts.observe.waits(this.at, toError(error))
    // Whoever fenced this one has the partition, unless it does not know that it has lost it: then it learns so meanwhile.
    const delayMs = failureCode(error) === 'KAFKA_FENCED' ? this.#parts.fencedMs : backoff(this.#beginnings, this.#parts.policy, Math.random())
    await delay(delayMs, undefined, { signal: this.#revoked.signal })
  }

  async #handle({ records, entries }: Batch): Promise<void> {
    const started = performance.now()
    const read = entries ?? (await this.#insist(() => this.#pipeline.read(records)))
    await Promise.all([this.#process(read), this.#readAhead()])
    // Also when the partition has gone meanwhile: what was committed counts.
    this.#parts.observe.handled(this.at, records.length, (performance.now() - started) / 1_000)
    this.#revoked.signal.throwIfAborted()
    this.#observeBacklog()
  }

  /** Handles records until they are handled, or given up: together, or one by one when that fails for good. */
  async #process(entries: readonly Entry[]): Promise<void> {
    const [first] = entries
    const only = entries.length === 1 ? first : undefined
    const failures = new Map<ErrorKind, number>()
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#pipeline.handle(entries)
        this.#goesOn()
        return this.#delivered(entries)
      } catch (error) {
        const kind = only && isGivenUp(only) ? insisting(error) : failureKind(error)
        // By kind: an outage does not use up the tries of what fails after it.
        const failed = (failures.get(kind) ?? 0) + 1
        failures.set(kind, failed)
        if (await this.#retry(error, kind, failed)) continue
        this.#goesOn()
        if (only) return this.#process([{ record: only.record, error, attempts: attempt }])
        for (const entry of entries) await this.#process([entry])
        return
      }
    }
  }

  #delivered(entries: readonly Entry[]): void {
    for (const entry of entries) if (isGivenUp(entry)) this.#parts.observe.gaveUp(entry)
    this.#inHand -= entries.length
  }

  /** Tries until it works, for what must not be given up: the partition waits, whatever the reason. */
  async #insist<R>(attemptIt: () => Promise<R>): Promise<R> {
    for (let attempt = 1; ; attempt++) {
      try {
        const result = await attemptIt()
        // It may have gone meanwhile, and come back: then another worker asks for its records.
        this.#revoked.signal.throwIfAborted()
        this.#goesOn()
        return result
      } catch (error) {
        await this.#retry(error, insisting(error), attempt)
      }
    }
  }

  /** Whether to try again, after the wait. @throws what ends the process or has the partition begun anew, or that it was revoked */
  async #retry(error: unknown, kind: ErrorKind, attempt: number): Promise<boolean> {
    const signal = this.#revoked.signal
    signal.throwIfAborted()
    if (beginsAnew(error)) throw error
    const recovery = decideRecovery(kind, attempt, this.#parts.policy, Math.random())
    if (recovery.action === 'exit') throw error
    if (recovery.action === 'dead-letter') return false
    this.#parts.observe.retried(this.at, error, attempt)
    // The others need not wait for what this one waits for.
    this.#endTurn()
    if (kind === 'transient') {
      this.#waiting = true
      this.#parts.observe.waits(this.at, toError(error))
      if (this.#draining.signal.aborted) this.revoke()
    }
    await delay(recovery.delayMs, undefined, { signal })
    return true
  }

  #goesOn(): void {
    if (!this.#waiting) return
    this.#waiting = false
    this.#parts.observe.waits(this.at, null)
  }

  #observeBacklog(): void {
    if (!this.#progress) return
    const { next, end } = this.#progress
    const [queued, inHand] = [this.#queue.length + (this.#ahead?.records.length ?? 0), this.#inHand]
    this.#parts.observe.backlog(this.at, { behind: Number(end - next) + queued + inHand, queued, inHand })
  }
}

function nothing(): void {}

/** The kind of a failure of what must not be given up. */
function insisting(error: unknown): ErrorKind {
  return failureKind(error) === 'fatal' ? 'fatal' : 'transient'
}

/** Whether it is not known any more where the partition stands. */
function beginsAnew(error: unknown): boolean {
  const code = failureCode(error)
  return code === 'KAFKA_FENCED' || code === 'KAFKA_TRANSACTION_LOST'
}
