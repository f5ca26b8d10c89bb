import type { CardProfile, Evidence, Transaction } from '@swipestream/contracts'

/** What a rule says about one transaction. */
export interface RuleResult {
  /** Set when the rule fired: why, in one English sentence with the numbers, and those numbers. */
  readonly fired?: { readonly text: string; readonly evidence: Evidence[] }
  /** What the rule could not see or had to assume, snake_case, such as `no_place`; counted by the service. */
  readonly notes?: readonly string[]
}

/** One reason to suspect a transaction. */
export interface Rule {
  /** snake_case, such as `impossible_travel`. */
  readonly id: string
  /** From 1; raised with every change of what the rule does. */
  readonly version: number
  /** Points added to the score when it fires, 1 to 1000. */
  readonly weight: number
  /**
   * Judges a transaction by what was remembered of its card before it. Pure: the same input gives the same result.
   * A rule that cannot judge throws, and the transaction goes to review.
   */
  evaluate(tx: Transaction, profile: CardProfile | undefined): RuleResult
}
