import { CITIES, type City, currencyOf, minorUnits } from './cities.js'
import { Journeys, kilometres } from './journey.js'
import { type Merchant, READ_AT_TERMINAL } from './merchants.js'
import { Random } from './random.js'
import type { SwipeRequest } from './swipe-request.js'
import type { Holder, World } from './world.js'

/** What a swipe really was; null: the holder's own. */
export type FraudLabel = 'large_amount' | 'impossible_travel' | 'stolen_card'

export interface LabelledSwipe {
  swipe: SwipeRequest
  label: FraudLabel | null
  /** Index of its card in `World.cards`. */
  card: number
}

export interface SwipesOptions {
  /** 32-bit integer. */
  seed: number
  /** How many swipes; Infinity for a stream without end. */
  count: number
  /** Share of frauds, 0 to 1. Default 0.01. */
  fraudShare?: number
  /** Event time from which on swipes happen, ms since the epoch. */
  startAt: number
  /** Mean time from one swipe to the next over all cards. Default: as long as gives each customer three a day. */
  meanGapMs?: number
}

/** Holders never pay more than this in euro, far below what a rule on large amounts looks for; frauds of that kind pay more than twice 1,000. */
const EVERYDAY_MAX_EURO = 600
const LARGE_EURO = { from: 2_200, to: 9_000 }

/** Faster than any airliner by half: a swipe that far away in the time since the last one is nobody's journey. */
const IMPOSSIBLE_KMH = 1_500
/** Terminals of two cities may be nearer to each other than the centres are. */
const CITY_MARGIN_KM = 50
const IMPOSSIBLE_FROM_KM = 500

const WEB_SHARE = 0.15
/** At night people swipe so much less. */
const NIGHT_ACTIVITY = 0.12
const ALL_CITIES = CITIES.map((_, index) => index)
/** Impossible journeys begin at one of so many cards used last. */
const RECENT_CARDS = 64

/**
 * Swipes of everybody in the world, in the order of their event times, some of them fraud, each labelled. Lazy: takes
 * no memory for what it has given out. The same world and options give the same swipes, byte by byte.
 *
 * - `large_amount`: the holder's own place, more than twice 1,000 euro.
 * - `impossible_travel`: an everyday amount in a city that the card's last place is too far from.
 * - `stolen_card`: a thief near the holder's place spends several times what the holder does, a few swipes long.
 *
 * The holder's own swipes stay below 600 euro and on journeys that can be made.
 */
export function swipes(world: World, options: SwipesOptions): Iterable<LabelledSwipe> {
  return { [Symbol.iterator]: () => new Street(world, options).swipes() }
}

class Street {
  readonly #world: World
  readonly #options: SwipesOptions
  readonly #random: Random
  readonly #journeys: Journeys
  /** Where and when each card was last used at a place it can have been at. */
  readonly #lastCity: Int16Array
  readonly #lastAt: Float64Array
  readonly #recent: number[] = []
  /** Cards in thieves' hands, with how many swipes are still to come. */
  readonly #stolen: { card: number; left: number }[] = []
  readonly #holderOf: Int32Array
  #now: number

  constructor(world: World, options: SwipesOptions) {
    this.#world = world
    this.#options = options
    this.#random = new Random(options.seed)
    this.#journeys = new Journeys(world, this.#random)
    this.#lastCity = new Int16Array(world.cards.length).fill(-1)
    this.#lastAt = new Float64Array(world.cards.length)
    this.#holderOf = new Int32Array(world.cards.length)
    for (const [holder, { cards }] of world.holders.entries()) for (const card of cards) this.#holderOf[card] = holder
    this.#now = options.startAt
  }

  *swipes(): Generator<LabelledSwipe, undefined> {
    const { count, fraudShare = 0.01, meanGapMs = 86_400_000 / 3 / this.#world.customers.length } = this.#options
    for (let made = 0; made < count; made++) {
      this.#now += Math.round(this.#random.exponential(meanGapMs))
      yield this.#random.chance(fraudShare) ? this.#fraud() : this.#everyday()
    }
  }

  #everyday(): LabelledSwipe {
    const holder = this.#whoIsAwake()
    const { cards } = this.#holder(holder)
    const card = this.#random.pick(cards)
    const city = this.#journeys.goShopping(holder, this.#now)
    const shop = this.#random.chance(WEB_SHARE) ? this.#random.pick(this.#world.webShops) : this.#shopOf(holder, city)
    this.#usedIn(card, city, shop)
    return this.#swipe(card, shop, this.#everydayEuro(holder, shop), null)
  }

  #fraud(): LabelledSwipe {
    const kind = this.#random.unit()
    if (kind < 0.4) return this.#stolenCard()
    return (kind < 0.7 ? this.#impossibleTravel() : undefined) ?? this.#largeAmount()
  }

