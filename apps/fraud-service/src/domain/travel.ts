import type { Place } from '@swipestream/contracts'
import { distanceKm } from './geo.js'

/** Terminals report their place only roughly (a postcode, the merchant's head office): a nearer one is the same place. */
export const SAME_PLACE_KM = 50

/**
 * Fastest believable journey, in km/h: the cruise of an airliner (Mach 0.85, about 900 km/h) and 100 km/h on top for
 * tail wind and terminal clocks that are some minutes off. Airport time is not counted in the card's favour.
 */
export const MAX_SPEED_KMH = 1000

/** Terminal clocks have whole seconds: less time than this between two events is counted as this. */
const SHORTEST_ELAPSED_S = 1

/** A journey from a card's last known place to that of a transaction. */
export interface Leg {
  /** Great-circle distance. */
  distanceKm: number
  /** Distance divided by the time between the two, in whichever order they happened; at least one second. */
  speedKmh: number
}

/**
 * The journey between two places at two times, milliseconds since the Unix epoch.
 *
 * One to an earlier time is measured all the same, by the time between the two: being in both places within that time
 * is as impossible backwards as forwards.
 *
 * @throws RangeError for coordinates outside WGS 84
 */
export function legBetween(from: Place, fromAt: number, to: Place, toAt: number): Leg {
  const distance = distanceKm(from, to)
  const elapsedS = Math.max(Math.abs(toAt - fromAt) / 1000, SHORTEST_ELAPSED_S)
  return { distanceKm: distance, speedKmh: distance / (elapsedS / 3600) }
}

/** Whether one person can have made the journey. A place that is the same, within precision, can always be reached. */
export function isPossible(leg: Leg): boolean {
  return leg.distanceKm < SAME_PLACE_KM || leg.speedKmh <= MAX_SPEED_KMH
}
