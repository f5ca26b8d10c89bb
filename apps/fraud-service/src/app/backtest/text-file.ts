import { createReadStream, type ReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { toError } from '@swipestream/platform'
import { BacktestError } from './source.js'

const CHUNK = 256 * 1024
/** A file without line ends is no table; it must not fill the memory before that is said. In UTF-16 code units. */
const LONGEST_LINE = 1_000_000

/** A text file, plain or gzip, read line by line and never as a whole. */
export class TextFile {
  #stored: ReadStream | undefined
  #size = 0

  constructor(readonly path: string) {}

  /** How much of the file was read, 0 to 1. */
  get share(): number {
    return this.#stored === undefined || this.#size === 0 ? 0 : this.#stored.bytesRead / this.#size
  }

  /**
   * Its lines in order, those of a chunk at a time, without their ends (LF or CRLF) and without a byte order mark.
   *
   * @throws BacktestError BACKTEST_INPUT_UNREADABLE naming the file
   */
  async *lines(): AsyncGenerator<readonly string[]> {
    let rest: string | undefined
    try {
      for await (const chunk of await this.#text()) {
        const lines = (rest === undefined ? String(chunk).replace(/^\uFEFF/, '') : rest + String(chunk)).split('\n')
        rest = lines.pop() ?? ''
        if (rest.length > LONGEST_LINE) throw new Error(`a line is longer than ${LONGEST_LINE} characters: it is no CSV and no NDJSON`)
        if (lines.length > 0) yield lines.map(withoutReturn)
      }
    } catch (error) {
      throw error instanceof BacktestError ? error : new BacktestError('BACKTEST_INPUT_UNREADABLE', `${this.path} cannot be read: ${toError(error).message}`, { cause: error })
    }
    if (rest) yield [withoutReturn(rest)]
  }

  async #text(): Promise<Readable> {
    const handle = await open(this.path, 'r')
    this.#size = (await handle.stat()).size
    // by the magic number of RFC 1952, whatever the file is called
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0)
    const gzipped = bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b
    const stored = (this.#stored = createReadStream(this.path, { fd: handle, start: 0, highWaterMark: CHUNK }))
    if (!gzipped) return stored.setEncoding('utf8')
    const text = createGunzip({ chunkSize: CHUNK })
    // A failure of the first destroys the last, whose reader gets the error.
    pipeline(stored, text, () => undefined)
    return text.setEncoding('utf8')
  }
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line
}
