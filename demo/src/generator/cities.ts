/** A city that people live in and travel to. */
export interface City {
  name: string
  /** ISO 3166-1 alpha-2. */
  country: string
  /** Of the centre, degrees, WGS 84. */
  latitude: number
  longitude: number
  /** IANA. */
  timeZone: string
  /** What is paid in there, ISO 4217. */
  currency: Currency
  /** BCP 47. */
  language: string
}

/** What prices are made with: rough prices of one euro, which no result depends on. */
export interface CurrencyFacts {
  unitsPerEuro: number
  /** Decimal places (ISO 4217). */
  digits: number
}

export const CURRENCIES = {
  AED: { unitsPerEuro: 4, digits: 2 }, AUD: { unitsPerEuro: 1.7, digits: 2 }, BRL: { unitsPerEuro: 6, digits: 2 },
  CAD: { unitsPerEuro: 1.5, digits: 2 }, CHF: { unitsPerEuro: 0.95, digits: 2 }, EUR: { unitsPerEuro: 1, digits: 2 },
  GBP: { unitsPerEuro: 0.87, digits: 2 }, HKD: { unitsPerEuro: 8.5, digits: 2 }, INR: { unitsPerEuro: 95, digits: 2 },
  JPY: { unitsPerEuro: 165, digits: 0 }, KRW: { unitsPerEuro: 1550, digits: 0 }, MXN: { unitsPerEuro: 21, digits: 2 },
  PLN: { unitsPerEuro: 4.3, digits: 2 }, SEK: { unitsPerEuro: 11.3, digits: 2 }, SGD: { unitsPerEuro: 1.5, digits: 2 },
  TRY: { unitsPerEuro: 40, digits: 2 }, USD: { unitsPerEuro: 1.1, digits: 2 }, ZAR: { unitsPerEuro: 20, digits: 2 },
} as const satisfies Record<string, CurrencyFacts>

export type Currency = keyof typeof CURRENCIES

/** Whole minor units of the currency that a price in euro is about, at least 1. */
export function minorUnits(euro: number, currency: Currency): number {
  const { unitsPerEuro, digits } = CURRENCIES[currency]
  return Math.max(1, Math.round(euro * unitsPerEuro * 10 ** digits))
}

const city = (
  name: string, country: string, latitude: number, longitude: number, timeZone: string, currency: Currency, language: string,
): City => ({ name, country, latitude, longitude, timeZone, currency, language })

export const CITIES: readonly City[] = [
  city('Berlin', 'DE', 52.52, 13.405, 'Europe/Berlin', 'EUR', 'de'),
  city('Hamburg', 'DE', 53.5511, 9.9937, 'Europe/Berlin', 'EUR', 'de'),
  city('München', 'DE', 48.1374, 11.5755, 'Europe/Berlin', 'EUR', 'de'),
  city('London', 'GB', 51.5072, -0.1276, 'Europe/London', 'GBP', 'en-GB'),
  city('Manchester', 'GB', 53.4808, -2.2426, 'Europe/London', 'GBP', 'en-GB'),
  city('Paris', 'FR', 48.8566, 2.3522, 'Europe/Paris', 'EUR', 'fr'),
  city('Lyon', 'FR', 45.764, 4.8357, 'Europe/Paris', 'EUR', 'fr'),
  city('Madrid', 'ES', 40.4168, -3.7038, 'Europe/Madrid', 'EUR', 'es'),
  city('Barcelona', 'ES', 41.3874, 2.1686, 'Europe/Madrid', 'EUR', 'es'),
  city('Milano', 'IT', 45.4642, 9.19, 'Europe/Rome', 'EUR', 'it'),
  city('Amsterdam', 'NL', 52.3676, 4.9041, 'Europe/Amsterdam', 'EUR', 'nl'),
  city('Bruxelles', 'BE', 50.8477, 4.3572, 'Europe/Brussels', 'EUR', 'fr'),
  city('Wien', 'AT', 48.2082, 16.3738, 'Europe/Vienna', 'EUR', 'de'),
  city('Zürich', 'CH', 47.3769, 8.5417, 'Europe/Zurich', 'CHF', 'de'),
  city('Warszawa', 'PL', 52.2297, 21.0122, 'Europe/Warsaw', 'PLN', 'pl'),
  city('Stockholm', 'SE', 59.3293, 18.0686, 'Europe/Stockholm', 'SEK', 'sv'),
  city('Lisboa', 'PT', 38.7223, -9.1393, 'Europe/Lisbon', 'EUR', 'pt'),
  city('İstanbul', 'TR', 41.0082, 28.9784, 'Europe/Istanbul', 'TRY', 'tr'),
  city('New York', 'US', 40.7128, -74.006, 'America/New_York', 'USD', 'en-US'),
  city('Chicago', 'US', 41.8781, -87.6298, 'America/Chicago', 'USD', 'en-US'),
  city('Los Angeles', 'US', 34.0522, -118.2437, 'America/Los_Angeles', 'USD', 'en-US'),
  city('Toronto', 'CA', 43.6532, -79.3832, 'America/Toronto', 'CAD', 'en-CA'),
  city('Ciudad de México', 'MX', 19.4326, -99.1332, 'America/Mexico_City', 'MXN', 'es-MX'),
  city('São Paulo', 'BR', -23.5558, -46.6396, 'America/Sao_Paulo', 'BRL', 'pt-BR'),
  city('Johannesburg', 'ZA', -26.2041, 28.0473, 'Africa/Johannesburg', 'ZAR', 'en-ZA'),
  city('Dubai', 'AE', 25.2048, 55.2708, 'Asia/Dubai', 'AED', 'en'),
  city('Mumbai', 'IN', 19.076, 72.8777, 'Asia/Kolkata', 'INR', 'en-IN'),
  city('Singapore', 'SG', 1.3521, 103.8198, 'Asia/Singapore', 'SGD', 'en-SG'),
  city('Hong Kong', 'HK', 22.3193, 114.1694, 'Asia/Hong_Kong', 'HKD', 'en'),
  city('Tokyo', 'JP', 35.6762, 139.6503, 'Asia/Tokyo', 'JPY', 'ja'),
  city('Seoul', 'KR', 37.5665, 126.978, 'Asia/Seoul', 'KRW', 'ko'),
  city('Sydney', 'AU', -33.8688, 151.2093, 'Australia/Sydney', 'AUD', 'en-AU'),
]

const CURRENCY_BY_COUNTRY = new Map(CITIES.map(({ country, currency }) => [country, currency]))

/** What is paid in in a country of `CITIES`, by its ISO 3166-1 alpha-2 code. */
export function currencyOf(country: string): Currency {
  const currency = CURRENCY_BY_COUNTRY.get(country)
  if (currency === undefined) throw new RangeError(`no city lies in ${country}`)
  return currency
}

const EARTH_RADIUS_KM = 6371.0088
const radians = (degrees: number): number => (degrees * Math.PI) / 180

/** Great-circle distance between two city centres in km (spherical law of cosines), exact enough to plan journeys. */
export function kmBetween(a: City, b: City): number {
  const cosine =
    Math.sin(radians(a.latitude)) * Math.sin(radians(b.latitude)) +
    Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * Math.cos(radians(b.longitude - a.longitude))
  return EARTH_RADIUS_KM * Math.acos(Math.min(1, Math.max(-1, cosine)))
}
