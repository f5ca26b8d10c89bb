/** Card numbers that processors publish for testing. */
export const testCard = '4111111111111111'
export const otherTestCard = '5555555555554444'

/** A swipe with every field, for tests. */
export const fullSwipe = {
  card_number: '4111 1111 1111 1111',
  amount_minor: 1250,
  currency: 'EUR',
  merchant_id: 'M-20417',
  merchant_name: 'Café Central',
  merchant_category: '5812',
  terminal_id: 'T-7',
  entry_mode: 'chip',
  place: { latitude: 48.2104, longitude: 16.3655 },
  country: 'AT',
  occurred_at: '2026-01-31T12:34:56.789+01:00',
}

/** A swipe with no field but the required ones, for tests. */
export const leastSwipe = { card_number: testCard, amount_minor: 1, currency: 'JPY', merchant_id: 'm' }
