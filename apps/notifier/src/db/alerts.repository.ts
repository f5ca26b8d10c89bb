import { Injectable } from '@nestjs/common'
import type { Channel, FraudAlert, OpsAlert } from '@swipestream/contracts'
import { DataSource, type EntityManager } from 'typeorm'
import type { QuietHours } from '../domain/quiet-hours.js'
import type { Contact } from '../domain/routing.js'
import type { Addressee } from '../domain/to-tell.js'
import { storable } from './storable.js'

/** An alert as it is received, with the trace it belongs to. */
export interface ReceivedAlert<A = FraudAlert> {
  readonly alert: A
  /** W3C trace context. */
  readonly traceparent: string | null
}

/** Which waiting alerts to look at. */
export type AlertScope =
  | { readonly alerts: readonly string[] }
  | { readonly cards: readonly string[] }
  | { readonly customers: readonly string[] }

/** A waiting alert whose customer can be reached. */
export interface PlannableAlert {
  readonly alert: FraudAlert
  readonly traceparent: string | null
  readonly contact: Contact
  readonly quiet: QuietHours | null
  readonly addressee: Addressee
  /** IANA. */
  readonly time_zone: string
  /** The time of this transaction, by the database's clock, which its delays count from. Milliseconds since the epoch. */
  readonly now: number
}

interface PlannableRow extends Omit<Contact, 'channels'>, Pick<Addressee, 'given_name' | 'language'>, Pick<PlannableAlert, 'alert' | 'traceparent' | 'time_zone' | 'now'> {
  readonly channels: Channel[]
  readonly quiet_from: string | null
  readonly quiet_to: string | null
}

const ways = ['email', 'sms', 'app']

@Injectable()
export class AlertsRepository {
  constructor(private readonly database: DataSource) {}

  /** Stores each alert of a card once; one that is there stays as it is. */
  async store(received: readonly ReceivedAlert[]): Promise<void> {
    await this.insert('fraud', received, ({ card_id }) => storable(card_id))
  }

  /** Stores each alert for the people on call once. */
  async storeOps(received: readonly ReceivedAlert<OpsAlert>[]): Promise<void> {
    await this.insert('ops', received, () => null)
  }

  /**
   * Waiting alerts in the scope whose customer has an address, the oldest first, locked for this transaction: of two
   * instances that plan the same alert the second waits here, and then finds it planned.
   */
  async lockPlannable(manager: EntityManager, scope: AlertScope, limit: number): Promise<PlannableAlert[]> {
    const [column, values] =
      'alerts' in scope ? ['a.alert_id = ANY ($1::uuid[])', scope.alerts]
      : 'cards' in scope ? ['a.card_id = ANY ($1::text[])', scope.cards.map(storable)]
      : ['c.customer_id = ANY ($1::text[])', scope.customers.map(storable)]
    const rows = await manager.query<PlannableRow[]>(
      `SELECT a.alert, a.traceparent, c.customer_id, c.email, CASE WHEN o.phone IS NULL THEN c.phone END AS phone,
              c.channels, c.quiet_from, c.quiet_to, c.time_zone, c.given_name, c.language,
              extract(epoch FROM now())::float8 * 1000 AS now
       FROM alerts a JOIN cards k USING (card_id) JOIN customers c ON c.customer_id = k.customer_id
            LEFT JOIN opt_outs o ON o.phone = c.phone
       WHERE a.planned_at IS NULL AND ${column} AND (c.email IS NOT NULL OR c.phone IS NOT NULL)
       ORDER BY a.alert_id LIMIT $2
       FOR UPDATE OF a`,
      [values, limit],
    )
    return rows.map(({ alert, traceparent, time_zone, now, quiet_from, quiet_to, channels, given_name, language, ...contact }) => ({
      alert,
      traceparent,
      time_zone,
      now,
      addressee: { given_name, time_zone, language },
      contact: { ...contact, channels: channels.filter((channel) => ways.includes(channel)) },
      quiet: quiet_from !== null && quiet_to !== null ? { from: quiet_from, to: quiet_to } : null,
    }))
  }

