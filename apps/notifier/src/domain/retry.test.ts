import { describe, expect, it } from 'vitest'
import type { SendFailure } from './failure.js'
import { channelPause, defaultRetryPolicy as policy, nextStep } from './retry.js'

const failure = (scope: SendFailure['scope'], retryAfterMs?: number): SendFailure => ({
  scope,
  code: 'SMTP_450',
  reason: 'not now',
  ...(retryAfterMs !== undefined && { retryAfterMs }),
})
const young = { attempt: 1, ageMs: 0, channelFailures: 0, channelPauseMs: 0 }
const hours = 3_600_000

describe('after a failed attempt, a message', () => {
  it('is given up when the failure is final', () => {
    expect(nextStep(failure('final'), young, policy, 0)).toEqual({ step: 'give_up', failure: failure('final') })
  })

  it.each([
    [1, 0, 2_500],
    [1, 1, 5_000],
    [2, 1, 10_000],
    [5, 1, 80_000],
    [8, 1, 600_000],
    [1000, 1, 600_000],
  ])('waits, after attempt %i with chance %d, %i ms', (attempt, random, delayMs) => {
    expect(nextStep(failure('message'), { ...young, attempt }, policy, random)).toEqual({ step: 'retry', delayMs })
  })

  it('waits as long as its channel rests when the channel stays away', () => {
    const standing = { ...young, attempt: 9, channelFailures: 2, channelPauseMs: 1234 }
    expect(nextStep(failure('channel'), standing, policy, 1)).toEqual({ step: 'retry', delayMs: 1234 })
  })

  it.each([
    [1, 400, 5_000],
    [3, 400, 20_000],
    [1, 60_000, 60_000],
  ])("waits longer at each first failure of its channel, which may be the message's fault (attempt %i, rest %i: %i ms)", (attempt, channelPauseMs, delayMs) => {
    expect(nextStep(failure('channel'), { ...young, attempt, channelFailures: 1, channelPauseMs }, policy, 1)).toEqual({ step: 'retry', delayMs })
  })

  it.each(['message', 'channel'] as const)('is tried for 72 hours, then given up and told as such (%s)', (scope) => {
    expect(nextStep(failure(scope), { ...young, ageMs: 72 * hours - 1 }, policy, 0).step).toBe('retry')
    const last = nextStep(failure(scope), { ...young, ageMs: 72 * hours }, policy, 0)
    expect(last).toMatchObject({ step: 'give_up', failure: { code: 'GAVE_UP', reason: 'not accepted within 72 h; at last SMTP_450: not now' } })
  })
})

describe('a channel that does not work rests', () => {
  it.each([
    [1, 0, 250],
    [1, 1, 500],
    [2, 1, 1_000],
    [7, 1, 30_000],
    [500, 1, 30_000],
  ])('after failure %i with chance %d for %i ms', (failures, random, ms) => {
    expect(channelPause(failures, failure('channel'), policy, random)).toBe(ms)
  })

  it('as long as the provider asks, up to an hour', () => {
    expect(channelPause(1, failure('channel', 7_000), policy, 1)).toBe(7_000)
    expect(channelPause(1, failure('channel', 24 * hours), policy, 1)).toBe(1 * hours)
  })

  it('not less than its own backoff when the provider asks for less', () => {
    expect(channelPause(7, failure('channel', 1_000), policy, 1)).toBe(30_000)
  })
})
