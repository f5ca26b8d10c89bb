import { toError } from '@swipestream/platform'
import type { FileRecord } from '../../domain/file-identity.js'
import type { FileSet } from './file-set.js'
import type { ShipObserver } from './observer.js'
import type { ShipCounts } from './ship-counts.js'

/** Where it is remembered how far files were shipped. */
export interface CheckpointStore {
  /** @throws LogError LOG_CHECKPOINT_UNWRITABLE */
  save(files: readonly FileRecord[]): Promise<void>
}

/**
 * Remembers positions after the topic has the entries, every now and then; at once when something waits for it: a file
 * that is new, and an entry whose end was decided by time, are not sent before they are remembered, as after a kill they
 * could not be told to be the same.
 *
 * While nothing can be written, for a full disk, known files are shipped on: after a kill their entries come once more,
 * with the same ids. What must be remembered before waits.
 */
export class Checkpoints {
  readonly #store: CheckpointStore
  readonly #files: FileSet
  readonly #everyMs: number
  readonly #observer: ShipObserver
  readonly #counts: ShipCounts
  #changedAtMs: number | null = null
  #nextMs = 0
  #urgent = false
  #failing = false
  #saving: Promise<void> | null = null

  constructor(store: CheckpointStore, files: FileSet, everyMs: number, observer: ShipObserver, counts: ShipCounts) {
    this.#store = store
    this.#files = files
    this.#everyMs = everyMs
    this.#observer = observer
    this.#counts = counts
  }

  /** Says that there is something to remember. @param urgent something waits for it */
  changed(nowMs: number, urgent = false): void {
    this.#changedAtMs ??= nowMs
    this.#urgent ||= urgent
  }

  /** Whether all is remembered. */
  get settled(): boolean {
    return this.#changedAtMs === null && this.#saving === null
  }

  /** Begins to save when it is time to. @param onSaved told when something that waited for it may go on */
  tick(nowMs: number, onSaved: () => void): void {
    this.#counts.checkpointAge.set(this.#changedAtMs === null ? 0 : (nowMs - this.#changedAtMs) / 1_000)
    if (this.#saving !== null || this.#changedAtMs === null || (nowMs < this.#nextMs && (!this.#urgent || this.#failing))) return
    this.#saving = this.#save(nowMs).finally(() => {
      this.#saving = null
      onSaved()
    })
  }

  /** Saves what there is to remember, after what is being saved. */
  async flush(nowMs: number): Promise<void> {
    await this.#saving
    if (this.#changedAtMs !== null) await this.#save(nowMs)
  }

  async #save(nowMs: number): Promise<void> {
    const changedAtMs = this.#changedAtMs
    this.#changedAtMs = null
    this.#urgent = false
    this.#nextMs = nowMs + this.#everyMs
    // As they stand now, in the bytes that are written.
    const waiting = this.#files.tracked.map((file) => ({ file, cut: file.record.cut }))
    try {
      await this.#store.save(this.#files.records)
      this.#failing = false
      for (const { file, cut } of waiting) file.remembered(cut)
      this.#observer.health('checkpoint', null)
    } catch (error) {
      this.#failing = true
      this.#changedAtMs = changedAtMs
      this.#counts.trouble('checkpoint_unwritable')
      this.#observer.health('checkpoint', toError(error))
    }
  }
}
