import type { FraudRule, RuleDraft } from './fraud-rule.js'

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

/** The first version of a rule. */
export function exampleRule(changes: Partial<FraudRule> = {}): FraudRule {
  return { ...exampleDraft(), version: 1, created_at: Date.UTC(2026, 2, 2), created_by: 'ada', earlier: [], ...changes }
}
