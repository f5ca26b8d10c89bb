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

/** Where a message and its channel stand after the failed attempt. */
export interface Standing {
  /** How often this message was tried, from 1. */
  readonly attempt: number
  /** Since it was queued, in milliseconds. */
  readonly ageMs: number
  /** How often in a row the channel failed, from 1; 0 when it works. */
  readonly channelFailures: number
  /** For how long the channel now rests, in milliseconds; 0 when it does not. */
  readonly channelPauseMs: number
}

/**
 * A channel that stays away holds up its messages no longer than itself: they go out when it is back. At its first
 * failure it may be the message that is at fault (a server that hangs up on it): then others get through in between,
 * every failure is a first one, and the message's own backoff grows.
 *
 * @param random from 0 to 1
 */
export function nextStep(
  failure: SendFailure,
  { attempt, ageMs, channelFailures, channelPauseMs }: Standing,
  policy: RetryPolicy,
  random: number,
): NextStep {
  if (failure.scope === 'final') return { step: 'give_up', failure }
  if (ageMs >= policy.giveUpAfterMs) {
    const hours = Math.round(policy.giveUpAfterMs / 3_600_000)
    return { step: 'give_up', failure: { ...failure, code: 'GAVE_UP', reason: `not accepted within ${hours} h; at last ${failure.code}: ${failure.reason}` } }
  }
  if (failure.scope === 'channel' && channelFailures > 1) return { step: 'retry', delayMs: channelPauseMs }
  return { step: 'retry', delayMs: Math.max(channelPauseMs, backoff(attempt, policy.messageFirstMs, policy.messageMaxMs, random)) }
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
