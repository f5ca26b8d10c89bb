import { CITIES, kmBetween } from './cities.js'
import type { Random } from './random.js'
import type { World } from './world.js'

/** A swipe is so often the first one after a journey, when there was time for it. */
const DEPARTURE = 0.04
const RETURN = 0.3

/** Kilometres between cities, in the order of `CITIES`. */
const DISTANCES = CITIES.map((from) => CITIES.map((to) => kmBetween(from, to)))

export const kilometres = (from: number, to: number): number => DISTANCES[from]?.[to] ?? Number.NaN

/** How long a journey takes at least: by road up to 300 km, else by air with three hours at airports. */
export function journeyMs(from: number, to: number): number {
  const km = kilometres(from, to)
  return (km < 300 ? 0.5 + km / 80 : 3 + km / 700) * 3_600_000
}

/**
 * Where the holders are. Everybody begins at home, and is only ever found where a journey from the last swipe could
 * have brought them.
 */
export class Journeys {
  readonly #world: World
  readonly #random: Random
  readonly #city: Int16Array
  readonly #seenAt: Float64Array

  constructor(world: World, random: Random) {
    this.#world = world
    this.#random = random
    this.#city = Int16Array.from(world.holders, (holder) => holder.home)
    this.#seenAt = new Float64Array(world.holders.length).fill(Number.NEGATIVE_INFINITY)
  }

  /** City of the holder, index into `CITIES`. */
  cityOf(holder: number): number {
    return this.#city[holder] as number
  }

  /**
   * The holder goes shopping at the time (ms since the epoch): perhaps in another city, if there was time to get there
   * since the last swipe. The first time, at home.
   *
   * @returns the city, index into `CITIES`
   */
  goShopping(holder: number, at: number): number {
    const city = this.cityOf(holder)
    const home = this.#world.holders[holder]?.home ?? city
    const away = city !== home
    const seenAt = this.#seenAt[holder] as number
    this.#seenAt[holder] = at
    if (seenAt === Number.NEGATIVE_INFINITY || !this.#random.chance(away ? RETURN : DEPARTURE)) return city
    const destination = away ? home : this.#random.below(CITIES.length)
    if (destination === city || at - seenAt < journeyMs(city, destination)) return city
    this.#city[holder] = destination
    return destination
  }

  /** A card of the holder is used where the holder is: whoever does it, a journey can only begin from here after it. */
  stay(holder: number, at: number): number {
    this.#seenAt[holder] = at
    return this.cityOf(holder)
  }
}
