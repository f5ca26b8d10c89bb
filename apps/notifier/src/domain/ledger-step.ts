import type { Channel, Notification, Purpose } from '@swipestream/contracts'
import { maskRecipient } from './masking.js'

/** A row of the ledger, as far as an event tells of it. */
export interface LedgerRow {
  readonly id: string
  readonly alert_id: string
  readonly customer_id: string
  /** Empty where it is about no card. */
  readonly card_id: string
  readonly channel: Channel
  readonly recipient: string
  readonly purpose: Purpose
  readonly merged_into: string | null
}

/** The event of a row that came one step further. @param now milliseconds since the epoch */
export function ledgerStep(row: LedgerRow, step: Pick<Notification, 'status' | 'attempt' | 'provider_message_id' | 'error'>, now: number): Notification {
  const { id, alert_id, customer_id, card_id, channel, recipient, purpose, merged_into } = row
  return { notification_id: id, alert_id, customer_id, card_id, channel, recipient: maskRecipient(channel, recipient), ...step, occurred_at: now, purpose, merged_into }
}
