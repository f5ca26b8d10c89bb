import type { EntryMode, Reason, Transaction, Verdict } from '@swipestream/contracts'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import type { Status } from '../domain/swipe.js'

/** bigint comes from the driver as text. The column holds safe integers only. */
const safeInteger = { to: (value: number) => value, from: (value: string) => Number(value) }

/** A row of `transactions`: the transaction as published, and what was decided about it; without `shadow_rules`, which nobody is shown. */
@Entity('transactions')
export class TransactionRow {
  @PrimaryColumn('uuid') transaction_id!: string
  @Column('text') card_id!: string
  @Column('text') card_bin!: string
  @Column('text') card_last4!: string
  @Column('bigint', { transformer: safeInteger }) amount_minor!: number
  @Column('text') currency!: string
  @Column('text') merchant_id!: string
  @Column('text', { nullable: true }) merchant_name!: string | null
  @Column('text', { nullable: true }) merchant_category!: string | null
  @Column('text', { nullable: true }) terminal_id!: string | null
  @Column('text') entry_mode!: EntryMode
  @Column('double precision', { nullable: true }) latitude!: number | null
  @Column('double precision', { nullable: true }) longitude!: number | null
  @Column('text', { nullable: true }) country!: string | null
  @Column('timestamptz') occurred_at!: Date
  @Column('timestamptz') received_at!: Date
  @Column('text', { default: 'pending' }) status!: Status
  /** 0 to 1000; null until decided, as are the next two. */
  @Column('integer', { nullable: true }) score!: number | null
  @Column('jsonb', { nullable: true }) reasons!: Reason[] | null
  @Column('timestamptz', { nullable: true }) decided_at!: Date | null
  /** What the transaction really was, by the newest answer; null until there is one, as are the next three. */
  @Column('text', { nullable: true }) verdict!: Verdict | null
  /** Where that answer came from, as `fraud_feedback` says. */
  @Column('text', { nullable: true }) feedback_source!: string | null
  @Column('timestamptz', { nullable: true }) feedback_given_at!: Date | null
  @Column('uuid', { nullable: true }) feedback_id!: string | null
}

/** The transaction as it was published. */
export function transactionOfRow(row: TransactionRow): Transaction {
  return {
    transaction_id: row.transaction_id,
    card_id: row.card_id,
    card_bin: row.card_bin,
    card_last4: row.card_last4,
    amount_minor: row.amount_minor,
    currency: row.currency,
    merchant_id: row.merchant_id,
    merchant_name: row.merchant_name,
    merchant_category: row.merchant_category,
    terminal_id: row.terminal_id,
    entry_mode: row.entry_mode,
    place: row.latitude === null || row.longitude === null ? null : { latitude: row.latitude, longitude: row.longitude },
    country: row.country,
    occurred_at: row.occurred_at.getTime(),
    received_at: row.received_at.getTime(),
  }
}
