import type { Place } from '@swipestream/contracts'
import { isPossible, type Leg, legBetween } from '../travel.js'
import { type Known, sawOne } from './known.js'
import { addRecent, isRecent, NO_AMOUNT } from './recent.js'
import { addToRing } from './ring.js'
import type { Swipe } from './swipe.js'
import { noVerdicts, type Verdicts } from './verdicts.js'

/**
 * What is remembered of a card, a value that is never changed in place. Each field is one of Avro: an `array` of
 * `long` (of `int` for the three sets), a nullable `long`, a nullable record.
 */
export interface CardHistory extends Verdicts {
  /** Least event time that was counted, milliseconds since the Unix epoch, UTC; null before the first. */
  readonly first_at: number | null
  /** Ring of transactions, 4 numbers a bucket: start, count, reference cents, squares in square euros. */
  readonly activity: readonly number[]
  /** The last transactions: see recent.ts. The first number is the greatest event time that was counted. */
  readonly recent: readonly number[]
  readonly countries: Known
  readonly merchants: Known
  readonly categories: Known
  /** Where the card was last used at a place that it could have reached; null until then. */
  readonly last_place: Place | null
  readonly last_place_at: number | null
}

export const newCard: CardHistory = {
  ...noVerdicts, first_at: null, activity: [], recent: [], countries: [], merchants: [], categories: [], last_place: null, last_place_at: null,
}

/** What can be set about features; changed, it holds from the next transaction on. */
export interface FeatureSettings {
  /** A transaction that is older than the card's (or terminal's) newest by more than this is not counted. */
  readonly lateBoundMs: number
  /** One whose event time is after its arrival by more than this is not counted: a terminal's clock is wrong. */
  readonly aheadBoundMs: number
  /** Greatest small amount, in reference cents. */
  readonly smallAmount: number
  /** How many names a card is remembered with. */
  readonly countries: number
  readonly merchants: number
  readonly categories: number
}

export const defaultSettings: FeatureSettings = {
  lateBoundMs: 86_400_000, aheadBoundMs: 600_000, smallAmount: 200, countries: 8, merchants: 32, categories: 16,
}

/**
 * How a transaction arrived: what it will change of the card's history.
 *
 * `duplicate`: its id is one of the last transactions (see recent.ts for how many): nothing. `ahead` of its arrival by
 * more than the bound: nothing. `in_order`: not older than the newest. `late`: older, and counted in the windows it
 * belongs to. `too_late`: older by more than the bound, nothing.
 */
export type EventOrder = 'in_order' | 'late' | 'too_late' | 'ahead' | 'duplicate'

export function orderOf({ tx, at, id }: Swipe, { recent }: CardHistory, { lateBoundMs, aheadBoundMs }: FeatureSettings): EventOrder {
  if (isRecent(recent, id)) return 'duplicate'
  if (at > tx.received_at + aheadBoundMs) return 'ahead'
  const newest = recent.length === 0 ? at : (recent[0] as number)
  if (at >= newest) return 'in_order'
  return at >= newest - lateBoundMs ? 'late' : 'too_late'
}

/** The journey from a card's last place, or undefined when one of the two is not known or not on Earth. */
export function journeyTo({ place, at }: Swipe, { last_place, last_place_at }: CardHistory): Leg | undefined {
  if (place === undefined || last_place === null || last_place_at === null) return undefined
  return legBetween(last_place, last_place_at, place, at)
}

/**
 * The history after a transaction that counts (`in_order` or `late`).
 *
 * A place nobody could have reached from the last one is not believed, nor is its country: neither is remembered, so
 * that the thief's next use there does not look at home.
 */
export function addSwipe(history: CardHistory, swipe: Swipe, journey: Leg | undefined, settings: FeatureSettings): CardHistory {
  const { at, cents = 0, country, category, place } = swipe
  const believed = journey === undefined || isPossible(journey)
  const moves = place !== undefined && believed && (history.last_place_at === null || at >= history.last_place_at)
  return {
    first_at: history.first_at === null ? at : Math.min(history.first_at, at),
    activity: addToRing(history.activity, 4, at, 1, cents, Math.round((cents / 100) ** 2)),
    recent: addRecent(history.recent, at, swipe.id, swipe.cents ?? NO_AMOUNT),
    countries: country === undefined || !believed ? history.countries : sawOne(history.countries, country, at, settings.countries),
    merchants: sawOne(history.merchants, swipe.merchant, at, settings.merchants),
    categories: category === undefined ? history.categories : sawOne(history.categories, category, at, settings.categories),
    last_place: moves ? place : history.last_place,
    last_place_at: moves ? at : history.last_place_at,
    frauds: history.frauds,
    confirmed: history.confirmed,
  }
}
