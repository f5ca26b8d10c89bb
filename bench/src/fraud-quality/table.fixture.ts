import type { Swiped } from '@swipestream/fraud-service/engine'

/** A row of a table, for tests to say what they are about. */
export interface Row {
  readonly id: string
  /** Milliseconds since the Unix epoch. */
  readonly at: number
  readonly customer?: string
  readonly terminal?: string
  readonly cents?: number
  readonly fraud?: boolean
}

/** The row as it is read. */
export function swiped({ id, at, customer = '1', terminal = '1', cents = 100, fraud = false }: Row): Swiped {
  return {
    kind: 'transaction',
    fraud,
    tx: {
      transaction_id: id, card_id: customer, card_bin: '000000', card_last4: '0000', amount_minor: cents, currency: 'EUR', merchant_id: terminal, merchant_name: null,
      merchant_category: null, terminal_id: terminal, entry_mode: 'unknown', place: null, country: null, occurred_at: at, received_at: at,
    },
  }
}
