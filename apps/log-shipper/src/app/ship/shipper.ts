import { setTimeout as delay } from 'node:timers/promises'
import { pause, toError } from '@swipestream/platform'
import type { FileRecord } from '../../domain/file-identity.js'
import { Redactor } from '../../domain/redaction.js'
import { Suspects } from '../../domain/suspects.js'
import { LogError } from '../../errors.js'
import { Batch } from './batch.js'
import { Checkpoints, type CheckpointStore } from './checkpoints.js'
import { Delivery } from './delivery.js'
import { FileSet } from './file-set.js'
import type { ShipOptions } from './input.js'
import type { LogTopic } from './log-topic.js'
import type { ShipObserver } from './observer.js'
import { ShipCounts, type ShipTotals } from './ship-counts.js'
import type { TrackedFile } from './tracked-file.js'

/** Bytes that are read of a file in its turn. */
const chunkBytes = 512 << 10
/** A file that is quiet is looked at less often, down to this. Milliseconds. */
const maxPollMs = 2_000
/** How long a shutdown waits for what is under way. */
const drainMs = 5_000

export interface ShipperParts {
  readonly options: ShipOptions
  readonly topic: LogTopic
  readonly store: CheckpointStore
  /** What the store had. */
  readonly records: FileRecord[]
  readonly observer: ShipObserver
  readonly counts?: ShipCounts
  /** Milliseconds of a clock that never goes back. */
  readonly clock?: () => number
}

/** How far the reading of what is there has come. */
export interface ShipProgress {
  readonly totals: ShipTotals
  readonly files: number
  /** Bytes of the files that are read, and of these, those that the topic does not have. */
  readonly size: number
  readonly lag: number
}

/**
 * Ships entries from files to the topic. Files take turns; what they have goes into a batch, and while one batch is
 * written the next is filled: so no more than two are held, and reading waits for the topic. Positions are remembered
 * after the topic has what comes before them.
 */
export class Shipper {
  readonly #options: ShipOptions
  readonly #files: FileSet
  readonly #delivery: Delivery
  readonly #checkpoints: Checkpoints
  readonly #counts: ShipCounts
  readonly #observer: ShipObserver
  readonly #clock: () => number
  readonly #chunk = Buffer.allocUnsafeSlow(chunkBytes)
  readonly #batches: [Batch, Batch]
  readonly #damaged = new Set<FileRecord>()
  #wake = Promise.withResolvers<void>()
  #scanAtMs = -Infinity
  #reopen = false
  /** Why nothing more can be written. */
  #failure: { readonly error: unknown } | null = null
  #begin = 0

  constructor({ options, topic, store, records, observer, counts = new ShipCounts(), clock = () => performance.now() }: ShipperParts) {
    this.#options = options
    this.#observer = observer
    this.#counts = counts
    this.#clock = clock
    this.#files = new FileSet(records, { options, schemaId: topic.schemaId, redactor: new Redactor(options.redaction), suspects: new Suspects(options.redaction), observer, counts })
    this.#delivery = new Delivery(topic, counts, observer)
    this.#checkpoints = new Checkpoints(store, this.#files, options.checkpointMs, observer, counts)
    const batch = () => new Batch({ topic: topic.name, producedBy: 'log-shipper', bytes: options.batchBytes })
    this.#batches = [batch(), batch()]
  }

  /** Looks the patterns up and opens the files anew, soon. */
  reopen(): void {
    this.#reopen = true
    this.#wake.resolve()
  }

