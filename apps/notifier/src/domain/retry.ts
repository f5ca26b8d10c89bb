import type { SendFailure } from './failure.js'

/**
 * How patient delivery is. Times in milliseconds. With every provider away, nothing is lost for `giveUpAfterMs`; then a
 * message has failed, which is counted and told like any final failure.
 */
export interface RetryPolicy {
  /** Between attempts of one message. */
  readonly messageFirstMs: number
  readonly messageMaxMs: number
  /** Between attempts to use a channel that is not working. */
  readonly channelFirstMs: number
  readonly channelMaxMs: number
  /** Longest wait a provider may ask for. */
  readonly retryAfterMaxMs: number
  /** Age at which a message is given up. */
  readonly giveUpAfterMs: number
}

export const defaultRetryPolicy: RetryPolicy = {
  messageFirstMs: 5_000,
  messageMaxMs: 10 * 60_000,
  channelFirstMs: 500,
  channelMaxMs: 30_000,
  retryAfterMaxMs: 60 * 60_000,
  giveUpAfterMs: 72 * 60 * 60_000,
}

/** What becomes of a message after a failed attempt. */
export type NextStep = { readonly step: 'give_up'; readonly failure: SendFailure } | { readonly step: 'retry'; readonly delayMs: number }

/**
 * @param attempt how often this message was tried, from 1
 * @param ageMs since it was queued
 * @param channelPauseMs for how long the channel now rests, 0 when it does not
 * @param random from 0 to 1
 */
export function nextStep(
  failure: SendFailure,
  { attempt, ageMs, channelPauseMs }: { attempt: number; ageMs: number; channelPauseMs: number },
  policy: RetryPolicy,
  random: number,
): NextStep {
  if (failure.scope === 'final') return { step: 'give_up', failure }
  if (ageMs >= policy.giveUpAfterMs) {
    const hours = Math.round(policy.giveUpAfterMs / 3_600_000)
    return { step: 'give_up', failure: { ...failure, code: 'GAVE_UP', reason: `not accepted within ${hours} h; at last ${failure.code}: ${failure.reason}` } }
  }
  if (failure.scope === 'channel') return { step: 'retry', delayMs: channelPauseMs }
  return { step: 'retry', delayMs: backoff(attempt, policy.messageFirstMs, policy.messageMaxMs, random) }
}

/** For how long a channel rests after its `failures`-th failure in a row, from 1; not less than the provider asks for. */
export function channelPause(failures: number, failure: SendFailure, policy: RetryPolicy, random: number): number {
  const asked = Math.min(failure.retryAfterMs ?? 0, policy.retryAfterMaxMs)
  return Math.max(asked, backoff(failures, policy.channelFirstMs, policy.channelMaxMs, random))
}

/** Capped exponential backoff with equal jitter: half of the delay is fixed, half is chance. */
function backoff(attempt: number, firstMs: number, maxMs: number, random: number): number {
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(attempt - 1, 30))
  return Math.round(full / 2 + (full / 2) * random)
}
