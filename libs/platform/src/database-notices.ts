import { Client } from 'pg'
import { toError } from './errors.js'
import type { Logger } from './logger.js'
import { pause } from './pause.js'

/** What hears of notices. */
export interface NoticeListener {
  /** A notice was sent, by any instance. */
  noticed(payload: string): void
  /** Listening begins, or begins again: notices may have been missed until now. */
  resumed(): void
}

export interface DatabaseNoticesOptions {
  /** postgres://user:password@host:port/database */
  readonly url: string
  /** The service's name; PostgreSQL shows the connection as `<name> notices`. */
  readonly name: string
  /** What is listened to: a lower-case identifier. */
  readonly channel: string
  readonly logger: Pick<Logger, 'warn'>
}

/** A connection that died silently tells nothing: it is asked, and must answer. */
const askEveryMs = 3_000
const answerMs = 3_000
const pauseMs = { least: 250, most: 5_000 }

/**
 * Hears what the instances of a service tell each other by LISTEN and NOTIFY of the database they share. One connection
 * an instance, made again as often as it is lost.
 *
 * A notice may get lost. Whoever listens must look for themselves when notices are `resumed`.
 */
export class DatabaseNotices {
  readonly #closing = new AbortController()
  #running: Promise<void> = Promise.resolve()

  constructor(
    private readonly options: DatabaseNoticesOptions,
    private readonly listener: NoticeListener,
  ) {}

  /** Begins to listen; once, and not before the database has been there. */
  start(): void {
    if (!this.#closing.signal.aborted) this.#running = this.#run()
  }

  /** Nothing is heard after this. */
  async stop(): Promise<void> {
    this.#closing.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing
    const { logger, channel } = this.options
    for (let failures = 0; !signal.aborted; ) {
      try {
        await this.#listen(() => {
          failures = 0
        })
      } catch (error) {
        if (signal.aborted) return
        if (++failures === 1) logger.warn({ err: toError(error), channel }, 'The connection that hears of notices is lost; it is made again')
        await this.#pause(Math.min(pauseMs.most, pauseMs.least * 2 ** (failures - 1)) * (0.8 + Math.random() * 0.4))
      }
    }
  }

  /** Returns when asked to stop; throws when the connection is lost. */
  async #listen(onWell: () => void): Promise<void> {
    const { url, name, channel } = this.options
    const session = new Client({
      connectionString: url,
      application_name: `${name} notices`,
      keepAlive: true,
      connectionTimeoutMillis: answerMs,
      query_timeout: answerMs,
    })
    const lost = new AbortController()
    session.on('error', (error) => lost.abort(error))
    session.on('end', () => lost.abort(new Error('the connection was closed')))
    session.on('notification', ({ payload = '' }) => this.listener.noticed(payload))
    try {
      await session.connect()
      await session.query(`LISTEN ${channel}`)
      onWell()
      this.listener.resumed()
      const over = AbortSignal.any([this.#closing.signal, lost.signal])
      for (;;) {
        await this.#pause(askEveryMs, over)
        if (this.#closing.signal.aborted) return
        lost.signal.throwIfAborted()
        await session.query('SELECT 1')
      }
    } finally {
      // Where the connection is broken there is nothing left to close.
      await session.end().catch(() => undefined)
    }
  }

  #pause(ms: number, over = this.#closing.signal): Promise<void> {
    return pause(ms, over, { ref: false })
  }
}
