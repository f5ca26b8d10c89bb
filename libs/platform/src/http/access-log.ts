import { closeSync, fstatSync, mkdirSync, openSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import sonicBoom, { type SonicBoom } from 'sonic-boom'
import { CodedError, toError } from '../errors.js'
import type { Logger } from '../logger.js'
import { counter } from '../metrics.js'
import { type AccessEntry, combinedLine, ecsLine, loggedEntry } from './access-lines.js'

/** Lines wait for others up to so many bytes, and so long, in milliseconds: a crash of the process loses them. */
const GATHER_BYTES = 4_096
const GATHER_MS = 200
/** What a disk that is full may make wait, of each file; lines beyond it are dropped. Bytes. */
const MAX_WAITING_BYTES = 1_048_576
/** How long the last lines may take at the end, in milliseconds. */
const CLOSE_MS = 2_000
/** A disk that stays full is told so often. Milliseconds. */
const TELL_EVERY_MS = 60_000

const MIB = 1_048_576

/** Read and written by the service, read by those who share its group: who ships logs. */
const MODE = 0o640

const dropped = counter({ name: 'access_log_lines_dropped_total', help: 'Lines of the access logs that were dropped, as too many wait for a disk that is full' })
const failures = counter({ name: 'access_log_failures_total', help: 'Writes to the access logs that failed; they are tried again' })

interface LogFile {
  readonly path: string
  readonly writer: SonicBoom
  /** Bytes, about: the file may be another one since. */
  size: number
}

/**
 * The access logs of a service: `<service>.access.log` in the combined format and `<service>.access.json`, one ECS
 * document a line. Nothing here waits or throws: lines are appended in the background, and when the disk is full they
 * wait for room, then are dropped and counted.
 */
export class AccessLog {
  private isClosed = false
  private readonly timer: NodeJS.Timeout
  private toldAt = Number.NEGATIVE_INFINITY

  private constructor(
    private readonly service: string,
    private readonly combined: LogFile,
    private readonly json: LogFile,
    private readonly logger: Pick<Logger, 'warn'>,
    private readonly maxBytes: number,
  ) {
    for (const file of this.files) {
      file.writer.on('error', (error: unknown) => this.failed(error))
      file.writer.on('drop', () => dropped.inc())
      file.writer.on('write', (bytes: number) => (file.size += bytes))
    }
    this.timer = setInterval(() => this.flush(), GATHER_MS)
    this.timer.unref()
  }

  /**
   * @param maxMib of a file, which is then renamed to end in .1; without it files grow until somebody else renames them
   * @throws CodedError ACCESS_LOG_UNWRITABLE (fatal) when a file cannot be opened
   */
  static open(directory: string, service: string, logger: Pick<Logger, 'warn'>, maxMib = Infinity): AccessLog {
    try {
      mkdirSync(directory, { recursive: true })
      const combined = fileOf(join(directory, `${service}.access.log`))
      const json = fileOf(join(directory, `${service}.access.json`))
      return new AccessLog(service, combined, json, logger, maxMib * MIB)
    } catch (cause) {
      throw new CodedError('ACCESS_LOG_UNWRITABLE', 'fatal', `ACCESS_LOG_DIR: no access log can be written: ${toError(cause).message}`, { cause })
    }
  }

  record(entry: AccessEntry): void {
    try {
      const logged = loggedEntry(entry)
      this.combined.writer.write(combinedLine(logged))
      this.json.writer.write(ecsLine(this.service, logged))
      // Not only by the timer: what is written in between may be more than a file may hold.
      if (this.combined.size >= this.maxBytes || this.json.size >= this.maxBytes) this.flush()
    } catch (error) {
      this.failed(error)
    }
  }

  /** Goes on in new files under the same names: what `SIGHUP` means to a server whose log was renamed. */
  reopen(): void {
    if (this.isClosed) return
    for (const file of this.files) goOnInNew(file)
  }

  /** Writes what waits, as far as the disk takes it, and closes the files. */
  async close(): Promise<void> {
    if (this.isClosed) return
    this.isClosed = true
    clearInterval(this.timer)
    await Promise.all(this.files.map((file) => closed(file)))
  }

  /** By a timer of our own: a file that could not be opened throws, which the library's timer lets end the process. */
  private flush(): void {
    for (const file of this.files) {
      try {
        // Without a callback: with one, it would wait for the disk each time (fsync).
        ;(file.writer.flush as () => void).call(file.writer)
        if (file.size >= this.maxBytes) this.rotate(file)
      } catch (error) {
        this.failed(error)
      }
    }
  }

  /** Files that nobody reads, or nobody rotates, take no more than twice the greatest size. */
  private rotate(file: LogFile): void {
    try {
      renameSync(file.path, `${file.path}.1`)
    } catch (error) {
      // Somebody else has renamed it, and has not said so.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
    goOnInNew(file)
  }

  private get files(): readonly [LogFile, LogFile] {
    return [this.combined, this.json]
  }

  private failed(error: unknown): void {
    failures.inc()
    const now = performance.now()
    if (now - this.toldAt < TELL_EVERY_MS) return
    this.toldAt = now
    this.logger.warn({ err: toError(error) }, 'the access log cannot be written (ACCESS_LOG_DIR): lines wait, and are dropped when there are too many')
  }
}

function fileOf(path: string): LogFile {
  // Opened once here, so that a path that cannot be written to is found at the start and not by the first request.
  const opened = openSync(path, 'a', MODE)
  const { size } = fstatSync(opened)
  closeSync(opened)
  return { path, size, writer: new sonicBoom.SonicBoom({ dest: path, append: true, mode: MODE, sync: false, minLength: GATHER_BYTES, maxLength: MAX_WAITING_BYTES }) }
}

function goOnInNew(file: LogFile): void {
  file.size = 0
  file.writer.reopen()
}

async function closed({ writer }: LogFile): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  await new Promise<void>((resolve) => {
    // A write that fails was told; what it was to write is given up, as is what a file that hangs does not take.
    writer.once('close', resolve).once('error', () => resolve())
    timer = setTimeout(resolve, CLOSE_MS)
    writer.end()
  })
  clearTimeout(timer)
  writer.destroy()
}
