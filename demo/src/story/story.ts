import type { Customer, EntryMode, Outcome, Place, Severity } from '@swipestream/contracts'
import { ACCOUNTS_PER_BIN, cardNumber, TEST_BINS } from '../generator/card-number.js'
import { exampleEmail, fictionalPhone } from '../generator/contact.js'
import type { SwipeRequest } from '../generator/swipe-request.js'
import type { CardWithNumber } from '../generator/world.js'

/** One swipe of the story, and what the system has promised to make of it. */
export interface StoryStep {
  /** Differs from step to step and from telling to telling. Good as Idempotency-Key. */
  id: string
  /** What happens, in one sentence. */
  title: string
  customer_id: string
  card_id: string
  swipe: SwipeRequest
  expect: {
    outcome: Outcome
    /** null: the customer hears nothing. `rules`: the ids of the rules that fire, the greatest weight first. */
    alert: { severity: Severity; rules: string[] } | null
  }
  /** What the customer does then; null: nothing. */
  answer: CustomerAnswer | null
}

/** The customer replies to the last SMS that asked them something. */
export interface CustomerAnswer {
  title: string
  /** In the customer's language; the code that the SMS asks for, if any, goes after it. */
  word: string
}

export interface Story {
  customers: Customer[]
  cards: CardWithNumber[]
  /** In the order in which they are to be sent: that of their event times. */
  steps: StoryStep[]
}

interface Person {
  given: string
  family: string
  country: string
  timeZone: string
  language: string
}

const PEOPLE = {
  anna: { given: 'Anna', family: 'Becker', country: 'DE', timeZone: 'Europe/Berlin', language: 'de' },
  camille: { given: 'Camille', family: 'Moreau', country: 'FR', timeZone: 'Europe/Paris', language: 'fr' },
  daniel: { given: 'Daniel', family: 'Brown', country: 'GB', timeZone: 'Europe/London', language: 'en-GB' },
  sofia: { given: 'Sofia', family: 'García', country: 'US', timeZone: 'America/New_York', language: 'en-US' },
} as const satisfies Record<string, Person>

type Who = keyof typeof PEOPLE

interface Shop {
  merchant_id: string
  merchant_name: string
  merchant_category: string
  country: string
  terminal_id?: string
  place?: Place
}

const shopAt = (id: string, merchant_name: string, merchant_category: string, country: string, place: Place): Shop =>
  ({ merchant_id: `s-${id}`, merchant_name, merchant_category, country, terminal_id: `s-${id}-1`, place })

const SHOPS = {
  berlinCafe: shopAt('berlin-cafe', 'Café Morgenrot, Berlin', '5814', 'DE', { latitude: 52.5401, longitude: 13.4113 }),
  berlinGrocer: shopAt('berlin-grocer', 'Markthalle, Berlin', '5411', 'DE', { latitude: 52.5021, longitude: 13.4319 }),
  london: shopAt('london-underground', 'Underground, London', '4111', 'GB', { latitude: 51.5308, longitude: -0.1238 }),
  londonTvs: shopAt('london-electronics', 'Soho Electronics, London', '5732', 'GB', { latitude: 51.5196, longitude: -0.1307 }),
  lyonBistro: shopAt('lyon-bistro', 'Bouchon des Halles, Lyon', '5812', 'FR', { latitude: 45.7629, longitude: 4.8509 }),
  newYorkDeli: shopAt('newyork-deli', 'Essex Street Deli, New York', '5812', 'US', { latitude: 40.7193, longitude: -73.9874 }),
  parisBakery: shopAt('paris-bakery', 'Boulangerie du Canal, Paris', '5462', 'FR', { latitude: 48.8721, longitude: 2.3636 }),
  singaporeCafe: shopAt('singapore-cafe', 'Kopi Corner, Singapore', '5814', 'SG', { latitude: 1.2847, longitude: 103.8437 }),
  singaporeWatches: shopAt('singapore-watches', 'Orchard Watches, Singapore', '5944', 'SG', { latitude: 1.3039, longitude: 103.8319 }),
  tokyoCameras: shopAt('tokyo-cameras', 'Akihabara Cameras, Tokyo', '5946', 'JP', { latitude: 35.6984, longitude: 139.7731 }),
  webBooks: { merchant_id: 's-web-books', merchant_name: 'Page & Ink Online', merchant_category: '5942', country: 'NL' },
} as const satisfies Record<string, Shop>

interface Scene {
  minutesAgo: number
  who: Who
  title: string
  shop: Shop
  /** Amount in minor units, and currency. */
  pays: [amount_minor: number, currency: string]
  entry_mode: EntryMode
  expect: StoryStep['expect']
  answer?: CustomerAnswer
}

const APPROVED: StoryStep['expect'] = { outcome: 'approve', alert: null }

