import { counter, gauge } from '@swipestream/platform'
import type { Client } from 'pg'
import { backlogOf, countRejected, type Row } from './outbox-rows.js'

/** How often rows are counted, in milliseconds: counting many takes long. */
const countEveryMs = 5_000

/** What a relay tells of its shards; the sum over the instances is the service's. */
export class BacklogMetrics {
  readonly #pending = gauge({ name: 'outbox_pending_rows', help: 'Rows of the outbox that wait to be published, of the shards of this instance' })
  readonly #oldest = gauge({ name: 'outbox_oldest_seconds', help: 'Age of the oldest row that waits to be published, of the shards of this instance' })
  readonly #shards = gauge({ name: 'outbox_shards_owned', help: 'Shards of the outbox that this instance publishes; 16 over all instances' })
  readonly #rejected = gauge({ name: 'outbox_rejected_rows', help: 'Rows that Kafka refused and that were set aside, in outbox_rejected' })
  readonly rejectedTotal = counter({ name: 'outbox_rejected_total', help: 'Rows that were set aside, by the code of the refusal', labels: ['code'] })
  readonly #published = counter({ name: 'outbox_published_total', help: 'Rows that were published', labels: ['topic'] })
  #countedAt = Number.NEGATIVE_INFINITY
  #rejectedCountedAt = Number.NEGATIVE_INFINITY

  /** @param all whether these are all the rows that wait. */
  async update(session: Client, shards: readonly number[], rows: readonly Row[], all: boolean): Promise<void> {
    this.#shards.set(shards.length)
    const now = performance.now()
    if (now - this.#rejectedCountedAt >= countEveryMs) {
      this.#rejectedCountedAt = now
      this.#rejected.set(await countRejected(session))
    }
    if (all) {
      const oldest = Math.min(...rows.map(({ created_at }) => created_at.getTime()))
      this.#pending.set(rows.length)
      this.#oldest.set(rows.length === 0 ? 0 : Math.max(0, (Date.now() - oldest) / 1_000))
    } else if (now - this.#countedAt >= countEveryMs) {
      this.#countedAt = now
      const backlog = await backlogOf(session, shards)
      this.#pending.set(backlog.rows)
      this.#oldest.set(backlog.oldestSeconds)
    }
  }

  published(rows: readonly Pick<Row, 'topic'>[]): void {
    for (const { topic } of rows) this.#published.inc({ topic })
  }

  /** The next update counts those that were set aside, whenever it comes. */
  rejected(code: string): void {
    this.rejectedTotal.inc({ code })
    this.#rejectedCountedAt = Number.NEGATIVE_INFINITY
  }

  /** The session is lost: nobody's shards are this instance's. */
  ownsNone(): void {
    this.#shards.set(0)
  }
}
