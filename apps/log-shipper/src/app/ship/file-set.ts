import { basename } from 'node:path'
import { changeOf, type FileRecord, fingerprint, identify, maybeArchiveOf, samePlace } from '../../domain/file-identity.js'
import type { Redactor } from '../../domain/redaction.js'
import type { Suspects } from '../../domain/suspects.js'
import { isAway } from '../../files/away.js'
import { digest } from '../../files/digest.js'
import { NotAFile, type OpenedLog, openIfThere, openLog } from '../../files/log-content.js'
import { type FoundFile, lookAt, placeName, scan, siblingsOf } from '../../files/scan.js'
import type { Batch } from './batch.js'
import type { LogInput, ShipOptions } from './input.js'
import type { ShipObserver } from './observer.js'
import { PathTroubles } from './path-troubles.js'
import type { ShipCounts, ShipTrouble } from './ship-counts.js'
import { tailLike } from './tail-of-archive.js'
import { TrackedFile } from './tracked-file.js'

/** What was read of files that are gone is known for so long, to tell an archive of it when it comes. Milliseconds. */
const forgetMs = 7 * 86_400_000
const forgetEveryMs = 600_000

export interface FileSetParts {
  readonly options: ShipOptions
  readonly schemaId: number
  readonly redactor: Redactor
  readonly suspects: Suspects
  readonly observer: ShipObserver
  readonly counts: ShipCounts
}

/** Which files are read, and which content is known: found by patterns, followed through rotations. */
export class FileSet {
  /** All content that is known, be its file there or not. */
  records: FileRecord[]
  readonly #parts: FileSetParts
  readonly #tracked = new Map<string, TrackedFile>()
  readonly #troubles: PathTroubles
  /** Files that have nothing to read, by place: as long as they are of this size, and not before this time. */
  readonly #settled = new Map<string, { readonly size: number; readonly sinceMs: number; readonly untilMs: number }>()
  #orphansSought = false
  #forgetAtMs = 0

  constructor(records: FileRecord[], parts: FileSetParts) {
    this.records = records
    this.#parts = parts
    this.#troubles = new PathTroubles(parts.observer, parts.counts)
  }

