import type { Channel, Purpose } from '@swipestream/contracts'
import type { DataSource } from 'typeorm'
import { storable } from './storable.js'

/** A row of the ledger, as people look at it. */
export interface LedgerEntry {
  readonly id: string
  readonly alert_id: string
  readonly customer_id: string
  /** Null for an ops alert. */
  readonly card_id: string | null
  readonly purpose: Purpose
  readonly channel: Channel
  readonly recipient: string
  readonly status: string
  readonly attempts: number
  readonly provider_message_id: string | null
  readonly last_error: string | null
  readonly merged_into: string | null
  readonly created_at: Date
  readonly updated_at: Date
  readonly next_attempt_at: Date
  readonly fall_back_at: Date | null
}

/** Which rows; all conditions hold. */
export interface LedgerFilter {
  readonly alert?: string | undefined
  readonly customer?: string | undefined
  readonly card?: string | undefined
  readonly status?: string | undefined
  readonly channel?: string | undefined
  /** When they were queued at the earliest. */
  readonly since?: Date | undefined
}

/** What belongs to a row: what else was told of its alert, and what came back. */
export interface LedgerContext {
  readonly received_at: Date
  readonly planned_at: Date | null
  /** All rows of the alert, oldest first, this one too. */
  readonly ofAlert: readonly LedgerEntry[]
  /** Rows that this one was sent for, too. */
  readonly merged: readonly LedgerEntry[]
  readonly question: { readonly asked_at: Date; readonly expires_at: Date; readonly answered_at: Date | null; readonly verdict: string | null; readonly source: string | null } | null
  /** When the customer marked it as read in the app. */
  readonly read_at: Date | null
}

const select = `
  SELECT d.id, d.alert_id, d.customer_id, a.card_id, d.purpose, d.channel, d.recipient, d.status, d.attempts, d.provider_message_id, d.last_error,
         d.merged_into, d.created_at, d.updated_at, d.next_attempt_at, d.fall_back_at
  FROM deliveries d JOIN alerts a USING (alert_id)`

/** The ledger, for those who look into it. */
export class LedgerRepository {
  constructor(private readonly database: DataSource) {}

  /** Newest first: an id, UUIDv7, begins with the time when it was made. */
  async list({ alert, customer, card, status, channel, since }: LedgerFilter, limit: number): Promise<LedgerEntry[]> {
    const values: unknown[] = [limit]
    const conditions: string[] = []
    const only = (column: string, value: unknown): void => {
      if (value === undefined) return
      values.push(value)
      conditions.push(`${column} $${values.length}`)
    }
    only('d.alert_id =', alert)
    only('d.customer_id =', customer && storable(customer))
    only('a.card_id =', card && storable(card))
    only('d.status =', status)
    only('d.channel =', channel)
    only('d.created_at >=', since)
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
    return await this.database.query<LedgerEntry[]>(`${select} ${where} ORDER BY d.id DESC LIMIT $1`, values)
  }

  async byId(id: string): Promise<LedgerEntry | undefined> {
    const [entry] = await this.database.query<LedgerEntry[]>(`${select} WHERE d.id = $1`, [id])
    return entry
  }

  async contextOf({ id, alert_id }: LedgerEntry): Promise<LedgerContext> {
    const [alert] = await this.database.query<[{ received_at: Date; planned_at: Date | null }]>('SELECT received_at, planned_at FROM alerts WHERE alert_id = $1', [alert_id])
    const ofAlert = await this.database.query<LedgerEntry[]>(`${select} WHERE d.alert_id = $1 ORDER BY d.id`, [alert_id])
    const merged = await this.database.query<LedgerEntry[]>(`${select} WHERE d.merged_into = $1 ORDER BY d.id`, [id])
    const [question] = await this.database.query<NonNullable<LedgerContext['question']>[]>(
      'SELECT asked_at, expires_at, answered_at, verdict, source FROM questions WHERE alert_id = $1', [alert_id],
    )
    const [inbox] = await this.database.query<{ read_at: Date | null }[]>('SELECT read_at FROM inbox WHERE delivery_id = $1', [id])
    return { ...alert, ofAlert, merged, question: question ?? null, read_at: inbox?.read_at ?? null }
  }
}
