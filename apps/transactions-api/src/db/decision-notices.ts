import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common'
import { LOGGER, Readiness, toError, type Logger } from '@swipestream/platform'
import { setTimeout as delay } from 'node:timers/promises'
import { Client } from 'pg'
import { DataSource } from 'typeorm'
import { CONFIG, type Config } from '../config.js'

/** What is told of decisions. */
export interface DecisionListener {
  /** These transactions are decided about, here or by another instance. It may be told twice. */
  decided(transactionIds: readonly string[]): void
  /** Notices may have been missed until now. */
  resumed(): void
}

const channel = 'transaction_decided'

/** PostgreSQL takes payloads of less than 8000 bytes; an id and its comma are 37. */
const idsOfPayload = 200

/** A connection that died silently tells nothing: it is asked, and must answer. */
const askEveryMs = 3_000
const answerMs = 3_000
const pauseMs = { least: 250, most: 5_000 }

/**
 * Tells every instance which transactions are decided about, by LISTEN and NOTIFY of the database they share: the
 * instance that read a decision from Kafka is seldom the one whose client waits for it. One connection an instance.
 *
 * A notice may get lost. Whoever listens must look for themselves when notices are `resumed`, and before they give up.
 */
@Injectable()
export class DecisionNotices implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #listeners: DecisionListener[] = []
  readonly #closing = new AbortController()
  #running: Promise<void> = Promise.resolve()

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: DataSource,
    private readonly readiness: Readiness,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  subscribe(listener: DecisionListener): void {
    this.#listeners.push(listener)
  }

  onApplicationBootstrap(): void {
    // Before that the database may never have been there.
    void this.readiness.opened().then(() => {
      if (!this.#closing.signal.aborted) this.#running = this.#run()
    })
  }

  async onModuleDestroy(): Promise<void> {
    this.#closing.abort()
    await this.#running
  }

  /**
   * Tells of decisions that are committed; never rejects.
   *
   * After that commit, not within it: a transaction that notifies holds a lock of the whole server from before its
   * commit until that is on disk, so decisions of all partitions and instances would be flushed one after the other.
   * This one writes nothing else, so it holds the lock for no flush. If the process dies in between, the decisions are
   * read from Kafka again, and told then.
   */
  async send(transactionIds: readonly string[]): Promise<void> {
    if (transactionIds.length === 0) return
    for (const listener of this.#listeners) listener.decided(transactionIds)
    const payloads: string[] = []
    for (let i = 0; i < transactionIds.length; i += idsOfPayload) payloads.push(transactionIds.slice(i, i + idsOfPayload).join(','))
    try {
      await this.database.query('SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload', [channel, payloads])
    } catch (error) {
      // The decisions are stored. To fail here would have them handled again for the sake of those who wait, and these
      // look for themselves in the end.
      this.logger.warn({ err: toError(error) }, 'Other instances were not told of decisions; who waits for them is answered later')
    }
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing
    for (let failures = 0; !signal.aborted; ) {
      try {
        await this.#listen(() => {
          failures = 0
        })
      } catch (error) {
        if (signal.aborted) return
        if (++failures === 1) this.logger.warn({ err: toError(error) }, 'The connection that hears of decisions is lost; it is made again')
        await this.#pause(Math.min(pauseMs.most, pauseMs.least * 2 ** (failures - 1)) * (0.8 + Math.random() * 0.4))
      }
    }
  }

  /** Returns when the service stops; throws when the connection is lost. */
  async #listen(onWell: () => void): Promise<void> {
    const session = new Client({
      connectionString: this.config.DATABASE_URL,
      application_name: 'transactions-api notices',
      keepAlive: true,
      connectionTimeoutMillis: answerMs,
      query_timeout: answerMs,
    })
    const lost = new AbortController()
    session.on('error', (error) => lost.abort(error))
    session.on('end', () => lost.abort(new Error('the connection was closed')))
    session.on('notification', ({ payload }) => {
      const ids = payload?.split(',') ?? []
      for (const listener of this.#listeners) listener.decided(ids)
    })
    try {
      await session.connect()
      await session.query(`LISTEN ${channel}`)
      onWell()
      for (const listener of this.#listeners) listener.resumed()
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

  async #pause(ms: number, over = this.#closing.signal): Promise<void> {
    // What ends the pause is looked at by whoever paused.
    await delay(ms, undefined, { signal: over, ref: false }).catch(() => undefined)
  }
}
