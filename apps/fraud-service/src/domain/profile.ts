import type { CardProfile, Transaction } from '@swipestream/contracts'
import { isOnEarth } from './geo.js'
import { isPossible, legTo } from './travel.js'

/** Where in the log a transaction stands. */
export interface Origin {
  topic: string
  partition: number
  offset: number
}

/**
 * Whether a transaction was judged before, so that its decision was published and it must not be judged again: its
 * record comes again (the offset is known), or the producer has written it twice in a row (the id is).
 *
 * Holds because of the order in which a batch is finished: its decisions and alerts are acknowledged first, then the
 * profiles, then the input's offset is committed. A profile that has seen an offset therefore proves that the outputs
 * of that offset are on their topics. A crash between outputs and profiles judges the batch again, from the same
 * profiles: the same decisions under the same ids, which every reader takes once.
 */
export function wasApplied(profile: CardProfile | undefined, tx: Transaction, origin: Origin): boolean {
  return profile !== undefined && (origin.offset <= profile.input_offset || tx.transaction_id === profile.last_transaction_id)
}

/**
 * What is remembered of a card after a transaction. Event time counts, arrival does not: an event older than what is
 * remembered moves neither the last time nor the last place nor the last country.
 *
 * A place which nobody could have reached from the last one is not believed either: it would make the thief's next
 * swipe there look at home, and the holder's next swipe impossible. The doubt ends by itself, at the latest when a
 * journey around half the Earth would have been possible (20,015 km at 1,000 km/h: 20 hours).
 */
export function remember(tx: Transaction, profile: CardProfile | undefined, origin: Origin): CardProfile {
  const newest = profile === undefined || tx.occurred_at >= profile.last_occurred_at
  const believed = isBelieved(tx, profile)
  const moves = tx.place !== null && believed && tx.occurred_at >= (profile?.last_place_at ?? Number.NEGATIVE_INFINITY)
  return {
    card_id: tx.card_id,
    last_transaction_id: tx.transaction_id,
    last_occurred_at: newest ? tx.occurred_at : profile.last_occurred_at,
    last_place: moves ? tx.place : (profile?.last_place ?? null),
    last_place_at: moves ? tx.occurred_at : (profile?.last_place_at ?? null),
    last_country: newest && believed && tx.country !== null ? tx.country : (profile?.last_country ?? null),
    input_offset: origin.offset,
  }
}

/** A transaction without a place says nothing about travel and is taken at its word. */
function isBelieved(tx: Transaction, profile: CardProfile | undefined): boolean {
  if (tx.place === null) return true
  if (!isOnEarth(tx.place)) return false
  const leg = legTo(tx, profile)
  return leg === undefined || isPossible(leg)
}
