import type { FraudAlert, Reason } from '@swipestream/contracts'

/** An alert to begin a test with: a declined payment in Singapore, 30 minutes after one in Berlin. */
export function exampleAlert(changes: Partial<FraudAlert> = {}): FraudAlert {
  return {
    alert_id: '0199a1b2-c3d4-7000-8000-000000000001',
    transaction_id: '0199a1b2-c3d4-7000-8000-000000000001',
    card_id: 'v1.card',
    card_last4: '1234',
    severity: 'critical',
    outcome: 'decline',
    score: 850,
    reasons: [impossibleTravel],
    amount_minor: 149_900,
    currency: 'EUR',
    merchant_name: 'Orchard Electronics',
    country: 'SG',
    terminal_id: 'T-65-0042',
    occurred_at: Date.UTC(2026, 2, 3, 13, 5),
    raised_at: Date.UTC(2026, 2, 3, 13, 5, 1),
    ...changes,
  }
}

export const impossibleTravel: Reason = {
  rule_id: 'impossible_travel',
  rule_version: 1,
  weight: 850,
  text: 'Used in SG 9,938 km from the card\'s last place.',
  evidence: [
    { name: 'distance', value: 9938.21, unit: 'km' },
    { name: 'elapsed', value: 1800, unit: 's' },
    { name: 'speed', value: 19_876.4, unit: 'km/h' },
  ],
}

export const largeAmount: Reason = {
  rule_id: 'large_amount',
  rule_version: 1,
  weight: 600,
  text: 'The amount EUR 1,499.00 is above the limit of EUR 1,000.00.',
  evidence: [
    { name: 'amount', value: 1499, unit: 'EUR' },
    { name: 'limit', value: 1000, unit: 'EUR' },
  ],
}
