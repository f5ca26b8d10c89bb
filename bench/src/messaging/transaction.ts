import { randomBytes } from 'node:crypto'
import { type Transaction, transactionsLog, uuidv7 } from '@swipestream/contracts'
import type { Outgoing } from '@swipestream/messaging'

/** Bytes of each record's value: Avro in Confluent's wire format. */
export const valueBytes = 200

/** Cards that swipe; enough to spread them evenly over the partitions. */
const cards = Array.from({ length: 10_000 }, () => `v1.${randomBytes(32).toString('base64url')}`)

/** Chosen so that a value has 200 bytes. */
const merchantName = 'Bäckerei & Konditorei Gruber, Wien'

/** The transaction number `i`: every field is there, as an acquirer sends them, and as Avro it has 200 bytes. */
export function transactionOf(i: number, cardId = cards[(i * 7_919) % cards.length] ?? ''): Transaction {
  const now = Date.now()
  return {
    transaction_id: uuidv7(),
    card_id: cardId,
    card_bin: '411111',
    card_last4: String(1_000 + (i % 9_000)),
    amount_minor: 1_000 + (i % 7_000),
    currency: 'EUR',
    merchant_id: `M-${10_000 + (i % 90_000)}`,
    merchant_name: merchantName,
    merchant_category: '5462',
    terminal_id: `T-${1_000 + (i % 9_000)}`,
    entry_mode: 'contactless',
    place: { latitude: 48.2 + (i % 100) / 1_000, longitude: 16.36 + (i % 77) / 1_000 },
    country: 'AT',
    occurred_at: now - 1_000,
    received_at: now,
  }
}

/** As transactions-api publishes it: each swipe has a trace of its own. */
export function swipe(i: number, cardId?: string): Outgoing {
  return transactionsLog.event(transactionOf(i, cardId), { traceparent: `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-00` })
}
