import { type Transaction, uuidv7 } from '@swipestream/contracts'

export const vienna = { latitude: 48.2082, longitude: 16.3738 }
export const tokyo = { latitude: 35.6762, longitude: 139.6503 }
export const second = 1_000
export const minute = 60 * second
export const hour = 60 * minute
export const day = 24 * hour

/** When the swipes of tests begin: some weeks ago, at the same place in every bucket. */
export const began = Math.floor(Date.now() / day) * day - 40 * day

/** An everyday swipe, changed. Arrives half a second after it happened, unless something else is said. */
export function swipeAt(at: number, changes: Partial<Transaction> = {}): Transaction {
  return {
    transaction_id: uuidv7(),
    card_id: 'v1.everyday',
    card_bin: '411111',
    card_last4: '1111',
    amount_minor: 2_000,
    currency: 'EUR',
    merchant_id: 'M-1',
    merchant_name: 'Bäckerei Gruber, Wien',
    merchant_category: '5462',
    terminal_id: 'T-1',
    entry_mode: 'contactless',
    place: vienna,
    country: 'AT',
    occurred_at: at,
    received_at: at + 500,
    ...changes,
  }
}

/** What an online shop sends: all that can be missing is. */
export const elsewhere = { merchant_name: null, merchant_category: null, terminal_id: null, entry_mode: 'ecommerce', place: null, country: null } as const
