import { isAscii, isUtf8 } from 'node:buffer'
import type { LineSink } from '../../domain/line-splitter.js'
import { type Entry, Multiline } from '../../domain/multiline.js'
import type { Redactor } from '../../domain/redaction.js'
import type { SuspectLines, Suspects } from '../../domain/suspects.js'
import { decodeLine } from '../../files/text-decoder.js'
import type { Batch } from './batch.js'
import type { LogInput } from './input.js'
import type { FileFields, LineEncoder } from './line-encoder.js'
import type { ShipTotals } from './ship-counts.js'

export interface EntryOptions {
  readonly input: LogInput
  readonly fields: FileFields
  readonly encoder: LineEncoder
  readonly redactor: Redactor
  readonly suspects: Suspects
  readonly maxLineBytes: number
  /** Byte of the file at which the first entry begins. */
  readonly offset: number
}

/** Makes entries of the lines of a file, and adds them to the batch that is being filled. */
export class FileEntries implements LineSink {
  readonly turn: ShipTotals = { entries: 0, bytes: 0, redactions: 0, truncated: 0, undecodable: 0 }
  readonly #options: EntryOptions
  readonly #key: Buffer
  readonly #multiline: Multiline | null
  /** Whether lines can be copied as they are, unless they have something to replace. */
  readonly #copies: boolean
  #encoder: LineEncoder
  #batch: Batch | null = null
  #readAt = 0
  #nowMs = 0
  #bytes: Buffer = Buffer.alloc(0)
  #suspects: SuspectLines | null = null
  #ascii = true
  #emitted: number
  #scratch = Buffer.allocUnsafeSlow(4096)

  constructor(options: EntryOptions) {
    this.#options = options
    this.#encoder = options.encoder
    this.#key = Buffer.from(options.fields.file_key)
    this.#emitted = options.offset
    const { multiline, encoding } = options.input
    this.#multiline = multiline === null ? null : new Multiline({ ...multiline, maxLength: options.maxLineBytes })
    this.#copies = multiline === null && encoding === 'utf-8'
  }

  /** Byte at which the entry begins that comes next. */
  get emitted(): number {
    return this.#emitted
  }

  /** Whether lines wait that may be the beginning of an entry. */
  get pending(): boolean {
    return this.#multiline?.pending === true
  }

  /** From here on entries say that the file is elsewhere. */
  movedTo(encoder: LineEncoder): void {
    this.#encoder = encoder
  }

  /** Says where the next entries go, and which bytes the next lines are part of. @param nowMs of a clock that never goes back */
  begin(batch: Batch, bytes: Buffer, readAt: number, nowMs: number): void {
    this.#batch = batch
    this.#readAt = readAt
    this.#nowMs = nowMs
    this.#bytes = bytes
    if (!this.#copies) return
    this.#ascii = isAscii(bytes)
    this.#suspects = this.#options.suspects.inLinesOf(bytes)
  }

  line(bytes: Buffer, from: number, to: number, offset: number, end: number, truncated: boolean): void {
    if (this.#copies && bytes === this.#bytes && !truncated && offset > 0 && this.#suspects?.has(from, to) === false && (this.#ascii || isUtf8(bytes.subarray(from, to)))) {
      this.#add(offset, end, bytes, from, to, false, 0)
      return
    }
    const { text, invalid } = decodeLine(bytes.subarray(from, to), this.#options.input.encoding, { cut: truncated, first: offset === 0 })
    if (invalid) this.turn.undecodable++
    const entry = { text, offset, end, truncated }
    if (this.#multiline === null) this.#entry(entry)
    else this.#multiline.add(entry, this.#nowMs, (whole) => this.#entry(whole))
  }

  /** Ends the entry that waits for more lines; the next one begins at `offset`. */
  endAt(offset: number): void {
    this.#multiline?.flush((entry) => this.#entry(entry))
    // A hole before it, without a line, is behind as well.
    this.#emitted = offset
  }

  isDue(nowMs: number): boolean {
    return this.#multiline?.isDue(nowMs) === true
  }

  #entry({ text, offset, end, truncated }: Entry): void {
    const { redactor, suspects, maxLineBytes } = this.#options
    const length = this.#encoded(text)
    if (suspects.next(this.#scratch.subarray(0, length)) < 0) return this.#add(offset, end, this.#scratch, 0, length, truncated, 0)
    const redacted = redactor.redact(text)
    // What stands for something else may be longer than that.
    const long = redacted.text.length > maxLineBytes
    const message = long ? redacted.text.slice(0, maxLineBytes).toWellFormed() : redacted.text
    this.#add(offset, end, this.#scratch, 0, this.#encoded(message), truncated || long, redacted.count)
  }

  /** Writes a text to the scratch. @returns its bytes */
  #encoded(text: string): number {
    if (this.#scratch.length < 3 * text.length) this.#scratch = Buffer.allocUnsafeSlow(6 * text.length)
    return this.#scratch.write(text)
  }

  #add(offset: number, end: number, bytes: Buffer, from: number, to: number, truncated: boolean, redactions: number): void {
    this.#batch?.add(this.#encoder, this.#key, this.#options.fields.file_id, offset, end, bytes, from, to, truncated, redactions, this.#readAt)
    this.#emitted = end
    const { turn } = this
    turn.entries++
    turn.bytes += end - offset
    turn.redactions += redactions
    if (truncated) turn.truncated++
  }
}
