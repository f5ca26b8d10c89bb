import { isAscii, isUtf8 } from 'node:buffer'
import type { LineSink } from '../../domain/line-splitter.js'
import { type Entry, Multiline } from '../../domain/multiline.js'
import type { Redactor } from '../../domain/redaction.js'
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
  /** The same bytes as a text, and where in it something to replace may stand next; -1: nowhere. */
  #text = ''
  #suspect = -1
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
    // Every byte as a character: what is looked for is ASCII, and is where it is in the bytes.
    this.#text = bytes.toString('latin1')
    this.#ascii = isAscii(bytes)
    this.#suspect = this.#options.redactor.next(this.#text)
  }

  line(bytes: Buffer, from: number, to: number, offset: number, end: number, truncated: boolean): void {
    if (this.#copies && bytes === this.#bytes && !truncated && offset > 0 && this.#isClean(from, to) && (this.#ascii || isUtf8(bytes.subarray(from, to)))) {
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

  #isClean(from: number, to: number): boolean {
    if (this.#suspect >= 0 && this.#suspect < from) this.#suspect = this.#options.redactor.next(this.#text, from)
    return this.#suspect < 0 || this.#suspect >= to
  }

  #entry({ text, offset, end, truncated }: Entry): void {
    const redacted = this.#options.redactor.redact(text)
    // What stands for something else may be longer than that.
    const long = redacted.text.length > this.#options.maxLineBytes
    const message = long ? redacted.text.slice(0, this.#options.maxLineBytes).toWellFormed() : redacted.text
    if (this.#scratch.length < 3 * message.length) this.#scratch = Buffer.allocUnsafeSlow(6 * message.length)
    const length = this.#scratch.write(message)
    this.#add(offset, end, this.#scratch, 0, length, truncated || long, redacted.count)
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
