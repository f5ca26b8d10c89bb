import type { CardProfile, Transaction } from '@swipestream/contracts'
import { describe, expect, it } from 'vitest'
import {
  berlin, exampleProfile, exampleTransaction, hamburg, minutes, potsdam, singapore, tenOClock,
} from '../example-transaction.js'
import { impossibleTravel } from './impossible-travel.js'

const rule = impossibleTravel()
const evidenceOf = (tx: Partial<Transaction>, profile: CardProfile | undefined = exampleProfile()) =>
  Object.fromEntries((rule.evaluate(exampleTransaction(tx), profile).fired?.evidence ?? []).map(({ name, value, unit }) => [name, [value, unit]]))

describe('impossible_travel', () => {
  it('fires when Singapore comes 29 minutes after Berlin, with distance, time and speed as evidence', () => {
    const tx = exampleTransaction({ place: singapore, country: 'SG', occurred_at: tenOClock + minutes(29) })
    const { fired } = rule.evaluate(tx, exampleProfile())
    expect(fired?.evidence).toEqual([
      { name: 'distance', value: 9916.313, unit: 'km' },
      { name: 'elapsed', value: 1740, unit: 's' },
      { name: 'speed', value: 20_516.5, unit: 'km/h' },
      { name: 'speed_limit', value: 1000, unit: 'km/h' },
      { name: 'distance_limit', value: 50, unit: 'km' },
      { name: 'event_order', value: 'in_order', unit: null },
    ])
    expect(fired?.text).toBe(
      "Used in SG 9,916 km from the card's last place, 29 min after it: 20,517 km/h, faster than the 1,000 km/h of any journey.",
    )
  })

  it.each([
    // Berlin to Hamburg are 255 km, Berlin to Singapore 9,916 km
    ['a drive of three hours', hamburg, 180],
    ['a journey at just under the limit', hamburg, 15.5],
    ['a flight of thirteen hours', singapore, 13 * 60],
    ['a nearby terminal in the same minute', potsdam, 0],
    ['the same terminal at the same instant', berlin, 0],
  ])('does not fire for %s', (_, place, elapsed) => {
    expect(rule.evaluate(exampleTransaction({ place, occurred_at: tenOClock + minutes(elapsed) }), exampleProfile())).toEqual({})
  })

  it.each([
    ['a journey at just over the limit', hamburg, 15],
    ['a flight faster than any airliner', singapore, 9 * 60],
    ['two cities in the same minute', hamburg, 1],
  ])('fires for %s', (_, place, elapsed) => {
    const evidence = evidenceOf({ place, occurred_at: tenOClock + minutes(elapsed) })
    expect(evidence['elapsed']).toEqual([elapsed * 60, 's'])
    expect(evidence['speed']?.[0]).toBeGreaterThan(1000)
  })

  it.each([0, 1, 999])('counts %i ms between two cities as one second, so that the speed stays a number', (elapsedMs) => {
    const evidence = evidenceOf({ place: hamburg, occurred_at: tenOClock + elapsedMs })
    expect(evidence['elapsed']).toEqual([1, 's'])
    expect(evidence['speed']?.[0]).toBeCloseTo((evidence['distance']?.[0] as number) * 3600, -2)
  })

  describe('out of order', () => {
    it('judges an event older than the last place by the time between the two', () => {
      const evidence = evidenceOf({ place: singapore, occurred_at: tenOClock - minutes(30) })
      expect(evidence).toMatchObject({ elapsed: [1800, 's'], event_order: ['late', null] })
    })

    it('says so in the reason', () => {
      const { fired } = rule.evaluate(exampleTransaction({ place: singapore, occurred_at: tenOClock - minutes(30) }), exampleProfile())
      expect(fired?.text).toContain("from the card's last place, 30 min before it")
    })

    it('does not fire when the card had the time to get there', () => {
      expect(rule.evaluate(exampleTransaction({ place: hamburg, occurred_at: tenOClock - minutes(180) }), exampleProfile())).toEqual({})
    })
  })

  describe('without a place', () => {
    it('does not fire, and says "no place"', () => {
      expect(rule.evaluate(exampleTransaction({ place: null }), exampleProfile())).toEqual({ notes: ['no_place'] })
    })

    it('does not fire for the first transaction of a card', () => {
      expect(rule.evaluate(exampleTransaction(), undefined)).toEqual({ notes: ['no_earlier_place'] })
    })

    it('does not fire for a card that was only used without one', () => {
      const onlyOnline = exampleProfile({ last_place: null, last_place_at: null })
      expect(rule.evaluate(exampleTransaction(), onlyOnline)).toEqual({ notes: ['no_earlier_place'] })
    })
  })

  it.each([
    [{ latitude: 91, longitude: 0 }],
    [{ latitude: Number.NaN, longitude: 0 }],
  ])('cannot judge the place %j, also not for the first transaction of a card', (place) => {
    expect(() => rule.evaluate(exampleTransaction({ place }), exampleProfile())).toThrow(RangeError)
    expect(() => rule.evaluate(exampleTransaction({ place }), undefined)).toThrow(RangeError)
  })

  it('judges by the speed limit it is given', () => {
    const byTrain = impossibleTravel({ maxSpeedKmh: 300 })
    const inHalfAnHour = exampleTransaction({ place: hamburg, occurred_at: tenOClock + minutes(30) })
    expect(byTrain.evaluate(inHalfAnHour, exampleProfile()).fired).toBeDefined()
    expect(rule.evaluate(inHalfAnHour, exampleProfile()).fired).toBeUndefined()
  })
})
