import type { EntryMode, Place } from '@swipestream/contracts'
import { currencies } from '@swipestream/contracts/money'

/** What stands in a cell of a CSV, or under a name in a line of NDJSON, as a value of our own. @throws NotA */
export type Read<T> = (value: unknown) => T

/** Says what should have stood there. */
export class NotA extends Error {
  override readonly name = 'NotA'
}

const matching = (pattern: RegExp, what: string): Read<string> => (value) => {
  // CSV has no types, and ids of digits are numbers to some who write JSON
  const text = typeof value === 'number' ? String(value) : value
  if (typeof text !== 'string' || !pattern.test(text)) throw new NotA(what)
  return text
}

export const asId = matching(/^[\x21-\x7e]{1,200}$/, 'an id of 1 to 200 printable ASCII characters without blanks')
export const asText = matching(/^.{1,200}$/u, 'a text of 1 to 200 characters')
export const asBin = matching(/^\d{6}$/, '6 digits')
export const asLast4 = matching(/^\d{4}$/, '4 digits')
export const asCategory = matching(/^\d{4}$/, 'a merchant category code of 4 digits (ISO 18245)')
export const asCountry = matching(/^[A-Z]{2}$/, 'a country code of 2 capital letters (ISO 3166-1 alpha-2)')

const known = new Set(currencies)
export const asCurrency: Read<string> = (value) => {
  if (typeof value !== 'string' || !known.has(value)) throw new NotA('a currency code (ISO 4217)')
  return value
}

/** Whole minor units. 0 is none that transactions-api takes, and stands in files for a card that was only checked. */
export const asMinorUnits: Read<number> = (value) => {
  const minor = typeof value === 'number' ? value : typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : Number.NaN
  if (!Number.isSafeInteger(minor) || minor < 0) throw new NotA('a whole number of minor units, from 0')
  return minor
}

/** Cents of a decimal amount with a point, digit by digit: 146.00 and 146 are 14600, 57.1 is 5710. */
export const asCents: Read<number> = (value) => {
  const [, whole, cents = ''] = /^(\d+)(?:\.(\d{1,2}))?$/.exec(String(value)) ?? []
  const minor = whole === undefined ? Number.NaN : Number(whole + cents.padEnd(2, '0'))
  if (!Number.isSafeInteger(minor)) throw new NotA('an amount with a decimal point and at most 2 decimals')
  return minor
}

const entryModes: ReadonlyMap<unknown, EntryMode> = new Map((['chip', 'contactless', 'magnetic_stripe', 'manual', 'ecommerce', 'unknown'] as const).map((mode) => [mode, mode]))
export const asEntryMode: Read<EntryMode> = (value) => {
  const mode = entryModes.get(value)
  if (mode === undefined) throw new NotA(`one of ${[...entryModes.keys()].join(', ')}`)
  return mode
}

const asDegrees = (limit: number): Read<number> => (value) => {
  const degrees = typeof value === 'number' ? value : typeof value === 'string' && /^[+-]?\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN
  if (!(Math.abs(degrees) <= limit)) throw new NotA(`degrees from -${limit} to ${limit}`)
  return degrees
}
export const asLatitude = asDegrees(90)
export const asLongitude = asDegrees(180)

export const asPlace: Read<Place> = (value) => {
  if (typeof value !== 'object' || value === null || !('latitude' in value) || !('longitude' in value)) throw new NotA('an object of latitude and longitude')
  return { latitude: asLatitude(value.latitude), longitude: asLongitude(value.longitude) }
}

/** Milliseconds since the Unix epoch, as the contract has it, or ISO 8601 with the offset from UTC. */
export const asTime: Read<number> = (value) => {
  const at = typeof value === 'number' ? value : typeof value === 'string' ? momentOf(value) : Number.NaN
  if (!Number.isSafeInteger(at) || Math.abs(at) > 8_640_000_000_000_000) {
    throw new NotA('a time: ISO 8601 with its offset from UTC, such as 2018-04-01T00:00:31Z, or milliseconds since the Unix epoch')
  }
  return at
}

function momentOf(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)T\d\d:\d\d:\d\d(?:\.\d{1,3})?(?:Z|[+-]\d\d:\d\d)$/.exec(text) ?? []
  // Date.parse takes a 30th of February for a day of March.
  const exists = Number(day) <= 28 || Number(day) <= new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()
  return exists ? Date.parse(text) : Number.NaN
}

const labels: ReadonlyMap<string, boolean> = new Map([
  ['1', true], ['true', true], ['fraud', true], ['confirmed_fraud', true], ['0', false], ['false', false], ['legitimate', false],
])
/** What the transaction was, by the words of files and of `fraud_feedback`. */
export const asFraud: Read<boolean> = (value) => {
  const fraud = labels.get(String(value))
  if (fraud === undefined) throw new NotA(`a label: one of ${[...labels.keys()].join(', ')}, or nothing`)
  return fraud
}
