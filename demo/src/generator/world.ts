import type { Card, Customer } from '@swipestream/contracts'
import { ACCOUNTS_PER_BIN, cardNumber, TEST_BINS } from './card-number.js'
import { CITIES } from './cities.js'
import { exampleEmail, FAMILY_NAMES, fictionalPhone, GIVEN_NAMES, phoneRangeOf } from './contact.js'
import { openShops, type Merchant } from './merchants.js'
import { Random } from './random.js'

/** A card as its holder has it: with the number, which only terminals and transactions-api may see. */
export type CardWithNumber = Card & { card_number: string }

/** How one customer lives; index into `World.customers`. */
export interface Holder {
  /** Indexes into `World.cards`. */
  cards: number[]
  /** Index into `CITIES`. */
  home: number
  /** Mean of the logarithm of an everyday purchase in euro. */
  spendingMu: number
  /** Its standard deviation. */
  spendingSigma: number
}

/** Everybody and everything that swipes are made of. */
export interface World {
  customers: Customer[]
  cards: CardWithNumber[]
  /** All shops. */
  merchants: Merchant[]
  /** One a customer, in the order of `customers`. */
  holders: Holder[]
  /** Shops with a terminal by city, in the order of `CITIES`. */
  shopsByCity: Merchant[][]
  webShops: Merchant[]
}

export interface WorldOptions {
  /** How many customers, from 1. */
  customers: number
  /** The card's token: what transactions-api makes of a card number. */
  tokenOf: (cardNumber: string) => string
  /** `updated_at` of customers and cards, ms since the epoch. Default: the start of 2026. */
  updatedAt?: number
  /** Shops in each city. Default: one for 30 customers of the city, at least 12. */
  shopsPerCity?: number
}

/** A customer in so many has a second card. */
const SECOND_CARD_SHARE = 0.15

/**
 * People with cards in cities with shops. The same seed and options make the same world, byte by byte.
 *
 * Nothing in it reaches a real person: example domains (RFC 2606), telephone numbers kept for fiction, card numbers
 * under test BINs.
 *
 * @param seed 32-bit integer
 */
export function generateWorld(seed: number, options: WorldOptions): World {
  if (!Number.isSafeInteger(options.customers) || options.customers < 1) {
    throw new RangeError(`customers must be a whole number from 1, got ${options.customers}`)
  }
  const random = new Random(seed)
  const updatedAt = options.updatedAt ?? Date.UTC(2026, 0, 1)
  const shopsPerCity = options.shopsPerCity ?? Math.max(12, Math.ceil(options.customers / CITIES.length / 30))
  // Another seed gives other cards: what a system still knows of the cards of one world does not trouble the next.
  const firstAccount = random.below(ACCOUNTS_PER_BIN)
  const { byCity: shopsByCity, web: webShops } = openShops(random, shopsPerCity)
  const world: World = {
    customers: [], cards: [], holders: [], shopsByCity, webShops, merchants: [...shopsByCity.flat(), ...webShops],
  }

  const phonesGiven = new Map<string, number>()
  for (let index = 0; index < options.customers; index++) {
    const home = random.below(CITIES.length)
    const city = CITIES[home] as (typeof CITIES)[number]
    const phoneRange = phoneRangeOf(city.country)
    const phoneIndex = phonesGiven.get(phoneRange) ?? 0
    phonesGiven.set(phoneRange, phoneIndex + 1)
    const givenName = random.pick(GIVEN_NAMES)
    const familyName = random.pick(FAMILY_NAMES)
    const customer: Customer = {
      customer_id: `c${String(index).padStart(7, '0')}`,
      given_name: givenName,
      family_name: familyName,
      email: exampleEmail(givenName, familyName, index),
      phone: fictionalPhone(city.country, phoneIndex),
      language: city.language,
      time_zone: city.timeZone,
      country: city.country,
      channels: [],
      quiet_from: null,
      quiet_to: null,
      updated_at: updatedAt,
    }
    const holder: Holder = { cards: [], home, spendingMu: Math.log(22) + 0.4 * random.normal(), spendingSigma: random.between(0.4, 0.8) }
    const cardCount = random.chance(SECOND_CARD_SHARE) ? 2 : 1
    for (let i = 0; i < cardCount; i++) {
      const card_number = cardNumber(TEST_BINS.generator, spreadAccount(firstAccount, world.cards.length))
      holder.cards.push(world.cards.length)
      world.cards.push({
        card_number,
        card_id: options.tokenOf(card_number),
        customer_id: customer.customer_id,
        card_bin: card_number.slice(0, 6),
        card_last4: card_number.slice(-4),
        home_country: city.country,
        time_zone: city.timeZone,
        updated_at: updatedAt,
      })
    }
    world.customers.push(customer)
    world.holders.push(holder)
  }
  return world
}

/** Spreads the cards over all accounts of a BIN; no two meet, for the step has no factor in common with 10^9. */
function spreadAccount(first: number, index: number): number {
  return Number((BigInt(first) + BigInt(index) * 387_420_489n) % BigInt(ACCOUNTS_PER_BIN))
}
