import { beginsWith, type FileRecord, fingerprint, type Fingerprint, headBytes, tailBytes } from '../../domain/file-identity.js'
import { LineSplitter } from '../../domain/line-splitter.js'
import type { Redactor } from '../../domain/redaction.js'
import type { Suspects } from '../../domain/suspects.js'
import { digest } from '../../files/digest.js'
import { type FileState, type LogContent, tailOf } from '../../files/log-content.js'
import { unitOf } from '../../files/text-decoder.js'
import type { Batch } from './batch.js'
import { FileEntries } from './file-entries.js'
import type { LogInput } from './input.js'
import { LineEncoder } from './line-encoder.js'

export interface TrackOptions {
  readonly record: FileRecord
  readonly input: LogInput
  readonly content: LogContent
  readonly state: FileState
  /** Byte at which reading goes on. */
  readonly from: number
  readonly host: string
  readonly schemaId: number
  readonly redactor: Redactor
  readonly suspects: Suspects
  readonly maxLineBytes: number
  /** Whether its identity is remembered already: before that nothing of it may be sent. */
  readonly recorded: boolean
  /** It is in none of the patterns (any more): it is read to its end, and given up. */
  readonly detached: boolean
  readonly nowMs: number
}

/** `more`: there may be more at once. `end`: not for now. `changed`: it began anew meanwhile. */
export type Turn = 'more' | 'end' | 'changed'

/** Bytes go on to lines in pieces, smaller ones towards the end of a batch: one that is full is left off in between. */
const [mostPieceBytes, leastPieceBytes] = [64 << 10, 4 << 10]

/** A file that is read: how far, and what of it waits for more. */
export class TrackedFile {
  readonly record: FileRecord
  readonly input: LogInput
  content: LogContent
  /** As it was when it was last looked at. */
  state: FileState
  recorded: boolean
  detached: boolean
  /** When there were new bytes last, and when it is looked at next; milliseconds of a clock that never goes back. */
  grewAtMs: number
  nextLookMs = 0
  /** It had nothing more when it was last read. */
  atEnd = false
  /** Its compressed content was read to its end, and all of it is in a batch. */
  ended = false
  readonly #options: TrackOptions
  readonly #splitter: LineSplitter
  readonly #entries: FileEntries
  readonly #headBuffer = Buffer.alloc(headBytes)
  /** Where an entry is to end, and whether that is remembered: before that it may not be sent. */
  #cut: number | null
  #cutRecorded = true
  #tail: Fingerprint

  constructor(options: TrackOptions) {
    const { record, input, from } = options
    this.#options = options
    this.record = record
    this.input = input
    this.content = options.content
    this.state = options.state
    this.recorded = options.recorded
    this.detached = options.detached
    this.grewAtMs = options.nowMs
    this.#splitter = new LineSplitter(options.maxLineBytes, from, unitOf(input.encoding))
    this.#cut = record.cut !== null && record.cut > from ? record.cut : null
    this.#tail = record.tail
    this.#entries = new FileEntries({ input, fields: this.#fields(), encoder: this.#encoder(), redactor: options.redactor, suspects: options.suspects, maxLineBytes: options.maxLineBytes, offset: from })
  }

  /** Byte that is read next. */
  get position(): number {
    return this.#splitter.position
  }

  /** Byte at which the entry begins that comes next. */
  get emitted(): number {
    return this.#entries.emitted
  }

  get turn(): FileEntries['turn'] {
    return this.#entries.turn
  }

  /** Whether something was read that is in no batch. */
  get pending(): boolean {
    return this.#splitter.pending > 0 || this.#entries.pending
  }

  /** Whether a cut waits to be remembered, or to be made. */
  get cutting(): boolean {
    return this.#cut !== null
  }

