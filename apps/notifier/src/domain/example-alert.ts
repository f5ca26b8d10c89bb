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
  text: 'Used 9,938 km from the card\'s last place, with 30 min between the two: 19,876 km/h, faster than any journey.',
  evidence: [
    { name: 'tx.distance_km', value: 9938.21, unit: 'km' },
    { name: 'tx.speed_kmh', value: 19_876.42, unit: 'km/h' },
  ],
}

export const notableAmount: Reason = {
  rule_id: 'notable_amount',
  rule_version: 1,
  weight: 350,
  text: 'The amount EUR 1,499.00 is more than most payments: EUR 200.00.',
  evidence: [
    { name: 'tx.amount', value: 1499, unit: 'EUR' },
    { name: 'rule.limit', value: 200, unit: 'EUR' },
  ],
}

export const largeAmount: Reason = {
  rule_id: 'large_amount',
  rule_version: 1,
  weight: 250,
  text: 'The amount EUR 1,499.00 is above the limit of EUR 1,000.00.',
  evidence: [
    { name: 'tx.amount', value: 1499, unit: 'EUR' },
    { name: 'rule.limit', value: 1000, unit: 'EUR' },
  ],
}
