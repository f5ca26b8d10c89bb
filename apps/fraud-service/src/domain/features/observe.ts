import type { CardProfile, EventOrder, TakenValues, Transaction } from '@swipestream/contracts'
import { addSwipe, journeyTo, newCard, orderOf, passSwipe } from './card-profile.js'
import type { Features } from './catalogue.js'
import { featuresOf } from './features.js'
import { readRing, windowSums } from './ring.js'
import { defaultSettings, type FeatureSettings } from './settings.js'
import { swipeOf } from './swipe.js'

export interface Observed {
  readonly order: EventOrder
  readonly features: Features
  /** What is to be remembered of the card from now on. */
  readonly profile: CardProfile
}

const windows = windowSums()

/**
 * Sees one transaction of a card: its features, from what was remembered before it, and what is to be remembered after.
 *
 * Pure and in event time: no clock is asked, and only the card's profile and what was taken from other topics count. So
 * the features of a card do not depend on what other cards do, unless they share a terminal, and nothing depends on what
 * comes later. What was taken changes features, never the profile.
 *
 * How a transaction arrived (`order`) says what it changes:
 *
 * | order | features | profile |
 * | --- | --- | --- |
 * | `in_order` | of what was before it | counts it |
 * | `late`, up to `lateBoundMs` older than the newest | as of its own time: what happened after it is not in its windows, nor in its run of small amounts, nor does it count as the last transaction | counts it in the windows it belongs to: the same as if it had come in order |
 * | `too_late`, older than that | the same, with coarser windows | as it was, but for the offset and the last id |
 * | `ahead`, its event time more than `aheadBoundMs` after its arrival | as of its event time | the same: one wrong clock must not make all that follows too late |
 * | `duplicate`, its record was applied or its id is one of the last transactions | none: the first decision stands | as it was |
 *
 * Bounds, so that a profile stays small: the ids of the last 8 transactions by event time, and of up to 64 of the last
 * hour, tell duplicates; an older duplicate is judged again (and counted again, unless it is too late by then). The id
 * of one that is `too_late` or `ahead` is kept until the next transaction. A card is known with 8 countries, 32
 * merchants and 16 categories; at the bound the one not seen for longest is forgotten, and new when it comes again.
 *
 * Windows are rings of buckets: never too short, too long by one bucket at most (ring.ts says which, and what holds for
 * a late transaction). No window includes the transaction itself.
 *
 * Counted in any order, as long as none is `too_late`, transactions leave the same profile, with two exceptions: the
 * last place and the countries, when the card made a journey that nobody can make (whichever end came first is
 * believed), and the last place, when two places have the same millisecond (the later one to arrive is kept). What a
 * late transaction is told of sets and journeys is as of its arrival: a country seen since is not new, and a journey is
 * measured from the last place, also backwards in time.
 *
 * Amounts of several currencies are added up on one scale (reference-amount.ts). In a currency without a rate a
 * transaction counts, and adds 0 to sums: means are then too low, and what is compared with them looks greater, not less.
 *
 * @param profile undefined for the card's first transaction
 * @param offset of the transaction's record, in the card's partition
 */
export function observe(
  tx: Transaction, profile: CardProfile | undefined, taken: TakenValues, offset: number, settings: FeatureSettings = defaultSettings,
): Observed | 'duplicate' {
  const before = profile ?? newCard
  const swipe = swipeOf(tx)
  const order = orderOf(swipe, before, offset, settings)
  if (order === 'duplicate') return order
  const journey = journeyTo(swipe, before)
  const counts = order === 'in_order' || order === 'late'
  const after = counts ? addSwipe(before, swipe, journey, offset, settings, windows) : passSwipe(before, swipe, offset)
  if (!counts) readRing(before.activity, 4, swipe.at, windows)
  return { order, features: featuresOf(swipe, order, before, windows, journey, taken, settings), profile: after }
}
