import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { CITIES, CURRENCIES, type City, type Currency, kmBetween } from './cities.js'
import { type LabelledSwipe, swipes, type SwipesOptions } from './swipes.js'
import { generateWorld } from './world.js'

const startAt = Date.UTC(2026, 2, 2)
const world = generateWorld(11, { customers: 400, tokenOf: (cardNumber) => `v1.${cardNumber.slice(-8)}` })
const take = (options: Partial<SwipesOptions> = {}): LabelledSwipe[] =>
  [...swipes(world, { seed: 3, count: 30_000, fraudShare: 0.03, startAt, ...options })]
const stream = take()
const euroOf = ({ swipe }: LabelledSwipe): number => {
  const { unitsPerEuro, digits } = CURRENCIES[swipe.currency as Currency]
  return swipe.amount_minor / unitsPerEuro / 10 ** digits
}

/** Speed from the card's last swipe that was no impossible journey, for every swipe at a place, in km/h. */
function* speeds(swipesInOrder: readonly LabelledSwipe[]): Generator<{ labelled: LabelledSwipe; km: number; kmh: number }> {
  const last = new Map<number, { at: number; city: City }>()
  for (const labelled of swipesInOrder) {
    const { place, occurred_at } = labelled.swipe
    if (place === undefined) continue
    const here = { at: Date.parse(occurred_at), city: { ...(CITIES[0] as City), ...place } }
    const before = last.get(labelled.card)
    if (before !== undefined) {
      const km = kmBetween(before.city, here.city)
      yield { labelled, km, kmh: km / (Math.max(here.at - before.at, 1000) / 3_600_000) }
    }
    if (labelled.label !== 'impossible_travel') last.set(labelled.card, here)
  }
}

describe('swipes', () => {
  it('are the same, byte by byte, for the same seed, and others for another', () => {
    const digest = (seed: number): string => createHash('sha256').update(JSON.stringify(take({ seed, count: 5_000 }))).digest('hex')
    expect(digest(3)).toBe(digest(3))
    expect(digest(3)).not.toBe(digest(4))
  })

  it('begin anew with every iteration', () => {
    const iterable = swipes(world, { seed: 3, count: 100, startAt })
    expect([...iterable]).toEqual([...iterable])
  })

  it('are as many as asked for, without end for Infinity, and made only when asked for', () => {
    expect(stream).toHaveLength(30_000)
    const [first, second] = swipes(world, { seed: 3, count: Infinity, fraudShare: 0.03, startAt })
    expect([first, second]).toEqual(stream.slice(0, 2))
  })

  it('come in the order of their event times, from the start on, at the pace asked for', () => {
    const times = stream.map(({ swipe }) => Date.parse(swipe.occurred_at))
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(times[0]).toBeGreaterThanOrEqual(startAt)
    const lasted = (Date.parse(take({ meanGapMs: 250 }).at(-1)?.swipe.occurred_at ?? '') - startAt) / 30_000
    expect(lasted).toBeCloseTo(250, -1)
  })

  it('have a card of the world, a positive whole amount and what the API asks for', () => {
    for (const { swipe, card } of stream) {
      expect(swipe.card_number).toBe(world.cards[card]?.card_number)
      expect(swipe.amount_minor).toSatisfy((minor: number) => Number.isSafeInteger(minor) && minor > 0)
      expect(swipe.merchant_category).toMatch(/^\d{4}$/)
      expect(swipe.place === undefined).toBe(swipe.terminal_id === undefined)
      expect(swipe.entry_mode === 'ecommerce').toBe(swipe.place === undefined)
    }
  })

  it('hold about the share of frauds asked for, of all kinds', () => {
    const share = stream.filter(({ label }) => label !== null).length / stream.length
    expect(share).toBeGreaterThan(0.025)
    expect(share).toBeLessThan(0.035)
    expect(new Set(stream.map(({ label }) => label))).toEqual(new Set([null, 'large_amount', 'impossible_travel', 'stolen_card']))
    expect(take({ fraudShare: 0, count: 2_000 }).every(({ label }) => label === null)).toBe(true)
    expect(take({ fraudShare: 1, count: 2_000 }).some(({ label }) => label === null)).toBe(false)
  })

  it('are large exactly where the label says so', () => {
    for (const labelled of stream) {
      if (labelled.label === 'large_amount') expect(euroOf(labelled)).toBeGreaterThan(2_000)
      else expect(euroOf(labelled)).toBeLessThanOrEqual(601)
    }
  })

  it.each([undefined, 200])('are impossible journeys exactly where the label says so (mean gap %s)', (meanGapMs) => {
    const measured = [...speeds(meanGapMs === undefined ? stream : take({ meanGapMs }))]
    for (const { labelled, km, kmh } of measured) {
      if (labelled.label === 'impossible_travel') expect(kmh).toBeGreaterThan(1_500)
      else expect(km < 50 || kmh < 800).toBe(true)
    }
    expect(measured.filter(({ labelled }) => labelled.label === 'impossible_travel').length).toBeGreaterThan(100)
  })

  it('let people travel', () => {
    const journeys = [...speeds(stream)].filter(({ labelled, km }) => labelled.label === null && km > 200)
    expect(journeys.length).toBeGreaterThan(50)
  })

  it('let thieves spend several times what the holders do', () => {
    const mean = (of: LabelledSwipe[]): number => of.reduce((sum, labelled) => sum + euroOf(labelled), 0) / of.length
    expect(mean(stream.filter(({ label }) => label === 'stolen_card'))).toBeGreaterThan(2 * mean(stream.filter(({ label }) => label === null)))
  })
})
