const lf = 0x0a
const cr = 0x0d

/** How the ends of lines look: a byte, or two bytes with the low one first or last. */
export type LineUnit = 'byte' | 'utf-16le' | 'utf-16be'

/** Told of each line, in order. */
export interface LineSink {
  /**
   * @param bytes where the line stands, from `from` to before `to`, without its end; valid during the call only
   * @param offset byte of the file at which the line begins
   * @param end byte at which the next one begins
   * @param truncated the line is longer than the limit: `to` is where its kept part ends
   */
  line(bytes: Buffer, from: number, to: number, offset: number, end: number, truncated: boolean): void
}

/**
 * Splits bytes into lines, however the bytes are cut into pieces. A line ends with LF; one CR before that belongs to the
 * end. NUL bytes at the beginning of a line are left out: they are the hole that a writer leaves who did not see that
 * its file was truncated. Of a line longer than the limit the beginning is kept, and no more than that is ever held.
 */
export class LineSplitter {
  readonly #limit: number
  readonly #width: 1 | 2
  readonly #low: 0 | 1
  /** Kept part of the unfinished line, with room for a CR after the limit. */
  #carry = Buffer.alloc(0)
  #kept = 0
  /** Bytes of the unfinished line, without the NULs before it. */
  #length = 0
  #endsWithCr = false
  #begin: number
  #position: number
  /** First half of a unit of two bytes. */
  #odd: number | null = null

  /** @param limit bytes that are kept of a line, at the most @param offset byte of the file at which the first line begins */
  constructor(limit: number, offset = 0, unit: LineUnit = 'byte') {
    this.#width = unit === 'byte' ? 1 : 2
    this.#low = unit === 'utf-16be' ? 1 : 0
    this.#limit = limit - (limit % this.#width)
    this.#begin = this.#position = offset
  }

  /** Byte of the file that comes next. */
  get position(): number {
    return this.#position + (this.#odd === null ? 0 : 1)
  }

  /** Byte at which the unfinished line begins, or would. */
  get begin(): number {
    return this.#begin
  }

  /** Bytes of the unfinished line. */
  get pending(): number {
    return this.position - this.#begin
  }

  /** The next bytes of the file; they may be overwritten afterwards. */
  push(bytes: Buffer, sink: LineSink): void {
    const chunk = this.#width === 1 ? bytes : this.#paired(bytes)
    const base = this.#position
    let at = 0
    for (let end = this.#endOfLine(chunk, 0); end >= 0; end = this.#endOfLine(chunk, at)) {
      const next = end + this.#width
      if (at === 0 && base > this.#begin) {
        this.#keep(chunk, 0, end)
        this.#finish(base + next, sink)
      } else {
        this.#whole(chunk, at, end, base, sink)
      }
      this.#begin = base + next
      at = next
    }
    this.#keep(chunk, at, chunk.length)
    this.#position = base + chunk.length
  }

  /** Ends the unfinished line where the bytes end. @returns whether there was one */
  end(sink: LineSink): boolean {
    const { position } = this
    if (position === this.#begin) return false
    this.#odd = null
    this.#position = position
    // A hole without anything after it is no line.
    if (this.#length > 0) this.#finish(position, sink)
    this.#begin = position
    this.#forget()
    return true
  }

  #whole(chunk: Buffer, at: number, end: number, base: number, sink: LineSink): void {
    const from = this.#afterNuls(chunk, at, end)
    const to = this.#isCr(chunk, end - this.#width, from) ? end - this.#width : end
    const truncated = to - from > this.#limit
    sink.line(chunk, from, truncated ? from + this.#limit : to, base + at, base + end + this.#width, truncated)
  }

  #finish(end: number, sink: LineSink): void {
    const content = this.#length - (this.#endsWithCr ? this.#width : 0)
    const truncated = content > this.#limit
    sink.line(this.#carry, 0, truncated ? this.#limit : content, this.#begin, end, truncated)
    this.#forget()
  }

  #forget(): void {
    this.#kept = this.#length = 0
    this.#endsWithCr = false
  }

  #keep(chunk: Buffer, start: number, end: number): void {
    const from = this.#length === 0 ? this.#afterNuls(chunk, start, end) : start
    if (from === end) return
    this.#length += end - from
    this.#endsWithCr = this.#isCr(chunk, end - this.#width, from)
    const more = Math.min(end - from, this.#limit + this.#width - this.#kept)
    if (more <= 0) return
    if (this.#carry.length < this.#kept + more) {
      const larger = Buffer.allocUnsafe(Math.min(this.#limit + this.#width, 2 * (this.#kept + more)))
      this.#carry.copy(larger, 0, 0, this.#kept)
      this.#carry = larger
    }
    chunk.copy(this.#carry, this.#kept, from, from + more)
    this.#kept += more
  }

  #afterNuls(chunk: Buffer, at: number, end: number): number {
    let from = at
    if (this.#width === 1) while (from < end && chunk[from] === 0) from++
    return from
  }

  #isCr(chunk: Buffer, at: number, from: number): boolean {
    return at >= from && this.#isUnit(chunk, at, cr)
  }

  #isUnit(chunk: Buffer, at: number, unit: number): boolean {
    return this.#width === 1 ? chunk[at] === unit : chunk[at + this.#low] === unit && chunk[at + 1 - this.#low] === 0
  }

  #endOfLine(chunk: Buffer, from: number): number {
    let at = chunk.indexOf(lf, from)
    if (this.#width === 1) return at
    for (; at >= 0; at = chunk.indexOf(lf, at + 1)) {
      const unit = at - (at % 2)
      if (this.#isUnit(chunk, unit, lf)) return unit
    }
    return -1
  }

  /** Whole units of two bytes: half a one waits for what comes next. */
  #paired(bytes: Buffer): Buffer {
    const all = this.#odd === null ? bytes : Buffer.concat([Buffer.from([this.#odd]), bytes])
    const odd = all.length % 2 === 1
    this.#odd = odd ? (all.at(-1) as number) : null
    return odd ? all.subarray(0, -1) : all
  }
}
