import { Injectable } from '@nestjs/common'
import type { Channel, Purpose } from '@swipestream/contracts'
import type { EntityManager } from 'typeorm'
import type { Contact } from '../domain/routing.js'

/** A message after which the next way is to be tried. */
export interface FallenBack {
  readonly id: string
  readonly alert_id: string
  readonly card_id: string | null
  readonly customer_id: string
  readonly purpose: Purpose
  readonly shared: boolean
  readonly fallbacks: readonly Channel[]
  readonly traceparent: string | null
  /** As it is now; null once the customer is erased. */
  readonly contact: Contact | null
}

/** A row of an alert that a shared message tells of. */
export interface MergedRow {
  readonly alert_id: string
  readonly purpose: Purpose
  readonly merged_into: string
}

/** A message of an alert outside of the app that may still arrive, or has. */
const hope = `
  SELECT FROM deliveries o
  WHERE o.alert_id = d.alert_id AND o.channel <> 'app' AND o.purpose IN ('alert', 'digest') AND o.status <> 'failed'`

/** What the ways after the first are decided by. */
@Injectable()
export class FallbacksRepository {
  /** Takes what is left to try of these messages: nobody tries it again. */
  async take(manager: EntityManager, ids: readonly string[]): Promise<FallenBack[]> {
    const [rows] = await manager.query<[FallenBack[], number]>(
      `WITH before AS (
         SELECT id, fallbacks FROM deliveries WHERE id = ANY ($1::uuid[]) AND fallbacks <> '{}' ORDER BY id FOR UPDATE
       )
       UPDATE deliveries d SET fallbacks = '{}', fall_back_at = NULL
       FROM before b, alerts a LEFT JOIN customers c ON c.customer_id = a.customer_id LEFT JOIN opt_outs o ON o.phone = c.phone
       WHERE d.id = b.id AND a.alert_id = d.alert_id
       RETURNING d.id, d.alert_id, a.card_id, d.customer_id, d.purpose, d.shared, b.fallbacks, a.traceparent,
                 CASE WHEN c.customer_id IS NULL THEN NULL ELSE json_build_object(
                   'customer_id', c.customer_id, 'email', c.email, 'phone', CASE WHEN o.phone IS NULL THEN c.phone END, 'channels', c.channels) END AS contact`,
      [ids],
    )
    return rows
  }

  async mergedInto(manager: EntityManager, ids: readonly string[]): Promise<MergedRow[]> {
    return await manager.query<MergedRow[]>('SELECT alert_id, purpose, merged_into FROM deliveries WHERE merged_into = ANY ($1::uuid[])', [ids])
  }

  /** Of the alerts of these messages, and those merged into them, those that nothing but the app tells of, or will. */
  async unreached(manager: EntityManager, ids: readonly string[]): Promise<string[]> {
    const rows = await manager.query<{ alert_id: string }[]>(
      `SELECT DISTINCT d.alert_id FROM deliveries d
       WHERE (d.id = ANY ($1::uuid[]) OR d.merged_into = ANY ($1::uuid[])) AND d.purpose IN ('alert', 'digest') AND d.status = 'failed' AND NOT EXISTS (${hope})`,
      [ids],
    )
    return rows.map(({ alert_id }) => alert_id)
  }

  /** Messages that have not arrived in time. What has arrived, or is done with, is not looked at again. */
  async late(manager: EntityManager, limit: number): Promise<string[]> {
    const [rows] = await manager.query<[{ id: string; late: boolean }[], number]>(
      `WITH due AS MATERIALIZED (
         SELECT id FROM deliveries WHERE fall_back_at <= now() ORDER BY fall_back_at LIMIT $1 FOR UPDATE SKIP LOCKED
       )
       UPDATE deliveries d SET fall_back_at = NULL FROM due WHERE d.id = due.id
       RETURNING d.id, d.status <> 'delivered' AND NOT (d.channel = 'email' AND d.status = 'sent') AS late`,
      [limit],
    )
    return rows.filter(({ late }) => late).map(({ id }) => id)
  }
}
