import type { EntryMode, Place } from '@swipestream/contracts'
import { CITIES, type City } from './cities.js'
import type { Random } from './random.js'

/** A shop, in a city or on the web. */
export interface Merchant {
  merchant_id: string
  merchant_name: string
  /** ISO 18245. */
  merchant_category: string
  /** ISO 3166-1 alpha-2. */
  country: string
  /** Where its terminals stand; null for a shop on the web. */
  place: Place | null
  /** Empty for a shop on the web. */
  terminal_ids: string[]
  /** What a purchase costs there, against an everyday one. */
  priceFactor: number
}

interface Trade {
  category: string
  names: readonly string[]
  priceFactor: number
}

/** Kinds of shops people pay in, with their merchant category codes (ISO 18245). */
const TRADES: readonly Trade[] = [
  { category: '5411', names: ['Fresh Market', 'Corner Grocery', 'Daily Basket'], priceFactor: 1.2 },
  { category: '5814', names: ['Noodle Bar', 'Burger Yard', 'Falafel Stop'], priceFactor: 0.4 },
  { category: '5812', names: ['Trattoria', 'Bistro', 'Tandoor House'], priceFactor: 1.3 },
  { category: '5499', names: ['Bakery', 'Cheese & Wine', 'Tea Room'], priceFactor: 0.3 },
  { category: '5541', names: ['Fuel Station', 'Motorway Services'], priceFactor: 2 },
  { category: '5912', names: ['Pharmacy', 'City Chemist'], priceFactor: 0.7 },
  { category: '5651', names: ['Family Clothing', 'Denim Store'], priceFactor: 2.2 },
  { category: '5732', names: ['Electronics Hall', 'Camera Corner'], priceFactor: 4.5 },
  { category: '4111', names: ['Metro Tickets', 'City Bus'], priceFactor: 0.2 },
  { category: '7011', names: ['Grand Hotel', 'Station Hotel'], priceFactor: 5 },
]

const WEB_TRADES: readonly Trade[] = [
  { category: '5942', names: ['Book Cellar', 'Page & Ink'], priceFactor: 0.9 },
  { category: '5815', names: ['Streaming Club', 'Song Library'], priceFactor: 0.4 },
  { category: '5691', names: ['Wardrobe Direct', 'Shoe Post'], priceFactor: 2 },
  { category: '4511', names: ['Sky Fares'], priceFactor: 6 },
]

/** Terminals stand at most so far from the centre, in degrees of latitude: 11 km, less than travel is judged from. */
const CITY_RADIUS_DEGREES = 0.1

/** Shops of every city and of the web. `byCity` has those of `CITIES`, in its order. */
export function openShops(random: Random, perCity: number): { byCity: Merchant[][]; web: Merchant[] } {
  const byCity = CITIES.map((city, cityIndex) =>
    Array.from({ length: perCity }, (_, i) => shopIn(city, `${String(cityIndex).padStart(2, '0')}${String(i).padStart(5, '0')}`, random)))
  const web = Array.from({ length: 24 }, (_, i): Merchant => {
    const trade = random.pick(WEB_TRADES)
    return {
      merchant_id: `mw${String(i).padStart(5, '0')}`,
      merchant_name: `${random.pick(trade.names)} Online`,
      merchant_category: trade.category,
      country: random.pick(CITIES).country,
      place: null,
      terminal_ids: [],
      priceFactor: trade.priceFactor,
    }
  })
  return { byCity, web }
}

function shopIn(city: City, id: string, random: Random): Merchant {
  const trade = random.pick(TRADES)
  const bearing = random.between(0, 2 * Math.PI)
  const distance = CITY_RADIUS_DEGREES * Math.sqrt(random.unit())
  return {
    merchant_id: `mc${id}`,
    merchant_name: `${random.pick(trade.names)} ${city.name}`,
    merchant_category: trade.category,
    country: city.country,
    place: {
      latitude: toFiveDecimals(city.latitude + distance * Math.cos(bearing)),
      longitude: toFiveDecimals(city.longitude + (distance * Math.sin(bearing)) / Math.cos((city.latitude * Math.PI) / 180)),
    },
    terminal_ids: Array.from({ length: 1 + random.below(3) }, (_, i) => `t${id}${i}`),
    priceFactor: trade.priceFactor,
  }
}

/** A terminal's place is known to about a metre. */
const toFiveDecimals = (degrees: number): number => Math.round(degrees * 1e5) / 1e5

/** How a card may be read where a person stands, the usual ways more often. */
export const READ_AT_TERMINAL: readonly EntryMode[] = [
  'contactless', 'contactless', 'contactless', 'contactless', 'chip', 'chip', 'chip', 'magnetic_stripe',
]
