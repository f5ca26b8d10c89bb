import type { Severity } from '@swipestream/contracts'
import type { RuleTable } from '../rule-language/measure.js'

/** `live` rules count; `shadow` rules are evaluated and reported, and change nothing; `off` rules are kept. */
export type RuleMode = 'live' | 'shadow' | 'off'

/** What a person writes of a rule. */
export interface RuleDraft {
  /** snake_case, such as `impossible_travel`. */
  readonly rule_id: string
  /** CEL over the feature catalogue and the rule's tables: whether the rule fires. */
  readonly expression: string
  /** Numbers of the rule's own, which its texts know as `rule.<name>`. */
  readonly tables: readonly RuleTable[]
  /** Points it adds to the score when it fires, 1 to 1000. */
  readonly weight: number
  /** Why it fired, in one English sentence with its values: see `reasonTextOf`. */
  readonly reason: string
  /** How urgent an alert is that it alone would raise. */
  readonly severity: Severity
  readonly mode: RuleMode
  /** The person or team to ask. */
  readonly owner: string
  /** Why it is as it is, or was changed. */
  readonly comment: string
}

/** A rule as it was at one time. A version is never changed, and its number never used again. */
export interface RuleVersion extends Omit<RuleDraft, 'rule_id'> {
  /** From 1. */
  readonly version: number
  /** Milliseconds since the Unix epoch, UTC. */
  readonly created_at: number
  /** Who made this version. */
  readonly created_by: string
}

/**
 * A rule: its newest version, and those before it. One record holds both, because a compacted topic keeps one record
 * of a key: with a record a version there would be nothing to go back to.
 */
export interface FraudRule extends RuleVersion {
  readonly rule_id: string
  /** Newest first, at most `MAX_EARLIER`. */
  readonly earlier: readonly RuleVersion[]
}

/**
 * Versions a rule keeps besides its newest; the oldest are forgotten. Each of them with the greatest tables that a
 * draft may have, they are still below the 1 MB that Kafka takes as a record.
 */
export const MAX_EARLIER = 20
