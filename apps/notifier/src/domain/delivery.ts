import type { Notification } from '@swipestream/contracts'
import { maskRecipient } from './masking.js'
import type { PlannedDelivery } from './plan.js'

/** A row of the ledger that waits to be sent. */
export interface QueuedDelivery extends PlannedDelivery {
  /** UUIDv7, the same through all steps of the message. */
  readonly id: string
  readonly alert_id: string
  readonly card_id: string
  readonly customer_id: string
}

/** A row of the ledger that is being sent. */
export interface Delivery extends QueuedDelivery {
  /** Which attempt this is, from 1. */
  readonly attempt: number
}

/** What became of an attempt. */
export type Outcome =
  | { readonly status: 'sent'; readonly delivery: Delivery; readonly providerMessageId: string }
  | { readonly status: 'failed'; readonly delivery: Delivery; readonly error: string }
  | { readonly status: 'queued'; readonly delivery: Delivery; readonly error: string; readonly delayMs: number }

/** The event of a message that was queued. @param now milliseconds since the epoch */
export function queuedNotification(delivery: QueuedDelivery, now: number): Notification {
  return notification(delivery, now, { status: 'queued', attempt: 0, provider_message_id: null, error: null })
}

/** The event of a message that came to its end; undefined for one that will be tried again. */
export function outcomeNotification(outcome: Outcome, now: number): Notification | undefined {
  const { attempt } = outcome.delivery
  switch (outcome.status) {
    case 'sent':
      return notification(outcome.delivery, now, { status: 'sent', attempt, provider_message_id: outcome.providerMessageId, error: null })
    case 'failed':
      return notification(outcome.delivery, now, { status: 'failed', attempt, provider_message_id: null, error: outcome.error })
    case 'queued':
      return undefined
  }
}

type Step = Pick<Notification, 'status' | 'attempt' | 'provider_message_id' | 'error'>

function notification({ id, alert_id, customer_id, card_id, channel, recipient }: QueuedDelivery, now: number, step: Step): Notification {
  return {
    notification_id: id,
    alert_id,
    customer_id,
    card_id,
    channel,
    recipient: maskRecipient(channel, recipient),
    ...step,
    occurred_at: now,
    purpose: 'alert',
    merged_into: null,
  }
}
