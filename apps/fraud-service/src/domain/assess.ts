import type { CardProfile, FraudDecision, Reason, Transaction } from '@swipestream/contracts'
import { remember, type Origin } from './profile.js'
import type { Rule, RuleResult } from './rule.js'
import { outcomeOf, REVIEW_AT, scoreOf } from './score.js'

/** How one rule took a transaction; what the service counts. */
export interface Evaluation {
  readonly rule: Rule
  readonly fired: boolean
  readonly notes: readonly string[]
  /** Set when the rule threw instead of judging. */
  readonly error?: Error
}

export interface Assessment {
  /** The decision, without the time it was made: processing time is the caller's. */
  decision: Omit<FraudDecision, 'decided_at'>
  /** What is to be remembered of the card from now on. */
  profile: CardProfile
  /** One entry a rule, in the order of the rules. */
  evaluations: Evaluation[]
}

/**
 * Judges one transaction: every rule is asked, the weights of those that fire make the score, the score makes the
 * outcome. Pure: the same transaction, profile, rules and origin give the same decision.
 *
 * A rule that throws never lets a transaction pass: the score is lifted to at least `REVIEW_AT`, and a reason names
 * the rule and its error.
 *
 * @param profile what was remembered of the card before this transaction; undefined for its first one
 */
export function assess(
  tx: Transaction, profile: CardProfile | undefined, rules: readonly Rule[], origin: Origin,
): Assessment {
  const evaluated = rules.map((rule) => evaluate(rule, tx, profile))
  const fired = evaluated.flatMap(({ reason }) => reason ?? [])
  const score = scoreOf(fired.map((reason) => reason.weight))
  const failed = evaluated.flatMap(({ evaluation: { rule, error } }) => (error === undefined ? [] : failureOf(rule, error)))
  const lift = failed.length === 0 ? 0 : Math.max(0, REVIEW_AT - score)
  if (failed[0] !== undefined) failed[0].weight = lift

  const decision = {
    transaction_id: tx.transaction_id,
    card_id: tx.card_id,
    outcome: outcomeOf(score + lift),
    score: score + lift,
    reasons: [...fired, ...failed].sort((a, b) => b.weight - a.weight),
    rule_versions: Object.fromEntries(rules.map((rule) => [rule.id, rule.version])),
    input_topic: origin.topic,
    input_partition: origin.partition,
    input_offset: origin.offset,
    occurred_at: tx.occurred_at,
  }
  return { decision, profile: remember(tx, profile, origin), evaluations: evaluated.map(({ evaluation }) => evaluation) }
}

function evaluate(rule: Rule, tx: Transaction, profile: CardProfile | undefined): { evaluation: Evaluation; reason?: Reason } {
  let result: RuleResult
  try {
    result = rule.evaluate(tx, profile)
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown))
    return { evaluation: { rule, fired: false, notes: [], error } }
  }
  const evaluation = { rule, fired: result.fired !== undefined, notes: result.notes ?? [] }
  if (result.fired === undefined) return { evaluation }
  const { text, evidence } = result.fired
  return { evaluation, reason: { rule_id: rule.id, rule_version: rule.version, weight: rule.weight, text, evidence } }
}

function failureOf(rule: Rule, error: Error): Reason {
  return {
    rule_id: rule.id,
    rule_version: rule.version,
    weight: 0,
    text: `The rule ${rule.id} failed and could not judge (${error.message}), so that an analyst must.`,
    evidence: [{ name: 'error', value: `${error.name}: ${error.message}`, unit: null }],
  }
}
