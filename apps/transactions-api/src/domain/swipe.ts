import type { EntryMode, Outcome, Place, Transaction } from '@swipestream/contracts'
import { binOf, last4Of, type CardNumber } from './card-number.js'

/** One swipe as a terminal reports it, valid in every field. */
export interface Swipe {
  readonly card_number: CardNumber
  /** Minor units of `currency`, 1 to 2^53 - 1. */
  readonly amount_minor: number
  /** ISO 4217. */
  readonly currency: string
  readonly merchant_id: string
  readonly merchant_name?: string | undefined
  /** ISO 18245, 4 digits. */
  readonly merchant_category?: string | undefined
  readonly terminal_id?: string | undefined
  readonly entry_mode?: EntryMode | undefined
  /** WGS 84 degrees. */
  readonly place?: Place | undefined
  /** ISO 3166-1 alpha-2. */
  readonly country?: string | undefined
  /** Event time, ms since the epoch; absent: when it is received. */
  readonly occurred_at?: number | undefined
}

/** What the service adds to a swipe when it accepts it. */
export interface Acceptance {
  readonly transactionId: string
  /** The card's token. */
  readonly cardId: string
  /** ms since the epoch. */
  readonly receivedAt: number
}

/** The transaction as it is stored and published: the card's token in the place of its number. */
export function transactionOf(swipe: Swipe, { transactionId, cardId, receivedAt }: Acceptance): Transaction {
  return {
    transaction_id: transactionId,
    card_id: cardId,
    card_bin: binOf(swipe.card_number),
    card_last4: last4Of(swipe.card_number),
    amount_minor: swipe.amount_minor,
    currency: swipe.currency,
    merchant_id: swipe.merchant_id,
    merchant_name: swipe.merchant_name ?? null,
    merchant_category: swipe.merchant_category ?? null,
    terminal_id: swipe.terminal_id ?? null,
    entry_mode: swipe.entry_mode ?? 'unknown',
    place: swipe.place ?? null,
    country: swipe.country ?? null,
    occurred_at: swipe.occurred_at ?? receivedAt,
    received_at: receivedAt,
  }
}

export const statuses = ['pending', 'approved', 'in_review', 'declined'] as const
/** Where a transaction stands: `pending` until it is decided about, then what was decided. */
export type Status = (typeof statuses)[number]

export const outcomes = ['approve', 'review', 'decline'] as const satisfies readonly Outcome[]

const statusByOutcome = { approve: 'approved', review: 'in_review', decline: 'declined' } as const satisfies Record<Outcome, Status>

export function statusOf(outcome: Outcome): Status {
  return statusByOutcome[outcome]
}

/** What was decided; null while it is pending. */
export function outcomeOf(status: Status): Outcome | null {
  const [outcome] = Object.entries(statusByOutcome).find(([, each]) => each === status) ?? []
  return (outcome as Outcome | undefined) ?? null
}
