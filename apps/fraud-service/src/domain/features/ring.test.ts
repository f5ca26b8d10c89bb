import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addToRing, countAfter, firstInRing, MAX_BUCKETS, readRing, SHARP_MS, windowSizes, windowSums } from './ring.js'

const start = Date.UTC(2026, 2, 2, 10, 0)
const bucketOfNow = 6_000

interface Entry { at: number; amount: number }

const ringOf = (entries: readonly Entry[]): number[] =>
  entries.reduce<number[]>((ring, { at, amount }) => addToRing(ring, 3, at, 1, amount), [])

/** Ages from seconds to weeks, each order of magnitude as likely as the others. */
const age = fc.double({ min: 0, max: Math.log(32 * 86_400_000), noNaN: true }).map((log) => Math.round(Math.exp(log)))
const entries = fc.array(
  fc.record({ at: age.map((ms) => start - ms), amount: fc.integer({ min: 1, max: 100_000 }) }),
  { maxLength: 60 },
)
const inOrder = (list: readonly Entry[]): Entry[] => [...list].sort((a, b) => a.at - b.at)

/** Count and sum of exactly those events with from < time <= to. */
function exactly(list: readonly Entry[], from: number, to: number): [number, number] {
  const inside = list.filter(({ at }) => at > from && at <= to)
  return [inside.length, inside.reduce((sum, { amount }) => sum + amount, 0)]
}

describe('a ring', () => {
  it('is empty before its first event', () => {
    expect(readRing([], 3, start)).toEqual(windowSums())
  })

  it('holds one event of 23.50 as one bucket', () => {
    expect(addToRing([], 3, start, 1, 2_350)).toEqual([start / 6_000, 1, 2_350])
  })

  it.each([
    // ms after the event, in which windows it still is
    [0, ['1m', '10m', '1h', '1d', '7d', '30d']],
    [59_999, ['1m', '10m', '1h', '1d', '7d', '30d']],
    [66_000, ['10m', '1h', '1d', '7d', '30d']],
    [599_999, ['10m', '1h', '1d', '7d', '30d']],
    [660_000, ['1h', '1d', '7d', '30d']],
    [4_000_000, ['1d', '7d', '30d']],
    [25 * 3_600_000, ['7d', '30d']],
    [8 * 86_400_000, ['30d']],
    [32 * 86_400_000, []],
  ])('counts an event %i ms later in %j', (later, expected) => {
    const { counts } = readRing(addToRing([], 2, start, 1), 2, start + later)
    expect(windowSizes.filter((_, window) => counts[window] === 1).map(({ name }) => name)).toEqual(expected)
  })

  it('holds windows that are never too short, and too long by one bucket at most', () => {
    fc.assert(fc.property(entries, fc.integer({ min: 0, max: SHARP_MS }), fc.boolean(), (list, late, ahead) => {
      const ring = ringOf(inOrder(list))
      const newest = Math.max(...list.map(({ at }) => at), start - 32 * 86_400_000)
      const at = ahead ? newest + late * 100 : newest - late
      const sums = readRing(ring, 3, at)
      for (const [window, { ms, bucketMs }] of windowSizes.entries()) {
        const least = exactly(list, at - ms, at)
        const most = exactly(list, at - ms - bucketMs, at + bucketOfNow - 1)
        expect(sums.counts[window]).toBeGreaterThanOrEqual(least[0])
        expect(sums.counts[window]).toBeLessThanOrEqual(most[0])
        expect(sums.second[window]).toBeGreaterThanOrEqual(least[1])
        expect(sums.second[window]).toBeLessThanOrEqual(most[1])
      }
    }), { numRuns: 500 })
  })

  it('rounds both ends of a window outwards to the buckets of their age, when it is read at an older time', () => {
    const reach = 30 * 86_400_000 + SHARP_MS
    const bucketAt = (ageMs: number) => (windowSizes.find(({ ms }) => ageMs <= ms + SHARP_MS) ?? { bucketMs: 86_400_000 }).bucketMs
    fc.assert(fc.property(entries, age, (earlier, late) => {
      const list = inOrder([...earlier, { at: start, amount: 1 }])
      const { counts } = readRing(ringOf(list), 3, start - late)
      const remembered = list.filter(({ at }) => at >= start - reach)
      for (const [window, { ms }] of windowSizes.entries()) {
        const [least] = exactly(remembered, start - late - ms, start - late)
        const [most] = exactly(list, start - late - ms - bucketAt(late + ms), start - late + bucketAt(late))
        expect(counts[window]).toBeGreaterThanOrEqual(least)
        expect(counts[window]).toBeLessThanOrEqual(most)
      }
    }), { numRuns: 500 })
  })

  it('is the same for the same events in any order', () => {
    const shuffled = entries.chain((list) => fc.tuple(fc.constant(inOrder(list)), fc.shuffledSubarray(list, { minLength: list.length })))
    fc.assert(fc.property(shuffled, ([ordered, anyhow]) => {
      expect(ringOf(anyhow)).toEqual(ringOf(ordered))
    }), { numRuns: 500 })
  })

  it('tells on adding what reading would have told before, of an event in order or late', () => {
    fc.assert(fc.property(entries, age, fc.boolean(), (list, distance, late) => {
      const ring = ringOf(inOrder(list))
      const at = start + (late ? -distance : distance)
      const sums = windowSums()
      addToRing(ring, 3, at, 1, 5, 0, sums)
      expect(sums).toEqual(readRing(ring, 3, at))
    }), { numRuns: 500 })
  })

  it('leaves the ring it was given as it was', () => {
    const before = Object.freeze(ringOf([{ at: start, amount: 5 }]))
    expect(addToRing(before, 3, start + 1, 1, 7)).toEqual([start / 6_000, 2, 12])
    expect(before).toEqual([start / 6_000, 1, 5])
  })

  it(`has at most ${MAX_BUCKETS} buckets, however busy`, () => {
    let ring: number[] = []
    let most = 0
    for (let at = start - 33 * 86_400_000; at < start - 86_400_000; at += 3_600_000) ring = addToRing(ring, 2, at, 1)
    for (let at = start - 86_400_000; at < start + 86_400_000; at += 6_000) {
      ring = addToRing(ring, 2, at, 1)
      most = Math.max(most, ring.length / 2)
    }
    expect(most).toBeLessThanOrEqual(MAX_BUCKETS)
    expect(most).toBeGreaterThan(MAX_BUCKETS - 20)
  })

  it('forgets what no window reaches, and does not take it in', () => {
    const ring = addToRing(addToRing([], 2, start - 40 * 86_400_000, 1), 2, start, 1)
    expect(ring).toEqual([start / 6_000, 1])
    expect(addToRing(ring, 2, start - 40 * 86_400_000, 1)).toEqual(ring)
  })

  it('stops adding up where numbers are no longer exact', () => {
    const full = addToRing([], 3, start, 1, Number.MAX_SAFE_INTEGER)
    expect(addToRing(full, 3, start, 1, 5)).toEqual([start / 6_000, 2, Number.MAX_SAFE_INTEGER])
  })
})

