import type { CardProfile, TerminalProfile, Transaction } from '@swipestream/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { berlin, exampleFeedback, exampleTransaction, potsdam, singapore, tenOClock } from '../example-transaction.js'
import { applyFeedback } from './card-verdicts.js'
import { featureCatalogue, type Features, type FeatureSpec, featureSpecs } from './catalogue.js'
import { observe } from './observe.js'
import { readRing, windowSizes } from './ring.js'
import { defaultSettings } from './settings.js'
import { takenOf } from './taken.js'
import { applyTerminalEvent, terminalEventOf, terminalVerdictOf } from './terminal-profile.js'

const day = 86_400_000
const cardData = { home_country: 'DE', time_zone: 'Europe/Berlin' }
const uuid = (n: number) => `01957c00-0000-7000-8000-${String(n).padStart(12, '0')}`

/** What a run of the service remembers, and the features it gave, by transaction. */
class World {
  readonly cards = new Map<string, CardProfile>()
  readonly terminals = new Map<string, TerminalProfile>()
  readonly features = new Map<string, Features>()
  #offset = 0

  see(tx: Transaction): this {
    const before = this.cards.get(tx.card_id)
    const terminal = tx.terminal_id === null ? undefined : this.terminals.get(tx.terminal_id)
    const observed = observe(tx, before && deepFreeze(before), takenOf(tx, { card: cardData, terminal }), this.#offset++)
    if (observed === 'duplicate') return this
    this.cards.set(tx.card_id, observed.profile)
    this.features.set(tx.transaction_id, observed.features)
    const event = terminalEventOf(tx, observed.order)
    if (event !== undefined) this.terminals.set(event.terminal_id, deepFreeze(applyTerminalEvent(terminal, event, this.#offset)))
    return this
  }

  seeAll(transactions: readonly Transaction[]): this {
    for (const tx of transactions) this.see(tx)
    return this
  }
}

/** A profile without what tells the order in which transactions came, and without the last place: two of them in one millisecond have no order. */
const inNoOrder = ([id, profile]: [string, object]) => [id, { ...profile, last_transaction_id: undefined, input_offset: undefined, last_place: undefined }]

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) Object.freeze(part)
  return Object.freeze(value)
}

/** Ages from seconds to weeks, each order of magnitude as likely as the others. */
const ages = (most: number) => fc.double({ min: 0, max: Math.log(most), noNaN: true }).map((log) => Math.round(Math.exp(log)))

/** Transactions of one card, in the order of their times, with ids of their own from `firstId` on. */
function transactionsOf({ card = 'card-1', terminal = 't', firstId = 0, within = 40 * day, places = [berlin, potsdam] } = {}) {
  const one = fc.record({
    occurred_at: ages(within).map((age) => tenOClock - age),
    amount_minor: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 500_000 })),
    currency: fc.constantFrom('EUR', 'EUR', 'USD', 'JPY', 'ZWG'),
    merchant_id: fc.integer({ min: 0, max: 60 }).map((n) => `m-${n}`),
    merchant_category: fc.option(fc.constantFrom('5812', '5411', '6051')),
    terminal_id: fc.option(fc.constantFrom(`${terminal}-1`, `${terminal}-2`)),
    country: fc.option(fc.constantFrom('DE', 'FR', 'SG')),
    place: fc.option(fc.constantFrom(...places)),
  })
  return fc.array(one, { maxLength: 30 }).map((list) =>
    list.sort((a, b) => a.occurred_at - b.occurred_at).map((changes, i) =>
      exampleTransaction({ ...changes, card_id: card, transaction_id: uuid(firstId + i), received_at: tenOClock })))
}

function fits(value: unknown, { type, absent }: FeatureSpec): boolean {
  if (value === null) return absent !== undefined
  switch (type) {
    case 'int': return Number.isSafeInteger(value)
    case 'double': return Number.isFinite(value)
    case 'bool': return typeof value === 'boolean'
    case 'string': return typeof value === 'string'
  }
}

