import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common'
import { DatabaseNotices, LOGGER, Readiness, toError, type Logger } from '@swipestream/platform'
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

/**
 * Tells every instance which transactions are decided about, by LISTEN and NOTIFY of the database they share: the
 * instance that read a decision from Kafka is seldom the one whose client waits for it. One connection an instance.
 *
 * A notice may get lost. Whoever listens must look for themselves when notices are `resumed`, and before they give up.
 */
@Injectable()
export class DecisionNotices implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #listeners: DecisionListener[] = []
  readonly #notices: DatabaseNotices

  constructor(
    @Inject(CONFIG) { DATABASE_URL: url }: Config,
    private readonly database: DataSource,
    private readonly readiness: Readiness,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.#notices = new DatabaseNotices({ url, name: 'transactions-api', channel, logger }, {
      noticed: (payload) => {
        const ids = payload.split(',')
        for (const listener of this.#listeners) listener.decided(ids)
      },
      resumed: () => {
        for (const listener of this.#listeners) listener.resumed()
      },
    })
  }

  subscribe(listener: DecisionListener): void {
    this.#listeners.push(listener)
  }

  onApplicationBootstrap(): void {
    // Before that the database may never have been there.
    void this.readiness.opened().then(() => this.#notices.start())
  }

  async onModuleDestroy(): Promise<void> {
    await this.#notices.stop()
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
}
