import { Injectable } from '@nestjs/common'
import type { Verdict } from '@swipestream/contracts'
import { DataSource, type EntityManager } from 'typeorm'
import { storable } from './storable.js'

/** What an inbox message is made of. */
export interface NewInboxMessage {
  /** The ledger's row that it is. */
  readonly deliveryId: string
  readonly customerId: string
  readonly title: string
  readonly body: string
}

/** What a message asks, as it stands now. */
export interface InboxQuestion {
  readonly state: 'open' | 'answered' | 'expired'
  readonly expires_at: Date
  /** Whichever way the answer came by. */
  readonly verdict: Verdict | null
}

/** A message of the app's inbox. */
export interface InboxMessage {
  /** A number from 1, as text: it may be above 2^53. Ascending in the order in which a customer's messages came. */
  readonly id: string
  readonly alert_id: string
  readonly title: string
  readonly body: string
  readonly created_at: Date
  readonly read_at: Date | null
  /** Null when the message asks nothing. */
  readonly question: InboxQuestion | null
}

/** Which part of an inbox: the newest, the next older than `before`, or the next newer than `after`. */
export type InboxPage = { readonly limit: number } & ({ readonly before?: string } | { readonly after: string })

interface Row extends Omit<InboxMessage, 'question'> {
  readonly state: InboxQuestion['state'] | null
  readonly expires_at: Date | null
  readonly verdict: Verdict | null
}

/** Of the customer $1. What repeats an alert, such as the confirmation of an answer, asks nothing. */
const select = `
  SELECT i.id, d.alert_id, i.title, i.body, i.created_at, i.read_at, q.expires_at, q.verdict,
         CASE WHEN q.answered_at IS NOT NULL THEN 'answered' WHEN q.expires_at <= now() THEN 'expired' WHEN q.alert_id IS NOT NULL THEN 'open' END AS state
  FROM inbox i JOIN deliveries d ON d.id = i.delivery_id
       LEFT JOIN questions q ON q.alert_id = d.alert_id AND q.customer_id = i.customer_id AND d.purpose = 'alert'
  WHERE i.customer_id = $1`

/** The app's inbox: what customers are shown, and whether they have seen it. */
@Injectable()
export class InboxRepository {
  constructor(private readonly database: DataSource) {}

  /**
   * Adds messages in the caller's transaction; gives their ids by delivery. One that is there is left out.
   *
   * One customer's come one after the other: an id is taken when a row is written and shows when it is committed, so of
   * two that are written at the same time the later id could show first, and a stream that has passed it would never
   * look for the earlier one. The locks are held until the commit, and the ids are taken under them.
   */
  async add(manager: EntityManager, messages: readonly NewInboxMessage[]): Promise<Map<string, string>> {
    if (messages.length === 0) return new Map()
    const customers = messages.map(({ customerId }) => storable(customerId))
    await manager.query(
      `SELECT pg_advisory_xact_lock(key)
       FROM (SELECT DISTINCT hashtextextended('inbox of ' || customer, 0) AS key FROM unnest($1::text[]) customer ORDER BY key) AS sorted`,
      [customers],
    )
    const rows = await manager.query<{ delivery_id: string; id: string }[]>(
      `INSERT INTO inbox (delivery_id, customer_id, title, body) SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[])
       ON CONFLICT (delivery_id) DO NOTHING RETURNING delivery_id, id`,
      [messages.map(({ deliveryId }) => deliveryId), customers, messages.map(({ title }) => storable(title)), messages.map(({ body }) => storable(body))],
    )
    return new Map(rows.map(({ delivery_id, id }) => [delivery_id, id]))
  }

  /** Newest first. Of those newer than `after` it gives the oldest ones, so that a reader may go on from there. */
  async page(customerId: string, page: InboxPage): Promise<InboxMessage[]> {
    if ('after' in page) return (await this.after(customerId, page.after, page.limit)).reverse()
    const rows = await this.database.query<Row[]>(`${select} AND ($2::bigint IS NULL OR i.id < $2) ORDER BY i.id DESC LIMIT $3`, [
      storable(customerId), page.before ?? null, page.limit,
    ])
    return rows.map(messageOf)
  }

  /** The next ones, oldest first. */
  async after(customerId: string, id: string, limit: number): Promise<InboxMessage[]> {
    const rows = await this.database.query<Row[]>(`${select} AND i.id > $2 ORDER BY i.id LIMIT $3`, [storable(customerId), id, limit])
    return rows.map(messageOf)
  }

  /** `0` of an empty inbox. */
  async newestId(customerId: string): Promise<string> {
    const [row] = await this.database.query<{ id: string | null }[]>('SELECT max(id) AS id FROM inbox WHERE customer_id = $1', [storable(customerId)])
    return row?.id ?? '0'
  }

  async byId(customerId: string, id: string): Promise<InboxMessage | undefined> {
    const [row] = await this.database.query<Row[]>(`${select} AND i.id = $2`, [storable(customerId), id])
    return row && messageOf(row)
  }

  async countUnread(customerId: string): Promise<number> {
    const [row] = await this.database.query<{ count: number }[]>('SELECT count(*)::int AS count FROM inbox WHERE customer_id = $1 AND read_at IS NULL', [
      storable(customerId),
    ])
    return row?.count ?? 0
  }

  /** Marks a message as read, once; false when the customer has no such message. */
  async markRead(customerId: string, id: string): Promise<boolean> {
    const [, count] = await this.database.query<[unknown[], number]>('UPDATE inbox SET read_at = coalesce(read_at, now()) WHERE id = $2 AND customer_id = $1', [
      storable(customerId), id,
    ])
    return count > 0
  }
}

function messageOf({ state, expires_at, verdict, ...message }: Row): InboxMessage {
  return { ...message, question: state === null || expires_at === null ? null : { state, expires_at, verdict } }
}
