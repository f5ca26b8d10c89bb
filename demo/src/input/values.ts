import type { EntryMode } from '@swipestream/contracts'
import { isLuhnValid } from '../generator/card-number.js'

/** Reads the text of one cell; throws `NotA` when it is not what the column holds. */
export type Read<T> = (text: string) => T

/** Says what a cell should have held. */
export class NotA extends Error {
  override readonly name = 'NotA'
}

function matching(pattern: RegExp, what: string): Read<string> {
  return (text) => {
    if (!pattern.test(text)) throw new NotA(what)
    return text
  }
}

/** 12 to 19 digits with a check digit that fits. */
export const asCardNumber: Read<string> = (text) => {
  if (!/^\d{12,19}$/.test(text) || !isLuhnValid(text)) throw new NotA('a card number of 12 to 19 digits with a valid check digit (Luhn)')
  return text
}

export const asText = matching(/^.{1,200}$/u, 'a text of 1 to 200 characters')
/** Short enough for the API's ids, and fit for an HTTP header. */
export const asId = matching(/^[\x21-\x7e]{1,60}$/, 'an id of 1 to 60 printable ASCII characters without blanks')
export const asCurrency = matching(/^[A-Z]{3}$/, 'a currency code of 3 capital letters (ISO 4217)')
export const asCountry = matching(/^[A-Z]{2}$/, 'a country code of 2 capital letters (ISO 3166-1 alpha-2)')
export const asCategory = matching(/^\d{4}$/, 'a merchant category code of 4 digits (ISO 18245)')

/** An account under a BIN: no zeros in front, for `7` and `007` would be one card. */
export const asCustomerNumber: Read<number> = (text) => {
  if (!/^(0|[1-9]\d{0,8})$/.test(text)) throw new NotA('a whole number from 0 to 999999999 without zeros in front')
  return Number(text)
}

/** Whole minor units, from 1. */
export const asMinorUnits: Read<number> = (text) => {
  const minor = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (!Number.isSafeInteger(minor) || minor < 1) throw new NotA('a whole number of minor units from 1 to 9007199254740991')
  return minor
}

/** Cents of a decimal amount with a point, read digit by digit: 146.00 and 146 are 14600, 57.1 is 5710. From 1 cent. */
export const asCents: Read<number> = (text) => {
  const [, whole, cents = ''] = /^(\d+)(?:\.(\d{1,2}))?$/.exec(text) ?? []
  const minor = whole === undefined ? Number.NaN : Number(whole + cents.padEnd(2, '0'))
  if (!Number.isSafeInteger(minor) || minor < 1) throw new NotA('an amount above 0 with a decimal point and at most 2 decimals')
  return minor
}

const ENTRY_MODES = ['chip', 'contactless', 'magnetic_stripe', 'manual', 'ecommerce', 'unknown'] as const satisfies readonly EntryMode[]

export const asEntryMode: Read<EntryMode> = (text) => {
  const mode = ENTRY_MODES.find((known) => known === text)
  if (mode === undefined) throw new NotA(`one of ${ENTRY_MODES.join(', ')}`)
  return mode
}

function asDegrees(limit: number): Read<number> {
  return (text) => {
    const degrees = /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
    if (!(Math.abs(degrees) <= limit)) throw new NotA(`degrees from -${limit} to ${limit}`)
    return degrees
  }
}

export const asLatitude = asDegrees(90)
export const asLongitude = asDegrees(180)

/** A time with its offset from UTC, as it stands (ISO 8601). */
export const asTime: Read<string> = (text) => {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)T\d\d:\d\d:\d\d(?:\.\d{1,3})?(?:Z|[+-]\d\d:\d\d)$/.exec(text) ?? []
  // Date.parse takes a 30th of February for a day of March.
  const exists = Number(day) <= new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()
  if (!exists || Number.isNaN(Date.parse(text))) throw new NotA('a time with its offset from UTC, such as 2018-04-01T00:00:31Z (ISO 8601)')
  return text
}