describe('between two times', () => {
  const day = 86_400_000
  const daily = ringOf([0, 1, 2, 3].map((days) => ({ at: start + days * day, amount: 1 })))

  it.each([
    ['all of the ring that is after the first', 0, 3, 3],
    ['up to the second', 1, 2, 1],
    ['nothing after the newest', 3, 4, 0],
    ['nothing when they are the wrong way round', 3, 0, 0],
  ])('a ring counts %s: after day %i, up to day %i, it is %i', (_, after, upTo, count) => {
    expect(countAfter(daily, 3, start + after * day, start + upTo * day)).toBe(count)
    expect(countAfter([], 3, start + after * day, start + upTo * day)).toBe(0)
  })

  it('a ring counts all of 30 days that came a day or more after the first, and nothing that came before it', () => {
    fc.assert(fc.property(entries, age, (list, after) => {
      const all = inOrder([...list, { at: start, amount: 1 }])
      const count = countAfter(ringOf(all), 3, start - after, start)
      expect(count).toBeGreaterThanOrEqual(all.filter(({ at }) => at >= start - Math.min(30 * day, after - day)).length)
      expect(count).toBeLessThanOrEqual(all.filter(({ at }) => at > start - after).length)
    }))
  })

  it('a ring knows its first bucket of 30 days that is not empty', () => {
    const first = firstInRing(daily, 3, start + 3 * day) ?? Number.NaN
    expect(start - first).toBeGreaterThanOrEqual(0)
    expect(start - first).toBeLessThan(6 * 3_600_000)
    expect(firstInRing(addToRing(daily, 3, start, -1), 3, start + 3 * day)).toBeGreaterThan(start)
    expect(firstInRing(daily, 3, start - day)).toBeUndefined()
    expect(firstInRing(daily, 3, start + 40 * day)).toBeUndefined()
    expect(firstInRing([], 3, start)).toBeUndefined()
  })
})
