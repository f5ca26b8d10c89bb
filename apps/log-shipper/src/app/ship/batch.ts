import type { RecordToSend } from '@swipestream/messaging'
import type { FileRecord, Fingerprint } from '../../domain/file-identity.js'
import type { LineEncoder } from './line-encoder.js'

/** How far a file was shipped when a batch is written. */
export interface Mark {
  readonly offset: number
  readonly tail: Fingerprint
  readonly finished: boolean
}

export interface BatchOptions {
  /** Name of the topic in the cluster. */
  readonly topic: string
  readonly producedBy: string
  /** A batch is full with so many bytes, keys and headers among them. */
  readonly bytes: number
}

/** Bytes of a record beside key and value, about: its numbers and its headers. */
const recordBytes = 115

/** A page holds many values; one that is larger has one of its own. */
const pageBytes = 1 << 20

/** Entries that are sent together, and how far their files were shipped by them. Used again when it was written. */
export class Batch {
  readonly #options: BatchOptions
  readonly #pages: Buffer[] = []
  #page = 0
  #at = 0
  #records: RecordToSend[] = []
  #bytes = 0
  readonly marks = new Map<FileRecord, Mark>()

  constructor(options: BatchOptions) {
    this.#options = options
  }

  get records(): readonly RecordToSend[] {
    return this.#records
  }

  get full(): boolean {
    return this.#bytes >= this.#options.bytes
  }

  /** Bytes until it is full, about; 0: it is. */
  get room(): number {
    return Math.max(0, this.#options.bytes - this.#bytes)
  }

  get empty(): boolean {
    return this.#records.length === 0 && this.marks.size === 0
  }

  /** Adds an entry; its text is copied. @param key of the record: the file's */
  add(encoder: LineEncoder, key: Buffer, fileId: string, offset: number, end: number, bytes: Buffer, from: number, to: number, truncated: boolean, redactions: number, readAt: number): void {
    const page = this.#room(encoder.overhead + to - from)
    const begin = this.#at
    this.#at = encoder.write(page, begin, offset, end, bytes, from, to, truncated, redactions, readAt)
    this.#bytes += this.#at - begin + key.length + recordBytes
    this.#records.push({
      topic: this.#options.topic,
      key,
      value: page.subarray(begin, this.#at),
      // The same entry has the same id whenever it is sent.
      headers: { 'produced-by': this.#options.producedBy, 'message-id': `${fileId}-${offset}` },
    })
  }

  /** Begins anew; what was given out of it is overwritten. */
  clear(): void {
    this.#records = []
    this.marks.clear()
    this.#bytes = this.#page = this.#at = 0
    // Pages that one large batch has needed are given back.
    this.#pages.length = Math.min(this.#pages.length, Math.ceil(this.#options.bytes / pageBytes) + 1)
  }

  #room(bytes: number): Buffer {
    let page = this.#pages[this.#page]
    if (page !== undefined && this.#at + bytes > page.length) {
      this.#page++
      this.#at = 0
      page = this.#pages[this.#page]
    }
    if (page === undefined || page.length < bytes) {
      page = Buffer.allocUnsafeSlow(Math.max(pageBytes, bytes))
      this.#pages[this.#page] = page
    }
    return page
  }
}