  get tracked(): TrackedFile[] {
    return [...this.#tracked.values()]
  }

  /** Looks the patterns up. @param batch takes what is left of files that began anew */
  async rescan(batch: Batch, nowMs: number): Promise<void> {
    const seen = new Set<string>()
    const troubles = new Map<string, ShipTrouble>()
    for (const input of this.#parts.options.inputs) {
      const { files, refused } = await scan(input.paths, input.exclude)
      for (const [path, reason] of refused) troubles.set(path, reason)
      for (const file of files) {
        const name = placeName(file.place)
        // The first input that has a file reads it.
        if (seen.has(name)) continue
        seen.add(name)
        const trouble = await this.#found(file, input, batch, nowMs)
        if (trouble !== null) troubles.set(file.path, trouble)
      }
    }
    for (const [name, file] of this.#tracked) if (!seen.has(name)) file.detached = true
    this.#troubles.are(troubles)
    if (!this.#orphansSought) {
      this.#orphansSought = true
      await this.#seekOrphans(nowMs)
    }
    await this.#forget(nowMs)
  }

  /**
   * A file in which nothing new was found: whether it was renamed, or is gone.
   *
   * @param batch takes what is left of it
   * @returns false when it began anew, and is not read as it was any more
   */
  async settle(file: TrackedFile, batch: Batch, nowMs: number): Promise<boolean> {
    if (!(await file.stillSame())) {
      await this.#beganAnew(file, batch, nowMs)
      return false
    }
    const { record, state } = file
    record.seenAt = Date.now()
    const there = await lookAt(record.path)
    if (state.deleted || typeof there === 'string' || !samePlace(there.place, state.place)) file.detached = true
    return true
  }

  /** Gives a file up. @param gone it has no place any more */
  async drop(file: TrackedFile, gone: boolean): Promise<void> {
    for (const [name, tracked] of this.#tracked) if (tracked === file) this.#tracked.delete(name)
    if (gone) file.record.at = null
    await file.content.close()
  }

  async close(): Promise<void> {
    for (const file of this.tracked) await file.content.close()
    this.#tracked.clear()
  }

  /** Opens every file anew, where it stands at its path still. */
  async reopen(): Promise<void> {
    this.#troubles.forget()
    this.#settled.clear()
    for (const file of this.tracked) {
      if (file.content.compressed || file.detached) continue
      const opened = await openIfThere(file.record.path)
      if (opened === null) continue
      if (samePlace(opened.state.place, file.state.place)) {
        const before = file.content
        file.content = opened.content
        await before.close()
      } else await opened.content.close()
      file.nextLookMs = 0
    }
  }

  async #found(found: FoundFile, input: LogInput, batch: Batch, nowMs: number): Promise<ShipTrouble | null> {
    const name = placeName(found.place)
    const tracked = this.#tracked.get(name)
    if (tracked !== undefined) {
      tracked.detached = false
      if (tracked.record.path === found.path) return null
      this.#parts.observer.file('moved', found.path, { from: tracked.record.path })
      tracked.movedTo(found.path)
      return null
    }
    const settled = this.#settled.get(name)
    if (found.size === 0 || (settled?.size === found.size && nowMs < settled.untilMs)) return null
    let opened: OpenedLog | null
    try {
      opened = await openLog(found.path)
    } catch (error) {
      if (error instanceof NotAFile) return error.reason
      if (isAway(error)) return error.code === 'ENOENT' ? null : 'unreadable'
      throw error
    }
    // Another took its path: it is found next time.
    if (!samePlace(opened.state.place, found.place) || !(await this.#take(opened, found, input, batch, nowMs))) await opened.content.close()
    return null
  }

  /** Reads on what is known, or begins what is new. @returns whether the opened file is kept */
  async #take(opened: OpenedLog, found: FoundFile, input: LogInput, batch: Batch, nowMs: number): Promise<boolean> {
    const { head, state, content } = opened
    const name = placeName(found.place)
    const track = (record: FileRecord, recorded: boolean) => this.#track(record, opened, input, { from: record.offset, recorded, detached: false, nowMs })
    const known = this.records.find(({ at }) => at !== null && samePlace(at, found.place))
    if (known !== undefined) {
      const size = content.compressed ? Infinity : state.size
      const change = changeOf(known, known.offset, { place: found.place, path: found.path, size, head }, digest)
      if (change !== 'truncated' && change !== 'replaced') {
        known.path = found.path
        if (known.finished) {
          this.#settled.set(name, { size: found.size, sinceMs: nowMs, untilMs: Infinity })
          return false
        }
        this.#parts.observer.file('resumed', found.path, { offset: known.offset })
        track(known, true)
        return true
      }
      known.at = null
      this.#parts.observer.file(change, found.path, { offset: known.offset })
      await this.#seekCopy(known, known.offset, nowMs)
    }
    if (head.length === 0) return false
    const { once, partialMs } = this.#parts.options
    const before = this.#settled.get(name)
    const sinceMs = before?.size === found.size ? before.sinceMs : nowMs
    const archived = await this.#archived(opened, found, !once && nowMs - sinceMs < partialMs)
    if (archived === 'wait') {
      this.#settled.set(name, { size: found.size, sinceMs, untilMs: nowMs + partialMs })
      return false
    }
    if (archived !== null) {
      archived.at = found.place
      archived.path = found.path
      this.#parts.observer.file('archive', found.path, { offset: archived.offset })
      track(archived, true)
      return true
    }
    const record = this.#recordOf(opened, found, input)
    this.records.push(record)
    this.#parts.observer.file('found', found.path, { fileId: record.fileId, size: found.size })
    track(record, false)
    return true
  }

  #recordOf({ head }: OpenedLog, { place, path }: FoundFile, { name: input }: LogInput): FileRecord {
    const none = fingerprint(Buffer.alloc(0), digest)
    return { ...identify(place, head, this.records, digest), origin: place, at: place, path, input, head: fingerprint(head, digest), offset: 0, tail: none, cut: null, finished: false, seenAt: Date.now() }
  }

  #track(record: FileRecord, { content, state }: OpenedLog, input: LogInput, more: { from: number; recorded: boolean; detached: boolean; nowMs: number }): void {
    const { options, schemaId, redactor, suspects } = this.#parts
    record.seenAt = Date.now()
    this.#tracked.set(placeName(state.place), new TrackedFile({ record, input, content, state, host: options.host, schemaId, redactor, suspects, maxLineBytes: options.maxLineBytes, ...more }))
  }

  /**
   * Known content whose archive the file is: that of a file that is gone can be read on in it; that of one that is there
   * need not. One that is shorter than what was read may be a copy that is still being made: it is waited for, and when
   * it does not grow it is a file of its own. Rather is something read twice than not at all.
   */
  async #archived(opened: OpenedLog, { path }: FoundFile, patient: boolean): Promise<FileRecord | 'wait' | null> {
    for (const record of this.records) {
      if (!maybeArchiveOf(record, basename(path), opened.head, digest)) continue
      const tail = await tailLike(opened.content, record)
      if (tail === 'other' || (tail === 'short' && !patient)) continue
      return tail === 'short' || (await this.#hasPlace(record)) ? 'wait' : record
    }
    return null
  }

  #trackedOf(record: FileRecord): TrackedFile | undefined {
    return this.tracked.find((file) => file.record === record)
  }

