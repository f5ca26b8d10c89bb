import type { ErrorKind } from '@swipestream/platform'

/** How patient a consumer is. Times in milliseconds. */
export interface RecoveryPolicy {
  /** How often a record is tried when the kind of its error is unknown. */
  readonly unknownAttempts: number
  readonly firstDelayMs: number
  readonly maxDelayMs: number
}

export const defaultRecoveryPolicy: RecoveryPolicy = { unknownAttempts: 4, firstDelayMs: 100, maxDelayMs: 10_000 }

export type Recovery =
  | { readonly action: 'retry'; readonly delayMs: number }
  | { readonly action: 'dead-letter' }
  | { readonly action: 'exit' }

/**
 * What becomes of a record, or a batch, whose handling failed.
 *
 * @param kind of the error, from `failureKind`
 * @param attempt how often it has failed by this kind of error, from 1
 * @param random from 0 to 1: the share of the jitter. Half of each delay is fixed, half is jitter, so that consumers
 *   that failed together do not come back together.
 */
export function decideRecovery(kind: ErrorKind, attempt: number, policy: RecoveryPolicy, random: number): Recovery {
  switch (kind) {
    case 'fatal':
      return { action: 'exit' }
    case 'poison':
      return { action: 'dead-letter' }
    case 'transient':
      return { action: 'retry', delayMs: backoff(attempt, policy, random) }
    case 'unknown':
      return attempt < policy.unknownAttempts ? { action: 'retry', delayMs: backoff(attempt, policy, random) } : { action: 'dead-letter' }
  }
}

/** Capped exponential backoff with equal jitter, in milliseconds. */
export function backoff(attempt: number, policy: Pick<RecoveryPolicy, 'firstDelayMs' | 'maxDelayMs'>, random: number): number {
  const full = Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** Math.min(attempt - 1, 30))
  return Math.round(full / 2 + (full / 2) * random)
}
