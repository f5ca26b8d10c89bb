import { describe, expect, it } from 'vitest'
import { berlin, hamburg, minutes, potsdam, singapore, tenOClock } from './example-transaction.js'
import { isPossible, legBetween } from './travel.js'

const from = (minute: number, place = hamburg) => legBetween(berlin, tenOClock, place, tenOClock + minutes(minute))

describe('a journey', () => {
  it('has distance and speed', () => {
    const { distanceKm, speedKmh } = from(29, singapore)
    expect(distanceKm).toBeCloseTo(9916.313, 3)
    expect(speedKmh).toBeCloseTo(20_516.5, 1)
  })

  it('to an earlier time is as fast as one to as much later', () => {
    expect(from(-30)).toEqual(from(30))
  })

  it.each([0, 1, 999])('of %i ms takes one second, so that the speed stays a number', (ms) => {
    const { distanceKm, speedKmh } = legBetween(berlin, tenOClock, hamburg, tenOClock + ms)
    expect(speedKmh).toBeCloseTo(distanceKm * 3600, 5)
  })

  it.each([
    // Berlin to Hamburg are 255 km, Berlin to Singapore 9,916 km
    ['a drive of three hours', hamburg, 180, true],
    ['a drive of three hours, backwards', hamburg, -180, true],
    ['a journey at just under the limit', hamburg, 15.5, true],
    ['a journey at just over the limit', hamburg, 15, false],
    ['the same backwards', hamburg, -15, false],
    ['a flight of thirteen hours', singapore, 13 * 60, true],
    ['a flight faster than any airliner', singapore, 9 * 60, false],
    ['two cities in the same minute', hamburg, 1, false],
    ['a nearby terminal in the same minute', potsdam, 0, true],
    ['the same terminal at the same instant', berlin, 0, true],
  ])('%s is possible or not', (_, place, minute, possible) => {
    expect(isPossible(from(minute, place))).toBe(possible)
  })

  it.each([[{ latitude: 91, longitude: 0 }], [{ latitude: Number.NaN, longitude: 0 }]])('to %j, which is no place, has no length', (place) => {
    expect(() => from(0, place)).toThrow(RangeError)
  })
})
