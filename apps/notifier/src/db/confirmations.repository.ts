import { Injectable } from '@nestjs/common'
import type { EntityManager } from 'typeorm'
import type { LedgerRow } from '../domain/ledger-step.js'

/** Messages that tell customers that their answer was understood. */
@Injectable()
export class ConfirmationsRepository {
  /** @returns whether there was none yet, by this way to this address */
  async insert(manager: EntityManager, { id, alert_id, customer_id, channel, recipient }: LedgerRow): Promise<boolean> {
    const inserted = await manager.query<unknown[]>(
      `INSERT INTO deliveries (id, alert_id, customer_id, channel, recipient, purpose) VALUES ($1, $2, $3, $4, $5, 'confirmation')
       ON CONFLICT (alert_id, purpose, channel, recipient) DO NOTHING RETURNING id`,
      [id, alert_id, customer_id, channel, recipient],
    )
    return inserted.length > 0
  }
}
