import { Injectable } from '@nestjs/common'
import type { Channel, FraudAlert, OpsAlert, Verdict } from '@swipestream/contracts'
import { DataSource, type EntityManager } from 'typeorm'
import type { Delivery, Outcome, QueuedDelivery } from '../domain/delivery.js'
import type { Addressee } from '../domain/to-tell.js'
import { storable, storableOrNull } from './storable.js'

/** A message that is to be written into the ledger. */
export interface NewDelivery extends QueuedDelivery {
  readonly status: 'queued' | 'merged' | 'silenced' | 'delivered'
  /** Whether others are merged into it until it is sent. */
  readonly shared: boolean
  readonly fallbacks: readonly Channel[]
  /** When it may go out, and when the next way is tried beside it; milliseconds from now. */
  readonly delayMs: number
  readonly fallBackMs: number | null
  /** What later messages are merged by; null: by nothing. */
  readonly topic: string | null
}

/** What is asked about an alert, and how that stands. */
export interface QuestionState {
  readonly phone: string | null
  readonly code: string | null
  /** Milliseconds since the epoch. */
  readonly expires_at: number
  readonly verdict: Verdict | null
}

/** An alert as a message tells it. */
export interface ToldAlert {
  readonly alert: FraudAlert | OpsAlert
  /** Null where nothing is asked. */
  readonly question: QuestionState | null
}

/** A delivery taken to be sent, with what its message is made of. */
export interface ClaimedDelivery extends Delivery {
  /** The row's own alert. */
  readonly told: ToldAlert
  /** The alerts that are merged into it, the oldest first. */
  readonly merged: readonly ToldAlert[]
  readonly addressee: Addressee
  readonly traceparent: string | null
  /** Since it was queued, in milliseconds, by the database's clock. */
  readonly ageMs: number
}

interface ClaimedRow extends Delivery, Addressee, ToldAlert {
  readonly shared: boolean
  readonly ageMs: number
  readonly traceparent: string | null
}

/** What the ledger made of an outcome. */
export interface Settled {
  readonly id: string
  /**
   * - `first`: the row stands as the outcome says;
   * - `again`: another instance had sent this message before: it went out twice;
   * - `overtaken`: the provider's report of this very attempt came before, and stands.
   */
  readonly as: 'first' | 'again' | 'overtaken'
}

/** A row that shares the fate of the message it is merged into. */
export interface SettledMerged extends QueuedDelivery {
  readonly merged_into: string
  readonly traceparent: string | null
}

const questionState = `CASE WHEN q.alert_id IS NULL THEN NULL ELSE json_build_object(
  'phone', q.phone, 'code', q.code, 'verdict', q.verdict, 'expires_at', (extract(epoch FROM q.expires_at) * 1000)::bigint) END AS question`

const claim = `
  WITH due AS MATERIALIZED (
    SELECT id FROM deliveries
    WHERE channel = $1 AND status = 'queued' AND next_attempt_at <= now()
    ORDER BY next_attempt_at LIMIT $2
    FOR UPDATE SKIP LOCKED
  )
  UPDATE deliveries d
  SET status = 'sending', attempts = d.attempts + 1, lease_until = now() + $3 * interval '1 ms', updated_at = now()
  FROM due, alerts a LEFT JOIN customers c ON c.customer_id = a.customer_id LEFT JOIN questions q ON q.alert_id = a.alert_id
  WHERE d.id = due.id AND a.alert_id = d.alert_id
  RETURNING d.id, d.alert_id, a.card_id, d.customer_id, d.purpose, d.channel, d.recipient, d.merged_into, d.shared, d.attempts AS attempt,
            extract(epoch FROM now() - greatest(d.created_at, d.due_at))::float8 * 1000 AS "ageMs",
            a.alert, a.traceparent, c.given_name, c.time_zone, c.language, ${questionState}`

const mergedAlerts = `
  SELECT d.merged_into, a.alert, ${questionState}
  FROM deliveries d JOIN alerts a USING (alert_id) LEFT JOIN questions q USING (alert_id)
  WHERE d.merged_into = ANY ($1::uuid[]) ORDER BY d.created_at, d.alert_id`

/**
 * A message that was sent is sent, whoever holds it now. Any other outcome counts only while this attempt is the
 * newest: when its lease ran out, another instance has taken over. What the provider has reported of this attempt
 * already is more than the answer to the request, which only adds the provider's id.
 */
const settle = `
  WITH outcome AS (
    SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::float8[])
      AS o (id, attempt, status, provider_message_id, last_error, delay_ms)
  ), before AS (
    SELECT o.*, d.attempts, d.status AS status_before,
           d.status IN ('delivered', 'failed') AND d.attempts = o.attempt
             AND coalesce(d.provider_message_id, o.provider_message_id) = o.provider_message_id AS reported
    FROM deliveries d JOIN outcome o USING (id) ORDER BY d.id FOR UPDATE OF d
  ), updated AS (
    UPDATE deliveries d
    SET status = CASE WHEN b.reported THEN d.status ELSE b.status END, lease_until = NULL, updated_at = now(),
        last_error = CASE WHEN b.reported THEN d.last_error ELSE b.last_error END,
        provider_message_id = coalesce(b.provider_message_id, d.provider_message_id),
        next_attempt_at = now() + b.delay_ms * interval '1 ms',
        fall_back_at = CASE WHEN b.status = 'sent' AND d.channel = 'email' THEN NULL ELSE d.fall_back_at END
    FROM before b
    WHERE d.id = b.id AND (
      (b.reported AND b.status = 'sent')
      OR (b.status = 'sent' AND b.status_before NOT IN ('sent', 'delivered'))
      OR (b.status_before = 'sending' AND b.attempts = b.attempt))
    RETURNING d.id
  )
  SELECT b.id, CASE WHEN u.id IS NULL THEN 'again' WHEN b.reported THEN 'overtaken' ELSE 'first' END AS "as"
  FROM before b LEFT JOIN updated u USING (id)
  WHERE u.id IS NOT NULL OR (b.status = 'sent' AND b.status_before IN ('sent', 'delivered'))`

