import { Injectable } from '@nestjs/common'
import type { Channel, FraudAlert } from '@swipestream/contracts'
import { DataSource, type EntityManager } from 'typeorm'
import type { Delivery, Outcome, QueuedDelivery } from '../domain/delivery.js'
import type { Addressee } from '../domain/to-tell.js'
import { storable, storableOrNull } from './storable.js'

/** A delivery taken to be sent, with what its message is made of. */
export interface ClaimedDelivery extends Delivery {
  readonly alert: FraudAlert
  readonly addressee: Addressee
  readonly traceparent: string | null
  /** Since it was queued, in milliseconds, by the database's clock. */
  readonly ageMs: number
}

interface ClaimedRow extends Omit<ClaimedDelivery, 'addressee' | 'card_id'>, Addressee {}

/** What the ledger made of an outcome. */
export interface Settled {
  readonly id: string
  /** False when another instance had marked this message as sent before: it went out twice. */
  readonly first: boolean
}

const claim = `
  WITH due AS MATERIALIZED (
    SELECT id FROM deliveries
    WHERE channel = $1 AND status = 'queued' AND next_attempt_at <= now()
    ORDER BY next_attempt_at LIMIT $2
    FOR UPDATE SKIP LOCKED
  )
  UPDATE deliveries d
  SET status = 'sending', attempts = d.attempts + 1, lease_until = now() + $3 * interval '1 ms', updated_at = now()
  FROM due, alerts a LEFT JOIN customers c ON c.customer_id = a.customer_id
  WHERE d.id = due.id AND a.alert_id = d.alert_id
  RETURNING d.id, d.alert_id, d.customer_id, d.channel, d.recipient, d.attempts AS attempt,
            extract(epoch FROM now() - d.created_at)::float8 * 1000 AS "ageMs", a.alert, a.traceparent, c.given_name, c.time_zone, c.language`

/**
 * A message that was sent is sent, whoever holds it now. Any other outcome counts only while this attempt is the
 * newest: when its lease ran out, another instance has taken over.
 */
const settle = `
  WITH outcome AS (
    SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::float8[])
      AS o (id, attempt, status, provider_message_id, last_error, delay_ms)
  ), before AS (
    SELECT o.*, d.status AS status_before, d.attempts FROM deliveries d JOIN outcome o USING (id) ORDER BY d.id FOR UPDATE OF d
  ), updated AS (
    UPDATE deliveries d
    SET status = b.status, lease_until = NULL, updated_at = now(), last_error = b.last_error,
        provider_message_id = coalesce(b.provider_message_id, d.provider_message_id),
        next_attempt_at = now() + b.delay_ms * interval '1 ms'
    FROM before b
    WHERE d.id = b.id AND b.status_before <> 'sent'
      AND (b.status = 'sent' OR (b.status_before = 'sending' AND b.attempts = b.attempt))
    RETURNING d.id
  )
  SELECT b.id, u.id IS NOT NULL AS first
  FROM before b LEFT JOIN updated u USING (id)
  WHERE u.id IS NOT NULL OR (b.status = 'sent' AND b.status_before = 'sent')`

/** The ledger: one row a message, written before it is sent. */
@Injectable()
export class DeliveriesRepository {
  constructor(private readonly database: DataSource) {}

  /** Writes what is to be sent; gives the ids of those that were not there yet. */
  async insertQueued(manager: EntityManager, deliveries: readonly QueuedDelivery[]): Promise<Set<string>> {
    const rows = await manager.query<{ id: string }[]>(
      `INSERT INTO deliveries (id, alert_id, customer_id, channel, recipient)
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[])
       ON CONFLICT (alert_id, channel, recipient) DO NOTHING RETURNING id`,
      [
        deliveries.map(({ id }) => id),
        deliveries.map(({ alert_id }) => alert_id),
        deliveries.map(({ customer_id }) => customer_id),
        deliveries.map(({ channel }) => channel),
        deliveries.map(({ recipient }) => recipient),
      ],
    )
    return new Set(rows.map(({ id }) => id))
  }

  /** Takes up to `limit` messages that are due, the longest due first; they are this caller's until the lease ends. */
  async claim(channel: Channel, limit: number, leaseMs: number): Promise<ClaimedDelivery[]> {
    const [rows] = await this.database.query<[ClaimedRow[], number]>(claim, [channel, limit, leaseMs])
    return rows.map(({ given_name, time_zone, language, ...row }) => ({ ...row, card_id: row.alert.card_id, addressee: { given_name, time_zone, language } }))
  }

  /** Keeps messages that take long from being taken over. */
  async renew(ids: readonly string[], leaseMs: number): Promise<void> {
    await this.database.query(`UPDATE deliveries SET lease_until = now() + $2 * interval '1 ms' WHERE id = ANY ($1::uuid[]) AND status = 'sending'`, [ids, leaseMs])
  }

  /** Puts messages back whose sender died; gives how many. */
  async takeBack(channel: Channel): Promise<number> {
    const [, count] = await this.database.query<[unknown[], number]>(
      `UPDATE deliveries SET status = 'queued', lease_until = NULL, next_attempt_at = now(), updated_at = now()
       WHERE channel = $1 AND status = 'sending' AND lease_until < now()`,
      [channel],
    )
    return count
  }

  /** Marks what became of attempts. Outcomes of attempts that are not the newest any more are left out of the answer. */
  async settle(manager: EntityManager, outcomes: readonly Outcome[]): Promise<Settled[]> {
    return await manager.query<Settled[]>(settle, [
      outcomes.map(({ delivery }) => delivery.id),
      outcomes.map(({ delivery }) => delivery.attempt),
      outcomes.map(({ status }) => status),
      outcomes.map((outcome) => (outcome.status === 'sent' ? storable(outcome.providerMessageId) : null)),
      outcomes.map((outcome) => (outcome.status === 'sent' ? null : storableOrNull(outcome.error))),
      outcomes.map((outcome) => (outcome.status === 'queued' ? outcome.delayMs : 0)),
    ])
  }

  /** How many messages wait or are under way. */
  async countPending(channel: Channel): Promise<number> {
    const [row] = await this.database.query<{ count: number }[]>(
      `SELECT count(*)::int AS count FROM deliveries WHERE channel = $1 AND status IN ('queued', 'sending')`,
      [channel],
    )
    return row?.count ?? 0
  }
}
