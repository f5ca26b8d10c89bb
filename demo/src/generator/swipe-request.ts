import type { EntryMode, Place } from '@swipestream/contracts'

/** The body of `POST /v1/transactions`: what a terminal knows of one swipe. */
export interface SwipeRequest {
  /** 12 to 19 digits, Luhn-valid (ISO/IEC 7812-1). */
  card_number: string
  /** Whole minor units of `currency`, from 1. */
  amount_minor: number
  /** ISO 4217. */
  currency: string
  merchant_id: string
  merchant_name?: string
  /** ISO 18245, 4 digits. */
  merchant_category?: string
  terminal_id?: string
  entry_mode?: EntryMode
  /** WGS 84 degrees. */
  place?: Place
  /** ISO 3166-1 alpha-2. */
  country?: string
  /** Event time, ISO 8601 with its offset from UTC. */
  occurred_at: string
}
