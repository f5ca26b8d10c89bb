import { readFile, rename, writeFile } from 'node:fs/promises'
import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common'
import { type Logger, toError } from '@swipestream/platform'
import type { DetectorState } from '../../domain/detect/detector.js'
import type { WatchLogs } from './watch-logs.js'

/** After a crash so much is learned anew, in milliseconds. */
const keepEveryMs = 300_000
/** Of the file: another one is not read. */
const version = 1

/**
 * Keeps what is usual in a file. Without it, or with one that cannot be read, it is learned anew: absolute thresholds
 * hold until then.
 */
export class KeepState implements OnModuleInit, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined
  private writing: Promise<void> = Promise.resolve()

  /** @param file undefined to keep nothing */
  constructor(
    private readonly file: string | undefined,
    private readonly watch: Pick<WatchLogs, 'state' | 'restore'>,
    private readonly logger: Pick<Logger, 'info' | 'warn'>,
  ) {}

  /** Before the first entry is looked at. */
  async onModuleInit(): Promise<void> {
    const { file } = this
    if (file === undefined) return
    await this.load(file)
    this.timer = setInterval(() => this.keep(file), keepEveryMs)
    this.timer.unref()
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer)
    if (this.file !== undefined) this.keep(this.file)
    await this.writing
  }

  private async load(file: string): Promise<void> {
    try {
      const kept = JSON.parse(await readFile(file, 'utf8')) as { version?: unknown; services?: unknown }
      if (kept.version !== version || typeof kept.services !== 'object' || kept.services === null) throw new Error(`it is not of version ${version}`)
      this.watch.restore(kept.services as DetectorState)
      this.logger.info({ file, services: Object.keys(kept.services).length }, 'what is usual is known')
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') this.logger.info({ file }, 'nothing is known of what is usual: it is learned')
      else this.logger.warn({ file, err: toError(error) }, 'what is usual cannot be read (LOG_DETECT_STATE_FILE): it is learned anew')
    }
  }

  /** One after the other; the old file stays until the new one is whole. */
  private keep(file: string): void {
    const text = JSON.stringify({ version, services: this.watch.state() })
    this.writing = this.writing.then(async () => {
      try {
        await writeFile(`${file}.new`, text)
        await rename(`${file}.new`, file)
      } catch (error) {
        this.logger.warn({ file, err: toError(error) }, 'what is usual cannot be kept (LOG_DETECT_STATE_FILE)')
      }
    })
  }
}
