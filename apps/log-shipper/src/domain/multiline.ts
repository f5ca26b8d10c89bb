/** A line of a file, or several that are one entry. */
export interface Entry {
  /** Lines joined by a line feed. */
  readonly text: string
  /** Byte at which it begins, and at which the next one does. */
  readonly offset: number
  readonly end: number
  readonly truncated: boolean
}

export interface MultilineRule {
  /** `start`: a line that matches begins an entry, others go on with it. `continuation`: a line that matches goes on with the entry. */
  readonly kind: 'start' | 'continuation'
  readonly pattern: RegExp
  /** An entry of so many lines, or characters, ends there, and the next line begins another: nothing is left out. */
  readonly maxLines: number
  readonly maxLength: number
  /** After so long without a line the entry is taken to be whole, in milliseconds. */
  readonly timeoutMs: number
}

/** Joins lines to entries. Which lines these are depends on the lines alone, but for the entry that `flush` ends. */
export class Multiline {
  readonly #rule: MultilineRule
  #lines: string[] = []
  #length = 0
  #offset = 0
  #end = 0
  #truncated = false
  #lastMs = 0

  constructor(rule: MultilineRule) {
    this.#rule = rule
  }

  /** Whether an entry waits for lines that may belong to it. */
  get pending(): boolean {
    return this.#lines.length > 0
  }

  /** Byte at which the waiting entry begins. */
  get begin(): number {
    return this.#offset
  }

  /** @param nowMs of any clock; one that goes back makes the entry wait anew */
  add({ text, offset, end, truncated }: Entry, nowMs: number, emit: (entry: Entry) => void): void {
    const { kind, pattern, maxLines, maxLength } = this.#rule
    const begins = pattern.test(text) === (kind === 'start')
    if (this.pending && (begins || this.#lines.length >= maxLines || this.#length + 1 + text.length > maxLength)) this.flush(emit)
    if (!this.pending) this.#offset = offset
    this.#lines.push(text)
    this.#length += text.length + 1
    this.#end = end
    this.#truncated ||= truncated
    this.#lastMs = nowMs
  }

  /** Whether the waiting entry has waited for long enough. */
  isDue(nowMs: number): boolean {
    if (nowMs < this.#lastMs) this.#lastMs = nowMs
    return this.pending && nowMs - this.#lastMs >= this.#rule.timeoutMs
  }

  /** Ends the waiting entry, if there is one. */
  flush(emit: (entry: Entry) => void): void {
    if (!this.pending) return
    const entry = { text: this.#lines.join('\n'), offset: this.#offset, end: this.#end, truncated: this.#truncated }
    this.#lines = []
    this.#length = 0
    this.#truncated = false
    emit(entry)
  }
}