  get progress(): ShipProgress {
    const files = this.#files.tracked
    const size = files.reduce((sum, { state }) => sum + state.size, 0)
    const lag = files.reduce((sum, file) => sum + lagOf(file), 0)
    return { totals: this.#counts.totals, files: files.length, size, lag }
  }

  /**
   * Ships until the signal ends it; with `once`, until all that is there was shipped and that is remembered. What is
   * under way then is waited for a little, and the positions are remembered.
   *
   * @throws what is fatal: the topic refuses us
   */
  async run(signal: AbortSignal): Promise<void> {
    const ended = Promise.withResolvers<void>()
    const end = () => {
      ended.resolve()
      this.#wake.resolve()
    }
    signal.addEventListener('abort', end)
    const sending = new AbortController()
    let underWay: Promise<void> = Promise.resolve()
    try {
      while (!signal.aborted && this.#failure === null) {
        const [filling, written] = this.#batches
        await this.#fill(filling)
        this.#checkpoints.tick(this.#clock(), () => this.#wake.resolve())
        if (filling.empty) {
          await this.#idle(underWay)
          if (this.#options.once && written.empty && this.#done()) break
          continue
        }
        await Promise.race([underWay, ended.promise])
        if (signal.aborted || this.#failure !== null) break
        this.#batches.reverse()
        underWay = this.#write(filling, sending.signal).catch((error: unknown) => {
          this.#failure = { error }
        })
      }
    } finally {
      signal.removeEventListener('abort', end)
      const late = setTimeout(() => sending.abort(), drainMs)
      // What cannot be written now is read again.
      if (signal.aborted) await Promise.race([underWay, delay(drainMs, undefined, { ref: false })])
      else await underWay
      clearTimeout(late)
      sending.abort()
      await this.#checkpoints.flush(this.#clock())
      await this.#files.close()
    }
    const failure = this.#failure
    if (failure !== null) throw toError(failure.error)
  }

  async #write(batch: Batch, signal: AbortSignal): Promise<void> {
    if (!(await this.#delivery.write(batch.records, signal))) return
    for (const [record, { offset, tail, finished }] of batch.marks) {
      record.offset = offset
      record.tail = tail
      record.finished = finished
      if (record.cut !== null && record.cut <= offset) record.cut = null
    }
    if (batch.marks.size > 0) this.#checkpoints.changed(this.#clock())
    batch.clear()
    this.#wake.resolve()
  }

  /** Fills the batch with what files have; each in its turn. */
  async #fill(batch: Batch): Promise<void> {
    const nowMs = this.#clock()
    if (this.#reopen) {
      this.#reopen = false
      await this.#files.reopen()
      this.#scanAtMs = -Infinity
    }
    if (nowMs >= this.#scanAtMs) {
      this.#scanAtMs = nowMs + this.#options.scanMs
      await this.#files.rescan(batch, nowMs)
    }
    const tracked = this.#files.tracked
    this.#counts.files.set(tracked.length)
    if (tracked.some(({ recorded }) => !recorded)) this.#checkpoints.changed(nowMs, true)
    // Whoever had no turn in the last batch comes first in this one.
    const begin = tracked.length === 0 ? 0 : this.#begin % tracked.length
    let busy = [...tracked.slice(begin), ...tracked.slice(0, begin)].filter((file) => file.recorded && nowMs >= file.nextLookMs)
    while (busy.length > 0 && !batch.full) {
      const more: TrackedFile[] = []
      for (const file of busy) {
        if (batch.full) break
        this.#begin++
        if (await this.#turn(file, batch)) more.push(file)
      }
      busy = more
    }
    this.#counts.lag.set(tracked.reduce((sum, file) => sum + lagOf(file), 0))
  }

  /** @returns whether the file may have more at once */
  async #turn(file: TrackedFile, batch: Batch): Promise<boolean> {
    const nowMs = this.#clock()
    if (file.ended) return this.#ended(file)
    try {
      if ((await file.read(batch, this.#chunk, nowMs)) === 'more') return true
      if (await this.#files.settle(file, batch, nowMs)) await this.#atEnd(file, batch, nowMs)
      // What stands there now is found at once.
      else this.#scanAtMs = -Infinity
    } catch (error) {
      await this.#unreadable(file, toError(error), batch, nowMs)
    } finally {
      this.#counts.take(file.input.service, file.turn)
    }
    return false
  }

  /** A file has nothing more for now: what waits may be whole, the file may be over. */
  async #atEnd(file: TrackedFile, batch: Batch, nowMs: number): Promise<void> {
    const { once, pollMs, partialMs, rotatedMs } = this.#options
    file.atEnd = true
    const quietMs = nowMs - file.grewAtMs
    file.nextLookMs = nowMs + (quietMs < 10 * maxPollMs ? pollMs : Math.max(pollMs, Math.min(maxPollMs, quietMs / 10)))
    if (file.content.compressed) return file.finish(batch, nowMs)
    if ((once || file.isDue(nowMs, partialMs)) && file.cutHere()) {
      this.#checkpoints.changed(nowMs, true)
      file.nextLookMs = 0
    }
    if (file.detached && quietMs >= (once ? 0 : rotatedMs) && !file.cutting) {
      if (file.pending && file.cutHere()) this.#checkpoints.changed(nowMs, true)
      else if (!file.pending) {
        await this.#files.drop(file, file.state.deleted)
        this.#observer.file('gone', file.record.path, { offset: file.position, deleted: file.state.deleted })
      }
    }
  }

  async #unreadable(file: TrackedFile, error: Error, batch: Batch, nowMs: number): Promise<void> {
    const { partialMs, pollMs, once } = this.#options
    const damaged = error instanceof LogError && error.code === 'LOG_ARCHIVE_DAMAGED'
    if (!this.#damaged.has(file.record)) {
      this.#damaged.add(file.record)
      const reason = damaged ? 'archive_damaged' : 'read_failed'
      this.#counts.trouble(reason)
      this.#observer.trouble(reason, file.record.path, error.message)
    }
    file.nextLookMs = nowMs + Math.max(pollMs, 1_000)
    if (!damaged) return
    const { size } = file.state
    file.state = await file.content.look()
    if (file.state.size !== size) file.grewAtMs = nowMs
    // Nobody writes it any more: what could be unpacked is all there is.
    else if (once || nowMs - file.grewAtMs >= partialMs) await file.finish(batch, nowMs)
  }

  /** A compressed file is held until the topic has all of it. */
  async #ended(file: TrackedFile): Promise<boolean> {
    if (!file.record.finished) return false
    await this.#files.drop(file, false)
    this.#observer.file('finished', file.record.path, { offset: file.position })
    return false
  }

  /** Nothing is left to do for a run of what is there. */
  #done(): boolean {
    return this.#batches.every(({ empty }) => empty) && this.#checkpoints.settled && this.#files.tracked.every((file) => file.atEnd && !file.ended && !file.pending && file.record.offset === file.position)
  }

  /** Until a file is to be looked at again, or something was written. */
  async #idle(underWay: Promise<void>): Promise<void> {
    const timer = new AbortController()
    await Promise.race([this.#wake.promise, pause(this.#options.pollMs, timer.signal)])
    timer.abort()
    this.#wake = Promise.withResolvers<void>()
    // The last batch of all is waited for here, not only looked at.
    if (this.#options.once) await underWay
  }
}

/** Bytes that the topic does not have; of a compressed file, all of them until it is finished. */
function lagOf({ record, state, content }: TrackedFile): number {
  return content.compressed ? (record.finished ? 0 : state.size) : Math.max(0, state.size - record.offset)
}
