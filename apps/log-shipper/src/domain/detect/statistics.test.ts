import { describe, expect, test } from 'vitest'
import { Baseline } from './baseline.js'
import { LatencyProfile } from './latency-profile.js'
import { ringSeconds, SecondRing } from './second-ring.js'
import { logTailAbove } from './unlikely.js'

/** P(X >= k) of a Poisson variable, summed up. */
function tail(k: number, mean: number): number {
  let term = Math.exp(-mean)
  let below = 0
  for (let i = 0; i < k; i++) {
    below += term
    term *= mean / (i + 1)
  }
  return 1 - below
}

describe('how unlikely a count is', () => {
  test.each([[5, 0.5], [10, 3], [30, 10], [7, 6]])('at least %i where %d are expected: never told to be less likely than it is', (count, mean) => {
    const bound = logTailAbove(count, mean)
    expect(bound).toBeGreaterThanOrEqual(Math.log(tail(count, mean)))
    expect(bound).toBeLessThanOrEqual(0)
  })

  test('is not, when it is not above what is expected', () => {
    expect(logTailAbove(3, 3)).toBe(0)
    expect(logTailAbove(0, 0)).toBe(0)
  })
})

describe('counts by second', () => {
  test('are those of the last seconds, in whatever order they came', () => {
    const ring = new SecondRing()
    for (const second of [1_000, 1_002, 1_001, 1_002, 995]) ring.add(second)
    expect([1, 2, 3, 10].map((seconds) => ring.sum(seconds, 1_002))).toEqual([2, 3, 4, 5])
    expect(ring.sum(2, 1_003)).toBe(2)
  })

  test('are gone when they are too old, and are never taken for others', () => {
    const ring = new SecondRing()
    ring.add(1_000)
    ring.add(1_000 + ringSeconds)
    ring.add(1_000)
    expect(ring.sum(ringSeconds, 1_000 + ringSeconds)).toBe(1)
    expect(ring.sum(ringSeconds, 10_000)).toBe(0)
  })
})

describe('what is usual', () => {
  const hour = 60
  const week = 168 * hour

  test('is not known before two hours, and then what was in all of them', () => {
    const baseline = new Baseline()
    for (let minute = 0; minute < 119; minute++) baseline.learn(minute, 10, 1)
    expect(baseline.at(119)).toBeUndefined()
    baseline.learn(119, 10, 1)
    expect(baseline.at(120)).toEqual({ perMinute: 10, failing: 0.1 })
  })

  test('is what was at that hour of the day, and after a week at that hour of the week', () => {
    const baseline = new Baseline()
    // A hundred at noon of Saturday and Sunday, ten at any other hour, fifty at noon of other days.
    const requests = (minute: number) => (Math.floor(minute / hour) % 24 !== 12 ? 10 : Math.floor(minute / (24 * hour)) % 7 >= 5 ? 100 : 50)
    for (let minute = 0; minute < 3 * 24 * hour; minute++) baseline.learn(minute, requests(minute), 0)
    expect(baseline.at(3 * 24 * hour + 12 * hour)?.perMinute).toBe(50)
    for (let minute = 3 * 24 * hour; minute < week; minute++) baseline.learn(minute, requests(minute), 0)
    expect(baseline.at(week + (5 * 24 + 12) * hour)?.perMinute).toBe(100)
    expect(baseline.at(week + 12 * hour)?.perMinute).toBe(50)
  })

  test('fades', () => {
    const baseline = new Baseline()
    for (let weeks = 0; weeks < 8; weeks++) for (let minute = 0; minute < hour; minute++) baseline.learn(weeks * week + minute, weeks < 4 ? 100 : 10, 0)
    expect(baseline.at(8 * week)?.perMinute).toBeLessThan(35)
  })
})

describe('how long requests usually take', () => {
  test('is known after some hundreds, to within a fifth', () => {
    const profile = new LatencyProfile()
    for (let i = 0; i < 499; i++) profile.learn(5, i % 20 === 0 ? 400 : 20)
    expect(profile.p95(5)).toBeUndefined()
    for (let i = 0; i < 1_000; i++) profile.learn(5, i % 10 === 0 ? 400 : 20)
    const p95 = profile.p95(5) ?? 0
    expect(p95).toBeGreaterThan(330)
    expect(p95).toBeLessThan(490)
  })
})