  /** Whether the file that has the content is still there: then nothing of it need be read elsewhere. */
  async #hasPlace(record: FileRecord): Promise<boolean> {
    if (record.at === null) return false
    if (this.#trackedOf(record) !== undefined) return true
    const there = await lookAt(record.path)
    return typeof there !== 'string' && samePlace(there.place, record.at)
  }

  async #beganAnew(file: TrackedFile, batch: Batch, nowMs: number): Promise<void> {
    const { record, emitted, state } = file
    this.#parts.observer.file(state.size < file.position ? 'truncated' : 'replaced', record.path, { read: file.position, size: state.size })
    await this.drop(file, true)
    // A copy was made before, and has what was written after it was last read here; also the rest of a line.
    if (await this.#seekCopy(record, emitted, nowMs)) return
    await file.finish(batch, nowMs)
    this.#parts.counts.take(file.input.service, file.turn)
  }

  /** Looks beside a file that began anew, or is gone, for a copy of what it had, and reads that on. */
  async #seekCopy(record: FileRecord, from: number, nowMs: number): Promise<boolean> {
    const input = this.#inputOf(record)
    if (input === undefined) return false
    for (const found of (await siblingsOf(record.path)) ?? []) {
      if (found.size === 0 || this.#tracked.has(placeName(found.place))) continue
      if (this.records.some(({ at }) => at !== null && samePlace(at, found.place))) continue
      const opened = await openIfThere(found.path)
      if (opened === null) continue
      if (maybeArchiveOf(record, basename(found.path), opened.head, digest) && (await tailLike(opened.content, record)) === 'same') {
        record.at = found.place
        record.path = found.path
        this.#parts.observer.file('archive', found.path, { offset: from })
        this.#track(record, opened, input, { from, recorded: true, detached: true, nowMs })
        return true
      }
      await opened.content.close()
    }
    return false
  }

  /** Files that were being read when the shipper ended, and that the patterns do not find any more: renamed meanwhile. */
  async #seekOrphans(nowMs: number): Promise<void> {
    for (const record of this.records) {
      if (record.finished || this.#trackedOf(record) !== undefined) continue
      const input = this.#inputOf(record)
      if (input === undefined) continue
      const { at } = record
      const siblings = await siblingsOf(record.path)
      // A directory that is not to be had just now tells nothing of what was in it, nor does a file that may not be read.
      if (siblings === null) continue
      const found = at === null ? undefined : siblings.find(({ place }) => samePlace(place, at))
      const opened = found === undefined ? null : await openIfThere(found.path)
      if (found !== undefined && opened === null) continue
      if (found !== undefined && opened !== null) {
        const size = opened.content.compressed ? Infinity : opened.state.size
        const change = changeOf(record, record.offset, { place: opened.state.place, path: found.path, size, head: opened.head }, digest)
        if (change === 'same' || change === 'grown' || change === 'renamed') {
          this.#parts.observer.file('resumed', found.path, { offset: record.offset, was: record.path })
          record.path = found.path
          this.#track(record, opened, input, { from: record.offset, recorded: true, detached: true, nowMs })
          continue
        }
        await opened.content.close()
      }
      if (at === null) continue
      record.at = null
      await this.#seekCopy(record, record.offset, nowMs)
    }
  }

  #inputOf({ input }: FileRecord): LogInput | undefined {
    return this.#parts.options.inputs.find(({ name }) => name === input)
  }

  async #forget(nowMs: number): Promise<void> {
    if (nowMs < this.#forgetAtMs) return
    this.#forgetAtMs = nowMs + forgetEveryMs
    const before = Date.now() - forgetMs
    const kept: FileRecord[] = []
    for (const record of this.records) if (record.seenAt >= before || (await this.#hasPlace(record))) kept.push(record)
    this.records = kept
  }
}
