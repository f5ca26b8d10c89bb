import type { FraudRule } from '@swipestream/contracts'
import type { RuleDraft } from './fraud-rule.js'

/** A draft for tests to change what they are about. */
export function exampleDraft(changes: Partial<RuleDraft> = {}): RuleDraft {
  return {
    rule_id: 'night_amount',
    expression: 'tx.night && tx.amount > 100.0',
    tables: [],
    weight: 300,
    reason: '{tx.amount} at night.',
    severity: 'warning',
    mode: 'live',
    owner: 'fraud-analytics',
    comment: 'Nights are quiet.',
    ...changes,
  }
}

/** Two rules as they may be shipped: about the amount, and about a journey from one place to the next. */
export function exampleRules(): FraudRule[] {
  return [
    exampleRule({
      rule_id: 'large_amount', weight: 600, reason: '{tx.amount} is much.', expression: 'tx.amount > rule.limit',
      tables: [{ name: 'limit', by: 'tx.currency', values: { EUR: 1000, JPY: 160_000 }, default: 1000, unit: 'tx.currency' }],
    }),
    exampleRule({
      rule_id: 'impossible_travel', weight: 850, reason: '{tx.speed_kmh:0} km/h.', expression: 'tx.distance_km >= 50.0 && tx.speed_kmh > 1000.0', tables: [],
    }),
  ]
}

/** The first version of a rule. */
export function exampleRule(changes: Partial<FraudRule> = {}): FraudRule {
  return { ...exampleDraft(), version: 1, created_at: Date.UTC(2026, 2, 2), created_by: 'ada', earlier: [], ...changes }
}
