import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { headBytes, type Place, tailBytes } from '../domain/file-identity.js'
import { LogError } from '../errors.js'
import { isAway } from './away.js'

/** What a log file says, compressed or not. */
export interface LogContent {
  readonly compressed: boolean
  /**
   * The bytes from a place on, into `buffer`; how many, 0: no more for now. Of compressed content each call goes on where
   * the last one ended.
   *
   * @throws LogError LOG_ARCHIVE_DAMAGED; the system's errors
   */
  read(buffer: Buffer, position: number, length: number): Promise<number>
  /** How the file stands now. */
  look(): Promise<FileState>
  close(): Promise<void>
}

export interface FileState {
  readonly place: Place
  /** Bytes of the file; of a compressed one that is not the length of its content. */
  readonly size: number
  /** Whether it has no name any more. */
  readonly deleted: boolean
}

export interface OpenedLog {
  readonly content: LogContent
  readonly state: FileState
  /** The first bytes of the content. */
  readonly head: Buffer
}

/** The bytes are no file's: a pipe, a directory, a device. */
export class NotAFile extends Error {
  constructor(readonly reason: Refusal) {
    super(`it is a ${reason}`)
  }
}

export type Refusal = 'directory' | 'fifo' | 'socket' | 'device' | 'unreadable' | 'missing'

/**
 * Opens a file; a pipe that took its place meanwhile does not block.
 *
 * @throws NotAFile; the system's errors
 */
export async function openLog(path: string): Promise<OpenedLog> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const stat = await handle.stat({ bigint: true })
    const refusal = refusalOf(stat)
    if (refusal !== null) throw new NotAFile(refusal)
    const head = await readAt(handle, 0, headBytes)
    const compressed = head[0] === 0x1f && head[1] === 0x8b
    const content = compressed ? new GzipContent(handle) : new PlainContent(handle)
    return { content, state: await content.look(), head: compressed ? await gzipHead(handle) : head }
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** The same; null where there is no file to read just now. */
export async function openIfThere(path: string): Promise<OpenedLog | null> {
  try {
    return await openLog(path)
  } catch (error) {
    if (error instanceof NotAFile || isAway(error)) return null
    throw error
  }
}

/** Up to `tailBytes` bytes before a place in the content; fewer where it is shorter. */
export async function tailOf(content: LogContent, offset: number, length: number = tailBytes): Promise<Buffer> {
  const bytes = Buffer.alloc(Math.min(offset, length))
  let got = 0
  while (got < bytes.length) {
    const more = await content.read(bytes.subarray(got), offset - bytes.length + got, bytes.length - got)
    if (more === 0) break
    got += more
  }
  return bytes.subarray(0, got)
}

interface Kind {
  isFile(): boolean
  isDirectory(): boolean
  isFIFO(): boolean
  isSocket(): boolean
}

/** Why what stands there is not read; null when it is a file. */
export function refusalOf(stat: Kind): Refusal | null {
  if (stat.isFile()) return null
  if (stat.isDirectory()) return 'directory'
  if (stat.isFIFO()) return 'fifo'
  return stat.isSocket() ? 'socket' : 'device'
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position)
  return buffer.subarray(0, bytesRead)
}

async function stateOf(handle: FileHandle): Promise<FileState> {
  const { dev, ino, size, nlink } = await handle.stat({ bigint: true })
  return { place: { device: String(dev), inode: String(ino) }, size: Number(size), deleted: nlink === 0n }
}

class PlainContent implements LogContent {
  readonly compressed = false

  constructor(private readonly handle: FileHandle) {}

  async read(buffer: Buffer, position: number, length: number): Promise<number> {
    return (await this.handle.read(buffer, 0, length, position)).bytesRead
  }

  look(): Promise<FileState> {
    return stateOf(this.handle)
  }

  close(): Promise<void> {
    return this.handle.close()
  }
}

/** The content of a gzip file, from its beginning to its end; a place is reached by unpacking what is before it. */
class GzipContent implements LogContent {
  readonly compressed = true
  #chunks: AsyncIterator<Buffer> | null = null
  #chunk: Buffer = Buffer.alloc(0)
  /** Place in the content of the first byte of the chunk. */
  #at = 0

  constructor(private readonly handle: FileHandle) {}

  async read(buffer: Buffer, position: number, length: number): Promise<number> {
    if (this.#chunks === null || position < this.#at) {
      await this.#stop()
      this.#chunks = unpacked(this.handle)
      this.#chunk = Buffer.alloc(0)
      this.#at = 0
    }
    while (position >= this.#at + this.#chunk.length) {
      this.#at += this.#chunk.length
      this.#chunk = Buffer.alloc(0)
      const next = await this.#next()
      if (next === null) return 0
      this.#chunk = next
    }
    const from = position - this.#at
    return this.#chunk.copy(buffer, 0, from, Math.min(this.#chunk.length, from + length))
  }

  async #next(): Promise<Buffer | null> {
    try {
      const { done, value } = (await this.#chunks?.next()) ?? { done: true, value: undefined }
      return done === true ? null : value
    } catch (cause) {
      this.#chunks = null
      const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
      throw new LogError('LOG_ARCHIVE_DAMAGED', `The compressed file cannot be unpacked beyond byte ${this.#at} of its content (${code}): it is damaged, or not yet written to its end`, { cause })
    }
  }

  async #stop(): Promise<void> {
    await this.#chunks?.return?.()
    this.#chunks = null
  }

  look(): Promise<FileState> {
    return stateOf(this.handle)
  }

  async close(): Promise<void> {
    await this.#stop()
    await this.handle.close()
  }
}

async function* unpacked(handle: FileHandle): AsyncGenerator<Buffer, void> {
  const packed = Readable.from(bytesOf(handle), { objectMode: false })
  const gunzip = createGunzip({ chunkSize: 1 << 17 })
  packed.on('error', (error) => gunzip.destroy(error))
  packed.pipe(gunzip)
  try {
    for await (const chunk of gunzip) yield chunk as Buffer
  } finally {
    packed.destroy()
    gunzip.destroy()
  }
}

async function* bytesOf(handle: FileHandle): AsyncGenerator<Buffer, void> {
  for (let position = 0; ; ) {
    const bytes = await readAt(handle, position, 1 << 16)
    if (bytes.length === 0) return
    yield bytes
    position += bytes.length
  }
}

/** What a compressed file's content begins with, as far as it can be unpacked. */
async function gzipHead(handle: FileHandle): Promise<Buffer> {
  const head: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of unpacked(handle)) {
      head.push(chunk)
      length += chunk.length
      if (length >= headBytes) break
    }
  } catch (error) {
    // Still being written, or damaged: the reader will say so when it comes there.
    if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('Z_'))) throw error
  }
  return Buffer.concat(head).subarray(0, headBytes)
}