/** The ledger: one row a message, written before it is sent. */
@Injectable()
export class DeliveriesRepository {
  constructor(private readonly database: DataSource) {}

  /** Writes what is to be sent; gives the ids of those that were not there yet. */
  async insert(manager: EntityManager, deliveries: readonly NewDelivery[]): Promise<Set<string>> {
    if (deliveries.length === 0) return new Set()
    const rows = await manager.query<{ id: string }[]>(
      `INSERT INTO deliveries (id, alert_id, customer_id, purpose, channel, recipient, merged_into, status, shared, topic, fallbacks, next_attempt_at, due_at, fall_back_at)
       SELECT id, alert_id, customer_id, purpose, channel, recipient, merged_into, status, shared, topic, string_to_array(fallbacks, ','),
              now() + delay * interval '1 ms', now() + delay * interval '1 ms', now() + fall_back * interval '1 ms'
       FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::text[], $9::boolean[], $10::text[], $11::text[], $12::float8[], $13::float8[])
         AS n (id, alert_id, customer_id, purpose, channel, recipient, merged_into, status, shared, topic, fallbacks, delay, fall_back)
       ON CONFLICT (alert_id, purpose, channel, recipient) DO NOTHING RETURNING id`,
      [
        deliveries.map(({ id }) => id),
        deliveries.map(({ alert_id }) => alert_id),
        deliveries.map(({ customer_id }) => customer_id),
        deliveries.map(({ purpose }) => purpose),
        deliveries.map(({ channel }) => channel),
        deliveries.map(({ recipient }) => recipient),
        deliveries.map(({ merged_into }) => merged_into),
        deliveries.map(({ status }) => status),
        deliveries.map(({ shared }) => shared),
        deliveries.map(({ topic }) => (topic === null ? null : storable(topic))),
        deliveries.map(({ fallbacks }) => fallbacks.join(',')),
        deliveries.map(({ delayMs }) => delayMs),
        deliveries.map(({ fallBackMs }) => fallBackMs),
      ],
    )
    return new Set(rows.map(({ id }) => id))
  }

  /** Shared messages of these topics that wait for more, locked: nobody takes them to be sent until this transaction ends. */
  async lockOpenGroups(manager: EntityManager, topics: readonly string[]): Promise<{ id: string; topic: string; channel: Channel; recipient: string }[]> {
    return await manager.query(
      `SELECT id, topic, channel, recipient FROM deliveries
       WHERE topic = ANY ($1::text[]) AND status = 'queued' AND shared FOR UPDATE`,
      [topics.map(storable)],
    )
  }

  /** Those of the topics that a message was written for lately. */
  async topicsToldLately(manager: EntityManager, topics: readonly string[], withinSeconds: number): Promise<Set<string>> {
    const rows = await manager.query<{ topic: string }[]>(
      `SELECT DISTINCT topic FROM deliveries
       WHERE topic = ANY ($1::text[]) AND created_at > now() - $2 * interval '1 s' AND status <> 'silenced'`,
      [topics.map(storable), withinSeconds],
    )
    return new Set(rows.map(({ topic }) => topic))
  }

  /** Takes up to `limit` messages that are due, the longest due first; they are this caller's until the lease ends. */
  async claim(channel: Channel, limit: number, leaseMs: number): Promise<ClaimedDelivery[]> {
    const [rows] = await this.database.query<[ClaimedRow[], number]>(claim, [channel, limit, leaseMs])
    const ids = rows.filter(({ shared }) => shared).map(({ id }) => id)
    const told = ids.length === 0 ? [] : await this.database.query<(ToldAlert & { merged_into: string })[]>(mergedAlerts, [ids])
    const byMessage = Map.groupBy(told, ({ merged_into }) => merged_into)
    return rows.map(({ given_name, time_zone, language, alert, question, shared: _, ...row }) => ({
      ...row,
      told: { alert, question },
      merged: byMessage.get(row.id) ?? [],
      addressee: { given_name, time_zone, language },
    }))
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
      outcomes.map((outcome) => ('providerMessageId' in outcome ? storable(outcome.providerMessageId) : null)),
      outcomes.map((outcome) => ('error' in outcome ? storableOrNull(outcome.error) : null)),
      outcomes.map((outcome) => (outcome.status === 'queued' ? outcome.delayMs : 0)),
    ])
  }

  /** What is merged into these messages comes to the same end; gives it. */
  async settleMerged(manager: EntityManager, ids: readonly string[]): Promise<SettledMerged[]> {
    if (ids.length === 0) return []
    const [rows] = await manager.query<[SettledMerged[], number]>(
      `UPDATE deliveries d
       SET status = m.status, provider_message_id = m.provider_message_id, last_error = m.last_error, updated_at = now()
       FROM deliveries m, alerts a
       WHERE d.merged_into = ANY ($1::uuid[]) AND m.id = d.merged_into AND a.alert_id = d.alert_id
         AND m.status IN ('sent', 'delivered', 'failed') AND d.status <> m.status
       RETURNING d.id, d.alert_id, a.card_id, d.customer_id, d.purpose, d.channel, d.recipient, d.merged_into, a.traceparent`,
      [ids],
    )
    return rows
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
