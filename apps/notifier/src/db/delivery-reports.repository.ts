import { Injectable } from '@nestjs/common'
import type { EntityManager } from 'typeorm'
import type { ReportedRow } from '../domain/delivery-report.js'
import type { QueuedDelivery } from '../domain/delivery.js'

/** A row of the ledger that a provider reports of. */
export interface ReportedDelivery extends QueuedDelivery, ReportedRow {
  readonly attempts: number
  readonly traceparent: string | null
}

/** What a provider's report makes of rows of the ledger. */
@Injectable()
export class DeliveryReportsRepository {
  /** The row of an SMS, then those that are merged into it; none when there is no such SMS. All locked. */
  async lock(manager: EntityManager, id: string): Promise<ReportedDelivery[]> {
    const rows = await manager.query<ReportedDelivery[]>(
      `SELECT d.id, d.alert_id, d.customer_id, a.card_id, d.channel, d.recipient, d.purpose, d.merged_into,
              d.status, d.provider_message_id, d.attempts, a.traceparent
       FROM deliveries d JOIN alerts a USING (alert_id)
       WHERE d.channel = 'sms' AND (d.id = $1 OR d.merged_into = $1)
       ORDER BY d.id FOR UPDATE OF d`,
      [id],
    )
    return rows.some((row) => row.id === id) ? rows : []
  }

  /** Nothing that is delivered falls back any more. */
  async deliver(manager: EntityManager, ids: readonly string[], sid: string): Promise<void> {
    await manager.query(
      `UPDATE deliveries
       SET status = 'delivered', provider_message_id = $2, lease_until = NULL, last_error = NULL, fall_back_at = NULL, updated_at = now()
       WHERE id = ANY ($1::uuid[])`,
      [ids, sid],
    )
  }

  async fail(manager: EntityManager, ids: readonly string[], sid: string, error: string): Promise<void> {
    await manager.query(
      `UPDATE deliveries SET status = 'failed', provider_message_id = $2, lease_until = NULL, last_error = $3, updated_at = now() WHERE id = ANY ($1::uuid[])`,
      [ids, sid, error],
    )
  }
}
