import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backoff, decideRecovery, defaultRecoveryPolicy, type RecoveryPolicy } from './recovery.js'

const policy: RecoveryPolicy = { unknownAttempts: 3, firstDelayMs: 100, maxDelayMs: 1_000 }

describe('decideRecovery', () => {
  it.each([
    // kind, attempt, random → what happens
    ['poison', 1, 0.5, { action: 'dead-letter' }],
    ['fatal', 1, 0.5, { action: 'exit' }],
    ['fatal', 99, 0.5, { action: 'exit' }],
    ['unknown', 1, 0, { action: 'retry', delayMs: 50 }],
    ['unknown', 2, 1, { action: 'retry', delayMs: 200 }],
    ['unknown', 3, 1, { action: 'dead-letter' }],
    ['transient', 1, 0, { action: 'retry', delayMs: 50 }],
    ['transient', 1, 1, { action: 'retry', delayMs: 100 }],
    ['transient', 2, 1, { action: 'retry', delayMs: 200 }],
    ['transient', 4, 1, { action: 'retry', delayMs: 800 }],
    ['transient', 5, 1, { action: 'retry', delayMs: 1_000 }],
    ['transient', 1_000_000, 1, { action: 'retry', delayMs: 1_000 }],
  ] as const)('%s, attempt %d, jitter %d → %o', (kind, attempt, random, expected) => {
    expect(decideRecovery(kind, attempt, policy, random)).toEqual(expected)
  })

  it('never gives up what is transient, however long it lasts', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
        expect(decideRecovery('transient', attempt, defaultRecoveryPolicy, random).action).toBe('retry')
      }),
    )
  })
})

describe('backoff', () => {
  it('stays between half of the full delay and the full delay, which is capped', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
        const full = Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** (attempt - 1))
        const delay = backoff(attempt, policy, random)
        expect(delay).toBeGreaterThanOrEqual(Math.floor(full / 2))
        expect(delay).toBeLessThanOrEqual(full)
      }),
    )
  })
})
