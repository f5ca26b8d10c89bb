import type { CardRow, CustomerRow, MerchantRow } from './source-rows.js'

/** A row in order, but for what is said of it. */
export function customerRow(changes: Partial<CustomerRow> = {}): CustomerRow {
  return {
    customer_id: 'c1', given_name: 'Lena', family_name: 'Meyer', email: 'lena.meyer@example.com', phone: '+491701234567', country: 'DE', language: 'de', time_zone: 'Europe/Berlin',
    channels: 'email,sms', quiet_from: 79_200_000_000, quiet_to: 25_200_000_000, same_as: null, updated_at: '2026-01-01T00:00:00.5Z', deleted_at: null, ...changes,
  }
}

/** A row in order, but for what is said of it. */
export function cardRow(changes: Partial<CardRow> = {}): CardRow {
  return { card_id: 'v1.abc', customer_id: 'c1', card_bin: '012345', card_last4: '0042', home_country: 'DE', time_zone: 'Europe/Berlin', updated_at: '2026-01-01T00:00:00Z', deleted_at: null, ...changes }
}

/** A row in order, but for what is said of it. */
export function merchantRow(changes: Partial<MerchantRow> = {}): MerchantRow {
  return { merchant_id: 'm1', name: 'Tea Room Berlin', category_code: '5499', country: 'DE', city: 'Berlin', ...changes }
}
