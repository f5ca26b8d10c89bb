import type { CardProfile, EventOrder } from '@swipestream/contracts'
import { isPossible, type Leg, legBetween } from '../travel.js'
import { sawOne } from './known.js'
import { addRecent, isRecent, NO_AMOUNT } from './recent.js'
import { addToRing, type WindowSums } from './ring.js'
import type { FeatureSettings } from './settings.js'
import type { Swipe } from './swipe.js'

/** What is known of a card before its first transaction. */
export const newCard: CardProfile = {
  card_id: '', last_transaction_id: '', last_occurred_at: 0, last_place: null, last_place_at: null, first_at: null,
  activity: [], recent: [], countries: [], merchants: [], categories: [], input_offset: -1,
}

/**
 * How a transaction arrived, and so what it will change of the card's profile: see `observe`. `duplicate`: its record
 * was applied before, or its id is the last one's or one of the last (see recent.ts for how many).
 */
export function orderOf({ tx, at, id }: Swipe, profile: CardProfile, offset: number, { lateBoundMs, aheadBoundMs }: FeatureSettings): EventOrder | 'duplicate' {
  if (offset <= profile.input_offset || tx.transaction_id === profile.last_transaction_id || isRecent(profile.recent, id)) return 'duplicate'
  if (at > tx.received_at + aheadBoundMs) return 'ahead'
  const newest = profile.last_occurred_at
  if (at >= newest) return 'in_order'
  return at >= newest - lateBoundMs ? 'late' : 'too_late'
}

/** The journey from a card's last place, or undefined when one of the two is not known or not on Earth. */
export function journeyTo({ place, at }: Swipe, { last_place, last_place_at }: CardProfile): Leg | undefined {
  if (place === undefined || last_place === null || last_place_at === null) return undefined
  return legBetween(last_place, last_place_at, place, at)
}

/**
 * The profile after a transaction that counts (`in_order` or `late`).
 *
 * A place which nobody could have reached from the last one is not believed, nor is its country: neither is remembered,
 * so that the thief's next use there does not look at home and the holder's next one not impossible. The doubt ends by
 * itself, at the latest when a journey around half the Earth would have been possible (20,015 km at 1,000 km/h: 20
 * hours). A place off Earth is never remembered, nor is its country.
 *
 * @param offset of the transaction's record
 * @param before gets what was in the card's windows
 */
export function addSwipe(
  profile: CardProfile, swipe: Swipe, journey: Leg | undefined, offset: number, settings: FeatureSettings, before?: WindowSums,
): CardProfile {
  const { tx, at, id, cents, country, merchant, category, place } = swipe
  const euros = cents === undefined ? 0 : cents / 100
  const believed = place === undefined ? tx.place === null : journey === undefined || isPossible(journey)
  const moves = place !== undefined && believed && (profile.last_place_at === null || at >= profile.last_place_at)
  return {
    card_id: tx.card_id,
    last_transaction_id: tx.transaction_id,
    last_occurred_at: Math.max(profile.last_occurred_at, at),
    last_place: moves ? place : profile.last_place,
    last_place_at: moves ? at : profile.last_place_at,
    first_at: profile.first_at === null ? at : Math.min(profile.first_at, at),
    activity: addToRing(profile.activity, 4, at, 1, cents ?? 0, Math.round(euros * euros), before),
    recent: addRecent(profile.recent, at, id, cents ?? NO_AMOUNT),
    countries: country === undefined || !believed ? profile.countries : sawOne(profile.countries, country, at, settings.countries),
    merchants: sawOne(profile.merchants, merchant, at, settings.merchants),
    categories: category === undefined ? profile.categories : sawOne(profile.categories, category, at, settings.categories),
    input_offset: offset,
  }
}

/** The profile after a transaction that does not count: it only knows that it saw the record. */
export function passSwipe(profile: CardProfile, { tx }: Swipe, offset: number): CardProfile {
  return { ...profile, card_id: tx.card_id, last_transaction_id: tx.transaction_id, input_offset: offset }
}
