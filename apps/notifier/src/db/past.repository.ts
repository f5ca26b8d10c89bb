import { Injectable } from '@nestjs/common'
import type { EntityManager } from 'typeorm'

/** What was told long ago: personal data that nobody needs any more. */
@Injectable()
export class PastRepository {
  /**
   * Removes alerts that were planned more than so many days ago, with all that was told and asked about them, unless
   * something of it is still to be sent; and SMS that came in before that time. What another instance is at is passed over.
   *
   * @returns how many alerts
   */
  async forget(manager: EntityManager, days: number, limit: number): Promise<number> {
    const alerts = await manager.query<{ alert_id: string }[]>(
      `SELECT alert_id FROM alerts a
       WHERE planned_at < now() - $1 * interval '1 day'
         AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.alert_id = a.alert_id AND d.status IN ('queued', 'sending', 'merged'))
       ORDER BY planned_at LIMIT $2 FOR UPDATE SKIP LOCKED`,
      [days, limit],
    )
    const ids = alerts.map(({ alert_id }) => alert_id)
    if (ids.length > 0) {
      const theirs = '(SELECT id FROM deliveries WHERE alert_id = ANY ($1::uuid[]))'
      await manager.query(`DELETE FROM inbox WHERE delivery_id IN ${theirs}`, [ids])
      // A message that was shared may tell of an alert that is a little younger.
      await manager.query(`UPDATE deliveries SET merged_into = NULL WHERE merged_into IN ${theirs}`, [ids])
      for (const table of ['deliveries', 'questions', 'alerts']) await manager.query(`DELETE FROM ${table} WHERE alert_id = ANY ($1::uuid[])`, [ids])
    }
    await manager.query(
      `DELETE FROM inbound_sms WHERE message_sid IN
       (SELECT message_sid FROM inbound_sms WHERE received_at < now() - $1 * interval '1 day' ORDER BY received_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
      [days, limit],
    )
    return ids.length
  }
}
