import { Injectable } from '@nestjs/common'
import type { EntityManager } from 'typeorm'
import type { ReplyOutcome } from '../domain/reply-outcome.js'

/** What was made of each SMS that came in. */
@Injectable()
export class InboundSmsRepository {
  /**
   * Takes an SMS; whoever takes the same one waits for the end of this transaction.
   *
   * @returns what was made of it, when it was taken before
   */
  async take(manager: EntityManager, sid: string): Promise<ReplyOutcome | undefined> {
    const taken = await manager.query<unknown[]>(`INSERT INTO inbound_sms (message_sid, outcome) VALUES ($1, '') ON CONFLICT DO NOTHING RETURNING 1`, [sid])
    if (taken.length > 0) return undefined
    const [row] = await manager.query<{ outcome: ReplyOutcome }[]>('SELECT outcome FROM inbound_sms WHERE message_sid = $1', [sid])
    return row?.outcome
  }

  async conclude(manager: EntityManager, sid: string, outcome: ReplyOutcome): Promise<void> {
    await manager.query('UPDATE inbound_sms SET outcome = $2 WHERE message_sid = $1', [sid, outcome])
  }
}
