import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isKnown, type Known, sawOne } from './known.js'

const day = (count: number) => (20_000 + count) * 86_400_000 + 3_600_000
const setOf = (sightings: readonly [number, number][], bound = 3) =>
  sightings.reduce<Known>((known, [code, on]) => sawOne(known, code, day(on), bound), [])

describe('what a card was seen with', () => {
  it('is new until it is seen', () => {
    const known = setOf([[7, 0]])
    expect([isKnown([], 7), isKnown(known, 7), isKnown(known, 8)]).toEqual([false, true, false])
    expect(isKnown(known, 20_000)).toBe(false)
  })

  it('stands the last seen first, as days between', () => {
    expect(setOf([[7, 0], [8, 2], [9, 2]])).toEqual([20_002, 9, 0, 8, 2, 7])
  })

  it('moves to the front when it is seen again', () => {
    expect(setOf([[7, 0], [8, 2], [7, 5]])).toEqual([20_005, 7, 3, 8])
  })

  it('does not change when it was seen that day, or later', () => {
    const known = setOf([[7, 0], [8, 2]])
    expect(sawOne(known, 8, day(2), 3)).toBe(known)
    expect(sawOne(known, 8, day(1), 3)).toBe(known)
  })

  it('forgets at the bound what was not seen for longest', () => {
    const known = setOf([[7, 0], [8, 1], [9, 2], [7, 3], [10, 4]])
    expect([7, 8, 9, 10].filter((code) => isKnown(known, code))).toEqual([7, 9, 10])
  })

  it('does not take in at the bound what was seen before all others', () => {
    const known = setOf([[7, 1], [8, 2], [9, 3]])
    expect(sawOne(known, 10, day(0), 3)).toBe(known)
  })

  it('is the same for the same sightings in any order, at the bound too', () => {
    const sightings = fc.array(fc.tuple(fc.nat(12), fc.nat(20)), { maxLength: 60 })
    fc.assert(fc.property(sightings, (list) => {
      expect(setOf([...list].sort((a, b) => a[1] - b[1]), 5)).toEqual(setOf(list, 5))
    }), { numRuns: 500 })
  })
})
