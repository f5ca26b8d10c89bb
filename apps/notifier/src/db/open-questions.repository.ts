import { Injectable } from '@nestjs/common'
import type { EntityManager } from 'typeorm'
import { nextCode } from '../domain/question-code.js'
import { storable } from './storable.js'

/** What is asked of a customer about an alert. */
export interface NewQuestion {
  readonly alert_id: string
  readonly customer_id: string
  /** The number that is asked by SMS; null when none is. */
  readonly phone: string | null
  /** The message that tells of the alert together with others, whose questions are asked by SMS no more; null when it has its own. */
  readonly shares: string | null
}

/** Asks: which question YES or NO of a number answers is settled here, before the message goes out. */
@Injectable()
export class OpenQuestions {
  /** @param ttlHours how long they can be answered */
  async ask(manager: EntityManager, questions: readonly NewQuestion[], ttlHours: number): Promise<void> {
    if (questions.length === 0) return
    await manager.query(
      `INSERT INTO questions (alert_id, customer_id, expires_at)
       SELECT *, now() + $3 * interval '1 h' FROM unnest($1::uuid[], $2::text[]) ON CONFLICT (alert_id) DO NOTHING`,
      [questions.map(({ alert_id }) => alert_id), questions.map(({ customer_id }) => storable(customer_id)), ttlHours],
    )
    await this.hushOthers(manager, questions.flatMap(({ phone, shares }) => (phone === null || shares === null ? [] : [shares])))
    await this.askBySms(manager, questions.flatMap(({ alert_id, phone }) => (phone === null ? [] : [{ alert_id, phone }])))
  }

  private async hushOthers(manager: EntityManager, sharedIds: readonly string[]): Promise<void> {
    if (sharedIds.length === 0) return
    await manager.query(
      `UPDATE questions q SET phone = NULL, code = NULL FROM deliveries d
       WHERE (d.id = ANY ($1::uuid[]) OR d.merged_into = ANY ($1::uuid[])) AND q.alert_id = d.alert_id AND q.answered_at IS NULL`,
      [sharedIds],
    )
  }

  /** Questions that a number is asked too; each gets a code when the number has one without. An alert that asks nothing is passed over. */
  async askBySms(manager: EntityManager, asked: readonly { readonly alert_id: string; readonly phone: string }[]): Promise<void> {
    if (asked.length === 0) return
    const phones = [...new Set(asked.map(({ phone }) => storable(phone)))].toSorted()
    // One after the other, in one order: of two that ask the same number at once, both would find it free.
    await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended('sms:' || phone, 0)) FROM unnest($1::text[]) phone`, [phones])
    await manager.query(`UPDATE questions SET phone = NULL, code = NULL WHERE phone = ANY ($1::text[]) AND answered_at IS NULL AND expires_at <= now()`, [phones])
    const open = await manager.query<{ phone: string; code: string | null }[]>(
      'SELECT phone, code FROM questions WHERE phone = ANY ($1::text[]) AND answered_at IS NULL',
      [phones],
    )
    const taken = Map.groupBy(open, ({ phone }) => phone)
    const codesOf = new Map(phones.map((phone) => [phone, new Set<string | null>(taken.get(phone)?.map(({ code }) => code))]))
    const coded = asked.flatMap(({ alert_id, phone }) => {
      const codes = codesOf.get(storable(phone))
      const code = codes && nextCode(codes, Math.random())
      // So many that no more can be told apart: this one is answered by the other ways.
      if (code === undefined) return []
      codes?.add(code)
      return [{ alert_id, phone: storable(phone), code }]
    })
    await manager.query(
      `UPDATE questions q SET phone = c.phone, code = c.code
       FROM unnest($1::uuid[], $2::text[], $3::text[]) AS c (alert_id, phone, code)
       WHERE q.alert_id = c.alert_id AND q.answered_at IS NULL AND q.phone IS NULL`,
      [coded.map(({ alert_id }) => alert_id), coded.map(({ phone }) => phone), coded.map(({ code }) => code)],
    )
  }
}
