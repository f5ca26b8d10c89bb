import { Injectable } from '@nestjs/common'
import type { FraudAlert, Verdict } from '@swipestream/contracts'
import { DataSource, type EntityManager } from 'typeorm'
import type { AskedQuestion } from '../domain/reply.js'

/** A question whose answer is being taken. */
export interface LockedQuestion {
  readonly customer_id: string
  /** The number that was asked; null when none was, or it can answer no more. */
  readonly phone: string | null
  readonly state: AskedQuestion['state']
  readonly verdict: Verdict | null
  readonly alert: FraudAlert
  /** W3C trace context of the alert. */
  readonly traceparent: string | null
}

/** A question as its page shows it. */
export interface ShownQuestion {
  readonly state: AskedQuestion['state']
  readonly verdict: Verdict | null
  readonly alert: FraudAlert
  /** Null once the customer is erased. */
  readonly language: string | null
  readonly time_zone: string | null
}

/** A question asked of a number. */
export interface QuestionOfPhone extends AskedQuestion {
  readonly language: string | null
}

/** Not now(): a transaction that waits for the row may begin before the end and go on after it. */
const state = `CASE WHEN q.answered_at IS NOT NULL THEN 'answered' WHEN q.expires_at <= clock_timestamp() THEN 'expired' ELSE 'open' END AS state`

/** What customers were asked, and what they answered. */
@Injectable()
export class QuestionsRepository {
  constructor(private readonly database: DataSource) {}

  /** Who else answers it waits for the end of this transaction. */
  async lock(manager: EntityManager, alertId: string): Promise<LockedQuestion | undefined> {
    // Locked first, read then: the state must be that after any wait.
    const [there] = await manager.query<unknown[]>('SELECT 1 FROM questions WHERE alert_id = $1 FOR UPDATE', [alertId])
    if (there === undefined) return undefined
    const [question] = await manager.query<LockedQuestion[]>(
      `SELECT q.customer_id, q.phone, ${state}, q.verdict, a.alert, a.traceparent FROM questions q JOIN alerts a USING (alert_id) WHERE q.alert_id = $1`,
      [alertId],
    )
    return question
  }

  async markAnswered(manager: EntityManager, alertId: string, verdict: Verdict, source: string): Promise<void> {
    await manager.query('UPDATE questions SET answered_at = now(), verdict = $2, source = $3 WHERE alert_id = $1', [alertId, verdict, source])
  }

  async show(alertId: string): Promise<ShownQuestion | undefined> {
    const [question] = await this.database.query<ShownQuestion[]>(
      `SELECT ${state}, q.verdict, a.alert, c.language, c.time_zone
       FROM questions q JOIN alerts a USING (alert_id) LEFT JOIN customers c ON c.customer_id = q.customer_id
       WHERE q.alert_id = $1`,
      [alertId],
    )
    return question
  }

  /** The newest hundred of a number, the newest first. */
  async ofPhone(manager: EntityManager, phone: string): Promise<QuestionOfPhone[]> {
    return await manager.query<QuestionOfPhone[]>(
      `SELECT q.alert_id, q.code, ${state}, q.verdict, c.language
       FROM questions q LEFT JOIN customers c ON c.customer_id = q.customer_id
       WHERE q.phone = $1 ORDER BY q.asked_at DESC, q.alert_id DESC LIMIT 100`,
      [phone],
    )
  }

  /** The address that the question of an alert was sent to last; the customer's own when that is not known. */
  async emailOf(manager: EntityManager, alertId: string, customerId: string): Promise<string | undefined> {
    const [row] = await manager.query<{ email: string | null }[]>(
      `SELECT coalesce(
         (SELECT recipient FROM deliveries WHERE alert_id = $1 AND channel = 'email' AND purpose <> 'confirmation' ORDER BY created_at DESC, id DESC LIMIT 1),
         (SELECT email FROM customers WHERE customer_id = $2)
       ) AS email`,
      [alertId, customerId],
    )
    return row?.email ?? undefined
  }
}
