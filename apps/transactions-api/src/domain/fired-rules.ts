import type { Reason, ShadowRule } from '@swipestream/contracts'

/** A rule that fired on a transaction. */
export interface FiredRule {
  readonly rule: string
  /** As it was when the transaction was decided about: a `shadow` rule counted for nothing. */
  readonly mode: 'live' | 'shadow'
}

/** What a decision says of rules. Both are null before there is one. */
export interface RulesOfDecision {
  readonly reasons: readonly Pick<Reason, 'rule_id' | 'evidence'>[] | null
  /** Null as well in decisions of before these were recorded. */
  readonly shadow_rules: readonly Pick<ShadowRule, 'rule_id'>[] | null
}

/**
 * The rules that fired on a transaction, live ones first; undefined when that is not known. A live rule that failed has
 * a reason too, with its `error` as evidence: it did not fire.
 */
export function firedRules({ reasons, shadow_rules }: RulesOfDecision): FiredRule[] | undefined {
  if (reasons === null || shadow_rules === null) return undefined
  return [
    ...reasons.filter(({ evidence }) => !evidence.some(({ name }) => name === 'error')).map(({ rule_id }) => ({ rule: rule_id, mode: 'live' as const })),
    ...shadow_rules.map(({ rule_id }) => ({ rule: rule_id, mode: 'shadow' as const })),
  ]
}
