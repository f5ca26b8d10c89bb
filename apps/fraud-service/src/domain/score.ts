import type { Outcome, Severity } from '@swipestream/contracts'

/** The highest score, of a transaction nobody doubts to be fraud. */
export const MAX_SCORE = 1000

/** From this score on an analyst looks at the transaction. */
export const REVIEW_AT = 500

/** From this score on the transaction is refused. */
export const DECLINE_AT = 800

/** The sum of the weights of the rules that fired, at most `MAX_SCORE`. */
export function scoreOf(weights: readonly number[]): number {
  return Math.min(MAX_SCORE, weights.reduce((sum, weight) => sum + weight, 0))
}

/** What a score, 0 to `MAX_SCORE`, means for the transaction. */
export function outcomeOf(score: number): Outcome {
  if (score >= DECLINE_AT) return 'decline'
  return score >= REVIEW_AT ? 'review' : 'approve'
}

/** How urgent the alert of an outcome is: a declined payment may be a theft under way. */
export function severityOf(outcome: Outcome): Severity {
  switch (outcome) {
    case 'decline': return 'critical'
    case 'review': return 'warning'
    case 'approve': return 'info'
  }
}
