import { Injectable } from '@nestjs/common'
import type { FraudAlert } from '@swipestream/contracts'
import { DataSource, type EntityManager } from 'typeorm'
import { storable } from './storable.js'

/** An alert as it is received, with the trace it belongs to. */
export interface ReceivedAlert {
  readonly alert: FraudAlert
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
  readonly alert_id: string
  readonly card_id: string
  readonly traceparent: string | null
  readonly customer_id: string
  readonly email: string | null
  readonly phone: string | null
}

@Injectable()
export class AlertsRepository {
  constructor(private readonly database: DataSource) {}

  /** Stores each alert once; one that is there stays as it is. */
  async store(received: readonly ReceivedAlert[]): Promise<void> {
    await this.database.query(
      `INSERT INTO alerts (alert_id, card_id, alert, traceparent)
       SELECT * FROM unnest($1::uuid[], $2::text[], $3::json[], $4::text[])
       ON CONFLICT (alert_id) DO NOTHING`,
      [
        received.map(({ alert }) => alert.alert_id),
        received.map(({ alert }) => storable(alert.card_id)),
        received.map(({ alert }) => JSON.stringify(alert)),
        received.map(({ traceparent }) => traceparent),
      ],
    )
  }

  /**
   * Waiting alerts in the scope whose customer has an address, locked for this transaction: of two instances that plan
   * the same alert the second waits here, and then finds it planned.
   */
  async lockPlannable(manager: EntityManager, scope: AlertScope, limit: number): Promise<PlannableAlert[]> {
    const [column, values] =
      'alerts' in scope ? ['a.alert_id = ANY ($1::uuid[])', scope.alerts]
      : 'cards' in scope ? ['a.card_id = ANY ($1::text[])', scope.cards.map(storable)]
      : ['c.customer_id = ANY ($1::text[])', scope.customers.map(storable)]
    return await manager.query<PlannableAlert[]>(
      `SELECT a.alert_id, a.card_id, a.traceparent, c.customer_id, c.email, c.phone
       FROM alerts a JOIN cards k USING (card_id) JOIN customers c ON c.customer_id = k.customer_id
       WHERE a.planned_at IS NULL AND ${column} AND (c.email IS NOT NULL OR c.phone IS NOT NULL)
       ORDER BY a.alert_id LIMIT $2
       FOR UPDATE OF a`,
      [values, limit],
    )
  }

  async markPlanned(manager: EntityManager, planned: readonly { readonly alert_id: string; readonly customer_id: string }[]): Promise<void> {
    await manager.query(
      `UPDATE alerts a SET customer_id = p.customer_id, planned_at = now()
       FROM unnest($1::uuid[], $2::text[]) AS p (alert_id, customer_id)
       WHERE a.alert_id = p.alert_id`,
      [planned.map(({ alert_id }) => alert_id), planned.map(({ customer_id }) => customer_id)],
    )
  }

  /** How many alerts wait for a contact. */
  async countWaiting(): Promise<number> {
    const [row] = await this.database.query<{ count: number }[]>('SELECT count(*)::int AS count FROM alerts WHERE planned_at IS NULL')
    return row?.count ?? 0
  }
}