const SCENES: readonly Scene[] = [
  {
    minutesAgo: 240, who: 'camille', title: 'Camille buys croissants in Paris.',
    shop: SHOPS.parisBakery, pays: [1180, 'EUR'], entry_mode: 'contactless', expect: APPROVED,
  },
  {
    minutesAgo: 90, who: 'daniel', title: 'Daniel takes the Underground in London.',
    shop: SHOPS.london, pays: [280, 'GBP'], entry_mode: 'contactless', expect: APPROVED,
  },
  {
    minutesAgo: 45, who: 'camille', title: 'Camille has lunch in Lyon, three hours later: a train ride.',
    shop: SHOPS.lyonBistro, pays: [3450, 'EUR'], entry_mode: 'chip', expect: APPROVED,
  },
  {
    minutesAgo: 38, who: 'sofia', title: 'Sofia eats at a deli in New York.',
    shop: SHOPS.newYorkDeli, pays: [3125, 'USD'], entry_mode: 'chip', expect: APPROVED,
  },
  {
    minutesAgo: 34, who: 'camille', title: 'Camille orders a book on the web: no place, no doubt.',
    shop: SHOPS.webBooks, pays: [2299, 'EUR'], entry_mode: 'ecommerce', expect: APPROVED,
  },
  {
    minutesAgo: 31, who: 'anna', title: 'Anna pays for a coffee in Berlin.',
    shop: SHOPS.berlinCafe, pays: [420, 'EUR'], entry_mode: 'contactless', expect: APPROVED,
  },
  {
    minutesAgo: 12, who: 'daniel', title: 'Daniel buys a television: ten times what passes without a question.',
    shop: SHOPS.londonTvs, pays: [899_900, 'GBP'], entry_mode: 'chip',
    expect: { outcome: 'review', alert: { severity: 'warning', rules: ['notable_amount', 'large_amount'] } },
  },
  {
    minutesAgo: 8, who: 'sofia', title: "A copy of Sofia's card pays for cameras in Tokyo: too far, and too much.",
    shop: SHOPS.tokyoCameras, pays: [742_000, 'JPY'], entry_mode: 'magnetic_stripe',
    expect: { outcome: 'decline', alert: { severity: 'critical', rules: ['impossible_travel', 'notable_amount', 'large_amount'] } },
  },
  {
    minutesAgo: 2, who: 'anna', title: "A copy of Anna's card is used in Singapore, 29 minutes after Berlin.",
    shop: SHOPS.singaporeWatches, pays: [28_500, 'SGD'], entry_mode: 'magnetic_stripe',
    expect: { outcome: 'decline', alert: { severity: 'critical', rules: ['impossible_travel'] } },
  },
  {
    minutesAgo: 1, who: 'anna', title: 'Anna herself, still in Berlin, buys vegetables.',
    shop: SHOPS.berlinGrocer, pays: [1895, 'EUR'], entry_mode: 'contactless', expect: APPROVED,
    answer: { title: 'Anna reads the SMS about Singapore, and replies: it was not her.', word: 'NEIN' },
  },
  {
    minutesAgo: 0.25, who: 'anna', title: 'The copy is tried once more, for a small amount: the card is blocked.',
    shop: SHOPS.singaporeCafe, pays: [650, 'SGD'], entry_mode: 'magnetic_stripe',
    expect: { outcome: 'decline', alert: { severity: 'critical', rules: ['blocked_card', 'impossible_travel'] } },
  },
]

/**
 * The story that `npm start` plays: four people, everyday swipes, and three that are not.
 *
 * @param now ms since the epoch; the swipes happened within the four hours before it
 * @param tokenOf the card's token: what transactions-api makes of a card number
 */
export function tellStory(now: number, tokenOf: (cardNumber: string) => string): Story {
  // New cards with every telling: what the system remembers of an earlier one must not spoil the journeys of this one.
  const firstAccount = (Math.floor(now / 1000) % (ACCOUNTS_PER_BIN / 10)) * 10
  const numberOf = (who: Who): string => cardNumber(TEST_BINS.story, firstAccount + Object.keys(PEOPLE).indexOf(who))
  const customerIdOf = (who: Who): string => `story-${who}`

  const customers = Object.keys(PEOPLE).map((who, index): Customer => {
    const { given, family, country, timeZone, language } = PEOPLE[who as Who]
    return {
      customer_id: customerIdOf(who as Who), given_name: given, family_name: family, email: exampleEmail(given, family, index + 1),
      phone: fictionalPhone(country, index + 1), language, time_zone: timeZone, country,
      channels: [], quiet_from: null, quiet_to: null, updated_at: now,
    }
  })
  const cards = Object.keys(PEOPLE).map((who): CardWithNumber => {
    const card_number = numberOf(who as Who)
    const { country, timeZone } = PEOPLE[who as Who]
    return {
      card_number, card_id: tokenOf(card_number), customer_id: customerIdOf(who as Who), card_bin: card_number.slice(0, 6),
      card_last4: card_number.slice(-4), home_country: country, time_zone: timeZone, updated_at: now,
    }
  })
  const steps = SCENES.map(({ minutesAgo, who, title, shop, pays: [amount_minor, currency], entry_mode, expect, answer }, index): StoryStep => {
    const card_number = numberOf(who)
    const occurred_at = new Date(now - minutesAgo * 60_000).toISOString()
    return {
      // In base 36, for a time in digits may look like a card number, which nothing but a card number may.
      id: `story-${now.toString(36)}-${index + 1}`,
      title,
      customer_id: customerIdOf(who),
      card_id: tokenOf(card_number),
      swipe: { card_number, amount_minor, currency, entry_mode, ...shop, occurred_at },
      expect,
      answer: answer ?? null,
    }
  })
  return { customers, cards, steps }
}