  /** Those of the alerts for the people on call that were not planned yet, locked for this transaction. */
  async lockPlannableOps(manager: EntityManager, alertIds: readonly string[]): Promise<ReceivedAlert<OpsAlert>[]> {
    return await manager.query<ReceivedAlert<OpsAlert>[]>(
      `SELECT alert, traceparent FROM alerts WHERE kind = 'ops' AND planned_at IS NULL AND alert_id = ANY ($1::uuid[]) ORDER BY alert_id FOR UPDATE`,
      [alertIds],
    )
  }

  /** Alerts of cards that have waited too long for a contact, locked for this transaction; others' are passed over. */
  async lockOverdue(manager: EntityManager, waitSeconds: number, limit: number): Promise<ReceivedAlert[]> {
    return await manager.query<ReceivedAlert[]>(
      `SELECT alert, traceparent FROM alerts
       WHERE kind = 'fraud' AND planned_at IS NULL AND received_at < now() - $1 * interval '1 s'
       ORDER BY received_at LIMIT $2 FOR UPDATE SKIP LOCKED`,
      [waitSeconds, limit],
    )
  }

  /**
   * Makes sure that nobody else plans alerts of these cards, or of these services, until this transaction ends: what is
   * counted and grouped must be seen by one after the other.
   */
  async lockTopics(manager: EntityManager, topics: readonly string[]): Promise<void> {
    await manager.query(
      `SELECT pg_advisory_xact_lock(key) FROM (SELECT DISTINCT hashtextextended(topic, 0) AS key FROM unnest($1::text[]) topic ORDER BY key) AS sorted`,
      [topics.map(storable)],
    )
  }

  /** How many alerts of each card were planned for its holder lately; cards without any are left out. */
  async countPlanned(manager: EntityManager, cardIds: readonly string[], withinSeconds: number): Promise<Map<string, number>> {
    const rows = await manager.query<{ card_id: string; count: number }[]>(
      `SELECT card_id, count(*)::int AS count FROM alerts
       WHERE card_id = ANY ($1::text[]) AND planned_at > now() - $2 * interval '1 s' AND customer_id IS NOT NULL GROUP BY card_id`,
      [cardIds.map(storable), withinSeconds],
    )
    return new Map(rows.map(({ card_id, count }) => [card_id, count]))
  }

  /** @param customerIds whom each alert was planned for; null: no customer */
  async markPlanned(manager: EntityManager, alertIds: readonly string[], customerIds: readonly (string | null)[]): Promise<void> {
    await manager.query(
      `UPDATE alerts a SET customer_id = p.customer_id, planned_at = now()
       FROM unnest($1::uuid[], $2::text[]) AS p (alert_id, customer_id)
       WHERE a.alert_id = p.alert_id`,
      [alertIds, customerIds],
    )
  }

  /** How many alerts wait for a contact. */
  async countWaiting(): Promise<number> {
    const [row] = await this.database.query<{ count: number }[]>(`SELECT count(*)::int AS count FROM alerts WHERE planned_at IS NULL AND kind = 'fraud'`)
    return row?.count ?? 0
  }

  private async insert<A extends FraudAlert | OpsAlert>(kind: 'fraud' | 'ops', received: readonly ReceivedAlert<A>[], cardOf: (alert: A) => string | null): Promise<void> {
    await this.database.query(
      `INSERT INTO alerts (kind, alert_id, card_id, alert, traceparent)
       SELECT $1, * FROM unnest($2::uuid[], $3::text[], $4::json[], $5::text[])
       ON CONFLICT (alert_id) DO NOTHING`,
      [
        kind,
        received.map(({ alert }) => alert.alert_id),
        received.map(({ alert }) => cardOf(alert)),
        received.map(({ alert }) => JSON.stringify(alert)),
        received.map(({ traceparent }) => traceparent),
      ],
    )
  }
}