  #largeAmount(): LabelledSwipe {
    const holder = this.#whoIsAwake()
    const card = this.#random.pick(this.#holder(holder).cards)
    const city = this.#journeys.stay(holder, this.#now)
    const shop = this.#shopOf(holder, city)
    this.#usedIn(card, city, shop)
    return this.#swipe(card, shop, this.#random.between(LARGE_EURO.from, LARGE_EURO.to), 'large_amount')
  }

  /** Undefined when no card was used lately enough to be impossibly far away. */
  #impossibleTravel(): LabelledSwipe | undefined {
    if (this.#recent.length === 0) return undefined
    const card = this.#random.pick(this.#recent)
    const from = this.#lastCity[card] as number
    const hours = (this.#now - (this.#lastAt[card] as number)) / 3_600_000
    const tooFar = (km: number): boolean => km > IMPOSSIBLE_FROM_KM && km - CITY_MARGIN_KM > IMPOSSIBLE_KMH * hours
    const cities = ALL_CITIES.filter((to) => tooFar(kilometres(from, to)))
    if (cities.length === 0) return undefined
    const shop = this.#random.pick(this.#world.shopsByCity[this.#random.pick(cities)] ?? [])
    return this.#swipe(card, shop, this.#everydayEuro(this.#holderOf[card] as number, shop), 'impossible_travel')
  }

  #stolenCard(): LabelledSwipe {
    if (this.#stolen.length === 0 || this.#random.chance(0.2)) {
      const victim = this.#whoIsAwake()
      this.#stolen.push({ card: this.#random.pick(this.#holder(victim).cards), left: 3 + this.#random.below(6) })
    }
    const index = this.#random.below(this.#stolen.length)
    const theft = this.#stolen[index] as { card: number; left: number }
    if (--theft.left === 0) this.#stolen.splice(index, 1)

    const holder = this.#holderOf[theft.card] as number
    const city = this.#journeys.stay(holder, this.#now)
    const shop = this.#random.chance(0.4) ? this.#random.pick(this.#world.webShops) : this.#random.pick(this.#world.shopsByCity[city] ?? [])
    this.#usedIn(theft.card, city, shop)
    return this.#swipe(theft.card, shop, Math.min(EVERYDAY_MAX_EURO, 4 * this.#everydayEuro(holder, shop)), 'stolen_card')
  }

  /** Anybody, but at night (in the holder's city, by the sun) seldom. */
  #whoIsAwake(): number {
    let holder = 0
    for (let tries = 0; tries < 4; tries++) {
      holder = this.#random.below(this.#world.holders.length)
      const { longitude } = CITIES[this.#journeys.cityOf(holder)] as City
      const hour = (((this.#now / 3_600_000 + longitude / 15) % 24) + 24) % 24
      if ((hour >= 7 && hour < 23) || this.#random.chance(NIGHT_ACTIVITY)) break
    }
    return holder
  }

  /** Mostly one of four shops the holder likes in that city, else any there. */
  #shopOf(holder: number, city: number): Merchant {
    const shops = this.#world.shopsByCity[city] ?? []
    if (this.#random.chance(0.3)) return this.#random.pick(shops)
    return shops[(holder * 7 + this.#random.below(4) * 31) % shops.length] as Merchant
  }

  #everydayEuro(holder: number, shop: Merchant): number {
    const { spendingMu, spendingSigma } = this.#holder(holder)
    return Math.min(EVERYDAY_MAX_EURO, shop.priceFactor * Math.exp(spendingMu + spendingSigma * this.#random.normal()))
  }

  #usedIn(card: number, city: number, shop: Merchant): void {
    if (shop.place === null) return
    this.#lastCity[card] = city
    this.#lastAt[card] = this.#now
    if (this.#recent.length < RECENT_CARDS) this.#recent.push(card)
    else this.#recent[this.#random.below(RECENT_CARDS)] = card
  }

  #swipe(card: number, shop: Merchant, euro: number, label: FraudLabel | null): LabelledSwipe {
    const { card_number, home_country } = this.#world.cards[card] as World['cards'][number]
    const currency = currencyOf(shop.place === null ? home_country : shop.country)
    const swipe: SwipeRequest = {
      card_number,
      amount_minor: minorUnits(euro, currency),
      currency,
      merchant_id: shop.merchant_id,
      merchant_name: shop.merchant_name,
      merchant_category: shop.merchant_category,
      entry_mode: shop.place === null ? 'ecommerce' : this.#random.pick(READ_AT_TERMINAL),
      country: shop.country,
      occurred_at: new Date(this.#now).toISOString(),
    }
    if (shop.place !== null) {
      swipe.terminal_id = this.#random.pick(shop.terminal_ids)
      swipe.place = shop.place
    }
    return { swipe, label, card }
  }

  #holder(index: number): Holder {
    return this.#world.holders[index] as Holder
  }
}
