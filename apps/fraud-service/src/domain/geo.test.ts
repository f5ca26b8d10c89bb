import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { distanceKm, isOnEarth, MAX_DISTANCE_KM } from './geo.js'

const anyPlace = fc.record({
  latitude: fc.double({ min: -90, max: 90, noNaN: true }),
  longitude: fc.double({ min: -180, max: 180, noNaN: true }),
})

describe('distanceKm', () => {
  it.each([
    // One degree of a great circle is R * pi / 180, along the equator and along a meridian.
    ['a degree of longitude at the equator', { latitude: 0, longitude: 10 }, { latitude: 0, longitude: 11 }, 111.195],
    ['a degree of latitude', { latitude: 59.5, longitude: 18 }, { latitude: 60.5, longitude: 18 }, 111.195],
    ['pole to pole', { latitude: 90, longitude: 0 }, { latitude: -90, longitude: 77 }, 20_015.115],
    ['across the date line', { latitude: 0, longitude: 179.5 }, { latitude: 0, longitude: -179.5 }, 111.195],
    // Nashville to Los Angeles airports, the worked example of the formula: 0.45306 rad of arc.
    ['BNA to LAX', { latitude: 36.12, longitude: -86.67 }, { latitude: 33.94, longitude: -118.4 }, 2886.448],
  ])('of %s', (_, from, to, km) => {
    expect(distanceKm(from, to)).toBeCloseTo(km, 2)
  })

  it('is the same both ways', () => {
    fc.assert(fc.property(anyPlace, anyPlace, (a, b) => {
      expect(distanceKm(a, b)).toBeCloseTo(distanceKm(b, a), 6)
    }))
  })

  it('is between 0 and half the circumference, and a finite number', () => {
    fc.assert(fc.property(anyPlace, anyPlace, (a, b) => {
      const km = distanceKm(a, b)
      expect(km).toBeGreaterThanOrEqual(0)
      expect(km).toBeLessThanOrEqual(MAX_DISTANCE_KM)
    }))
  })

  it('is 0 to the place itself', () => {
    fc.assert(fc.property(anyPlace, (place) => {
      expect(distanceKm(place, place)).toBe(0)
    }))
  })

  it('is half the circumference to the antipode', () => {
    fc.assert(fc.property(anyPlace, ({ latitude, longitude }) => {
      const antipode = { latitude: -latitude, longitude: longitude > 0 ? longitude - 180 : longitude + 180 }
      expect(distanceKm({ latitude, longitude }, antipode)).toBeCloseTo(MAX_DISTANCE_KM, 0)
    }))
  })

  it('is no longer than a detour', () => {
    fc.assert(fc.property(anyPlace, anyPlace, anyPlace, (a, b, c) => {
      expect(distanceKm(a, c)).toBeLessThanOrEqual(distanceKm(a, b) + distanceKm(b, c) + 1e-3)
    }))
  })

  it.each([
    [{ latitude: 90.001, longitude: 0 }],
    [{ latitude: 0, longitude: -180.001 }],
    [{ latitude: Number.NaN, longitude: 0 }],
    [{ latitude: 0, longitude: Number.POSITIVE_INFINITY }],
  ])('refuses %j, which is no place on Earth', (place) => {
    expect(isOnEarth(place)).toBe(false)
    expect(() => distanceKm(place, { latitude: 0, longitude: 0 })).toThrow(RangeError)
    expect(() => distanceKm({ latitude: 0, longitude: 0 }, place)).toThrow(RangeError)
  })
})
