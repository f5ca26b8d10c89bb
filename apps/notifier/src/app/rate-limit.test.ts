import { describe, expect, it } from 'vitest'
import { RateLimit } from './rate-limit.js'

/** Takes all that is free at each step of a clock; gives when each was taken, in milliseconds. */
function taken(limit: RateLimit, untilMs: number, stepMs: number, wanted = Infinity): number[] {
  const times: number[] = []
  for (let now = 0; now < untilMs; now += stepMs) {
    const count = Math.min(wanted - times.length, limit.available(now))
    limit.take(count)
    for (let i = 0; i < count; i++) times.push(now)
  }
  return times
}

/** The most that fall into any second; the times ascend. */
function mostInASecond(times: readonly number[]): number {
  let from = 0
  let most = 0
  for (const [to, time] of times.entries()) {
    while (time - (times[from] ?? 0) >= 1_000) from++
    most = Math.max(most, to - from + 1)
  }
  return most
}

describe('a rate limit', () => {
  it.each([
    [1, 10], [3, 7], [50, 1], [50, 20], [50, 333], [1_000, 13],
  ])('of %i a second lets through so many in ten seconds, and hardly more in any one, asked every %i ms', (perSecond, stepMs) => {
    const times = taken(new RateLimit(perSecond), 10_000, stepMs)
    const burst = Math.max(1, perSecond / 10)
    expect(mostInASecond(times)).toBeLessThanOrEqual(perSecond + burst)
    expect(times.length).toBeLessThanOrEqual(10 * perSecond + burst)
    // Asked more seldom than it fills, it loses what it cannot hold.
    if (stepMs <= 100) expect(times.length).toBeGreaterThanOrEqual(10 * perSecond - burst)
  })

  it('does not make up for a time in which nothing was sent', () => {
    const limit = new RateLimit(50)
    expect(limit.available(0)).toBe(5)
    expect(limit.available(3_600_000)).toBe(5)
  })

  it('below one a second lets one through in so long', () => {
    expect(taken(new RateLimit(0.25), 20_000, 100)).toEqual([0, 4_000, 8_000, 12_000, 16_000])
  })

  it('of 0 lets everything through', () => {
    const limit = new RateLimit(0)
    limit.take(1_000_000)
    expect([limit.available(0), limit.nextInMs(0)]).toEqual([Infinity, 0])
  })

  it('says when the next one is free, and then it is', () => {
    const limit = new RateLimit(30)
    limit.take(limit.available(0))
    expect(limit.nextInMs(0)).toBe(34)
    expect(limit.nextInMs(20)).toBe(14)
    expect(limit.available(33)).toBe(0)
    expect(limit.available(34)).toBe(1)
    expect(limit.nextInMs(34)).toBe(0)
  })

  it('makes up for what was taken beyond what was free', () => {
    const limit = new RateLimit(10)
    limit.available(0)
    limit.take(11)
    expect([limit.available(500), limit.nextInMs(500)]).toEqual([0, 600])
    expect(limit.available(1_100)).toBe(1)
  })

  it('bears a clock that stands still or goes back', () => {
    const limit = new RateLimit(10)
    limit.take(limit.available(1_000))
    expect(limit.available(1_000)).toBe(0)
    expect(limit.available(0)).toBe(0)
    expect(limit.available(1_100)).toBe(1)
  })
})
