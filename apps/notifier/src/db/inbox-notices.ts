import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common'
import { DatabaseNotices, LOGGER, type Logger, Readiness } from '@swipestream/platform'
import { hash } from 'node:crypto'
import { DataSource } from 'typeorm'
import { CONFIG, type NotifierConfig } from '../config.js'
import { storable } from './storable.js'

/** What is told of inboxes. */
export interface InboxListener {
  /** There may be something new in the inboxes with this key, which another instance may have put there. */
  arrived(inboxKey: string): void
  /** Notices may have been missed until now. */
  resumed(): void
}

const channel = 'inbox_arrived'

/** What stands for a customer in a notice: of a length that PostgreSQL takes, whatever the id, and nobody's name in its log. */
export function inboxKey(customerId: string): string {
  return hash('sha256', storable(customerId), 'hex')
}

/**
 * Tells every instance that there is something new in an inbox, by LISTEN and NOTIFY of the database they share: the
 * instance that sends a message is seldom the one that the app is connected to.
 */
@Injectable()
export class InboxNotices implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #listeners: InboxListener[] = []
  readonly #notices: DatabaseNotices

  constructor(
    @Inject(CONFIG) { DATABASE_URL: url }: NotifierConfig,
    private readonly database: DataSource,
    private readonly readiness: Readiness,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#notices = new DatabaseNotices({ url, name: 'notifier', channel, logger }, {
      noticed: (key) => {
        for (const listener of this.#listeners) listener.arrived(key)
      },
      resumed: () => {
        for (const listener of this.#listeners) listener.resumed()
      },
    })
  }

  subscribe(listener: InboxListener): void {
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
   * Tells of messages that are committed. Not within that transaction: one that notifies holds a lock of the whole
   * server until it is on disk. What a process that dies in between has not told, a stream finds with the next message,
   * or when it begins anew.
   */
  async send(customerIds: readonly string[]): Promise<void> {
    if (customerIds.length === 0) return
    await this.database.query('SELECT pg_notify($1, key) FROM unnest($2::text[]) key', [channel, [...new Set(customerIds.map(inboxKey))]])
  }
}