const shuffled = <T>(list: readonly T[]) => fc.shuffledSubarray([...list], { minLength: list.length })

describe('observing transactions', () => {
  it('gives exactly the features of the catalogue, of their types, and absent only where it says so', () => {
    fc.assert(fc.property(transactionsOf({ places: [berlin, singapore, { latitude: 999, longitude: 0 }] }), (list) => {
      for (const features of new World().seeAll(list).features.values()) {
        expect(Object.keys(features)).toEqual(Object.keys(featureCatalogue))
        expect(Object.entries(features).filter(([name, value]) => !fits(value, featureSpecs.get(name) as FeatureSpec))).toEqual([])
      }
    }))
  })

  it('leaves the same profile whatever the order of arrival, within the bound for late ones', () => {
    const anyOrder = transactionsOf({ within: defaultSettings.lateBoundMs }).chain((list) => fc.tuple(fc.constant(list), shuffled(list)))
    fc.assert(fc.property(anyOrder, ([inOrder, anyhow]) => {
      const ordered = new World().seeAll(inOrder)
      const other = new World().seeAll(anyhow)
      expect([...other.cards].map(inNoOrder)).toEqual([...ordered.cards].map(inNoOrder))
      expect(new Map([...other.terminals].map(inNoOrder) as [])).toEqual(new Map([...ordered.terminals].map(inNoOrder) as []))
    }), { numRuns: 300 })
  })

  it('counts a late transaction in the windows it belongs to', () => {
    const late = fc.tuple(transactionsOf({ within: 20 * day }), ages(defaultSettings.lateBoundMs), ages(30 * day))
    fc.assert(fc.property(late, ([list, lateness, later]) => {
      const last = exampleTransaction({ card_id: 'card-1', transaction_id: uuid(900), occurred_at: tenOClock })
      const lateOne = exampleTransaction({ card_id: 'card-1', transaction_id: uuid(901), occurred_at: tenOClock - lateness })
      const without = new World().seeAll([...list, last]).cards.get('card-1')!
      const withIt = new World().seeAll([...list, last, lateOne]).cards.get('card-1')!
      const at = tenOClock + later
      for (const [window, { ms, bucketMs }] of windowSizes.entries()) {
        const gain = readRing(withIt.activity, 4, at).counts[window]! - readRing(without.activity, 4, at).counts[window]!
        const age = lateness + later
        if (age < ms) expect(gain).toBe(1)
        if (age >= ms + bucketMs + 6_000) expect(gain).toBe(0)
      }
    }))
  })

  it('takes a duplicate for what it is, and changes nothing', () => {
    // each transaction may come again after up to 7 others; of several in one millisecond nobody knows which are the last 8
    const one = transactionsOf().map((list) => list.filter(({ occurred_at }, i) => occurred_at !== list[i - 1]?.occurred_at))
    const withDuplicates = one.chain((list) => fc.tuple(fc.constant(list), fc.array(fc.tuple(fc.nat(30), fc.nat(7)), { maxLength: 10 })))
    fc.assert(fc.property(withDuplicates, ([list, again]) => {
      const stream: Transaction[] = list.flatMap((tx, i) => [tx, ...again.filter(([index, after]) => list[index] !== undefined && index + after === i).map(([index]) => list[index]!)])
      const world = new World()
      const seen = new Set<string>()
      for (const tx of stream) {
        const before = world.cards.get(tx.card_id)
        const first = world.features.get(tx.transaction_id)
        world.see(tx)
        if (seen.has(tx.transaction_id)) {
          expect(world.cards.get(tx.card_id)).toBe(before)
          expect(world.features.get(tx.transaction_id)).toBe(first)
        }
        seen.add(tx.transaction_id)
      }
      const once = new World().seeAll(list)
      expect(world.features).toEqual(once.features)
      expect([...world.cards].map(inNoOrder)).toEqual([...once.cards].map(inNoOrder))
    }), { numRuns: 300 })
  })

  it('gives the features of two cards without a common terminal as each alone', () => {
    const two = fc.tuple(transactionsOf({ card: 'card-1', terminal: 'a' }), transactionsOf({ card: 'card-2', terminal: 'b', firstId: 100 }), fc.array(fc.boolean(), { minLength: 60, maxLength: 60 }))
    fc.assert(fc.property(two, ([one, other, turns]) => {
      const alone = new Map([...new World().seeAll(one).features, ...new World().seeAll(other).features])
      const left: [Transaction[], Transaction[]] = [[...one], [...other]]
      const woven = turns.flatMap((turn) => left[turn ? 1 : 0].splice(0, 1))
      const together = new World().seeAll([...woven, ...left[0], ...left[1]]).features
      expect(Object.fromEntries(together)).toEqual(Object.fromEntries(alone))
    }), { numRuns: 300 })
  })

  it('gives features of the past only: the future can be anything', () => {
    const withFuture = fc.tuple(transactionsOf(), fc.nat(30)).chain(([list, now]) => fc.tuple(fc.constant(list.slice(0, now)), fc.constant(list.slice(now)), shuffled(list.slice(now))))
    fc.assert(fc.property(withFuture, ([past, future, otherFuture]) => {
      const upToNow = (world: World) => past.map((tx) => world.features.get(tx.transaction_id))
      expect(upToNow(new World().seeAll([...past, ...otherFuture]))).toEqual(upToNow(new World().seeAll([...past, ...future])))
      expect(upToNow(new World().seeAll(past))).toEqual(upToNow(new World().seeAll([...past, ...future])))
    }))
  })

  it('gives a late transaction the features of its own time: what came a day or more after it is not in them', () => {
    const withLater = fc.tuple(transactionsOf({ within: 5 * day }), transactionsOf({ within: 5 * day, firstId: 100 }))
    fc.assert(fc.property(withLater, ([earlier, rest]) => {
      const later = rest.map((tx) => ({ ...tx, occurred_at: tx.occurred_at + 10 * day, received_at: tx.received_at + 10 * day }))
      const tx = exampleTransaction({ card_id: 'card-1', transaction_id: uuid(999), received_at: tenOClock + 10 * day })
      const late = new World().seeAll([...earlier, ...later, tx]).features.get(tx.transaction_id)!
      const least = (name: 'card_count_1d' | 'card_count_7d' | 'card_count_30d', ms: number) => {
        expect(late[name]).toBeLessThanOrEqual(earlier.length)
        expect(late[name]).toBeGreaterThanOrEqual(earlier.filter(({ occurred_at: at }) => at > tenOClock - ms).length)
      }
      least('card_count_1d', day)
      least('card_count_7d', 7 * day)
      least('card_count_30d', 30 * day)
    }))
  })

  it('counts a verdict from when it was given: one that will be given changes nothing before', () => {
    fc.assert(fc.property(transactionsOf(), ages(30 * day), (list, delay) => {
      const tx = exampleTransaction({ card_id: 'card-1', terminal_id: 't-1', transaction_id: uuid(999) })
      const terminal = new World().seeAll(list).terminals.get('t-1')
      const feedback = exampleFeedback({ card_id: 'card-1', transaction_id: uuid(0), source: 'label', given_at: tenOClock + 6_000 + delay })
      const judged = { card: cardData, verdicts: applyFeedback(undefined, feedback, 0), terminal: applyTerminalEvent(terminal, terminalVerdictOf(feedback)!, 1_000) }
      expect(takenOf(tx, judged)).toEqual(takenOf(tx, { card: cardData, terminal }))
      const then = takenOf({ ...tx, occurred_at: feedback.given_at }, judged)
      expect([then.card_frauds[0], then.terminal?.frauds[0]]).toEqual([1, 1])
    }))
  })
})