  /** Reads the next bytes into the batch. @param chunk is overwritten @throws as `LogContent.read` */
  async read(batch: Batch, chunk: Buffer, nowMs: number): Promise<Turn> {
    const { position } = this
    if (this.#cut === position) {
      if (!this.#cutRecorded) return 'end'
      await this.#endHere(batch, nowMs)
      return 'more'
    }
    // An entry takes more room in the batch than in the file; what there is no room for would be read once more.
    const room = Math.min(chunk.length, batch.room + leastPieceBytes)
    const most = this.#cut === null ? room : Math.min(room, this.#cut - position)
    const got = await this.content.read(chunk, position, most)
    if (got === 0) return 'end'
    // Looked at after the bytes were read: as it was the same then, they are of the content that is known.
    if (!this.content.compressed && !(await this.#isSame())) return 'changed'
    this.grewAtMs = nowMs
    this.atEnd = false
    this.#split(batch, chunk.subarray(0, got), nowMs)
    await this.#mark(batch, chunk, position)
    return 'more'
  }

  #split(batch: Batch, bytes: Buffer, nowMs: number): void {
    const readAt = Date.now()
    for (let at = 0; at < bytes.length && !batch.full; ) {
      const size = Math.max(leastPieceBytes, Math.min(mostPieceBytes, batch.room >> 2))
      const piece = bytes.subarray(at, at + size)
      at += size
      this.#entries.begin(batch, piece, readAt, nowMs)
      this.#splitter.push(piece, this.#entries)
    }
  }

  /** Says how far the file is shipped when the batch is. */
  async #mark(batch: Batch, chunk: Buffer, base: number): Promise<void> {
    const { emitted } = this
    if (emitted === (batch.marks.get(this.record)?.offset ?? this.record.offset) && !this.ended) return
    const end = emitted - base
    const length = Math.min(end, tailBytes)
    if (length > 0) this.#tail = fingerprint(chunk.subarray(end - length, end), digest)
    else this.#tail = fingerprint(this.content.compressed ? Buffer.alloc(0) : await tailOf(this.content, emitted), digest)
    batch.marks.set(this.record, { offset: emitted, tail: this.#tail, finished: this.ended })
  }

  /** Decides that what waits is an entry, and is not to be waited for any more; it is made when that is remembered. */
  cutHere(): boolean {
    if (!this.pending || this.#cut !== null || this.record.cut !== null) return false
    this.#cut = this.record.cut = this.position
    this.#cutRecorded = false
    return true
  }

  /** What a checkpoint has that was written: what waited for it may go on. */
  remembered(cut: number | null): void {
    this.recorded = true
    if (cut !== null && cut === this.#cut) this.#cutRecorded = true
  }

  isDue(nowMs: number, partialMs: number): boolean {
    return this.#splitter.pending > 0 ? nowMs - this.grewAtMs >= partialMs : this.#entries.isDue(nowMs)
  }

  /** Makes an entry of what waits: no more can come. */
  async finish(batch: Batch, nowMs: number): Promise<void> {
    this.ended = this.content.compressed
    await this.#endHere(batch, nowMs)
  }

  async #endHere(batch: Batch, nowMs: number): Promise<void> {
    this.#cut = null
    this.#entries.begin(batch, Buffer.alloc(0), Date.now(), nowMs)
    this.#splitter.end(this.#entries)
    this.#entries.endAt(this.position)
    await this.#mark(batch, Buffer.alloc(0), Number.MAX_SAFE_INTEGER)
  }

  /** Whether the file begins as it is known to; what is known of its head grows with it. */
  async #isSame(): Promise<boolean> {
    const { head } = this.record
    const length = await this.content.read(this.#headBuffer, 0, headBytes)
    const bytes = this.#headBuffer.subarray(0, length)
    if (!beginsWith(bytes, head, digest)) return false
    if (length > head.length) this.record.head = fingerprint(bytes, digest)
    return true
  }

  /** Whether it still begins as it did, and is as long as what was read of it. */
  async stillSame(): Promise<boolean> {
    this.state = await this.content.look()
    if (this.content.compressed) return true
    return this.state.size >= this.position && (await this.#isSame())
  }

  movedTo(path: string): void {
    this.record.path = path
    this.#entries.movedTo(this.#encoder())
  }

  #fields() {
    const { fileId: file_id, generation, path } = this.record
    const { host } = this.#options
    return { file_key: `${host}/${file_id}`, host, file_id, path, generation, service: this.input.service, format: this.input.format }
  }

  #encoder(): LineEncoder {
    return new LineEncoder(this.#options.schemaId, this.#fields())
  }
}
