import type { Channel, Notification, Purpose } from '@swipestream/contracts'
import { maskRecipient } from './masking.js'

/** Who a message is for, where it is no customer. */
export const onCall = 'on_call'
/** The desk of the bank that hears of customers nobody knows how to reach. */
export const fallbackDesk = 'fallback'

/** Whether alerts may be merged into messages of a purpose. */
export function isShareable(purpose: Purpose): boolean {
  return purpose === 'digest' || purpose === 'ops'
}

/** A message in the ledger. */
export interface QueuedDelivery {
  /** UUIDv7, the same through all steps of the message. */
  readonly id: string
  readonly alert_id: string
  /** Null where the alert is about no card. */
  readonly card_id: string | null
  /** The bank's id, `on_call` or `fallback`. */
  readonly customer_id: string
  readonly purpose: Purpose
  readonly channel: Channel
  /** Address, number, or for the app the customer's id. */
  readonly recipient: string
  /** The message that tells of this one's alert together with others; null when it has its own. */
  readonly merged_into: string | null
}

/** A row of the ledger that is being sent. */
export interface Delivery extends QueuedDelivery {
  /** Which attempt this is, from 1. */
  readonly attempt: number
}

/** What became of an attempt. `sent`: the provider has taken it. */
export type Outcome =
  | { readonly status: 'sent'; readonly delivery: Delivery; readonly providerMessageId: string }
  | { readonly status: 'failed'; readonly delivery: Delivery; readonly error: string }
  | { readonly status: 'queued'; readonly delivery: Delivery; readonly error: string; readonly delayMs: number }

/** The event of a message that was queued. @param now milliseconds since the epoch */
export function queuedNotification(delivery: QueuedDelivery, now: number): Notification {
  return notificationOf(delivery, now, { status: 'queued', attempt: 0, provider_message_id: null, error: null })
}

/** The event of a message that came to its end; undefined for one that will be tried again. */
export function outcomeNotification(outcome: Outcome, now: number): Notification | undefined {
  const { attempt } = outcome.delivery
  switch (outcome.status) {
    case 'sent':
      return notificationOf(outcome.delivery, now, { status: outcome.status, attempt, provider_message_id: outcome.providerMessageId, error: null })
    case 'failed':
      return notificationOf(outcome.delivery, now, { status: 'failed', attempt, provider_message_id: null, error: outcome.error })
    case 'queued':
      return undefined
  }
}

/** What a step of a message says of itself. */
export type Step = Pick<Notification, 'status' | 'attempt' | 'provider_message_id' | 'error'>

/** The event of a step. @param now milliseconds since the epoch */
export function notificationOf(delivery: QueuedDelivery, now: number, step: Step): Notification {
  const { id, alert_id, customer_id, card_id, channel, recipient, purpose, merged_into } = delivery
  return {
    notification_id: id,
    alert_id,
    customer_id,
    card_id: card_id ?? '',
    channel,
    recipient: maskRecipient(channel, recipient),
    ...step,
    occurred_at: now,
    purpose,
    merged_into,
  }
}
