import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import type { ReadPhone } from '../domain/bank/phone.js'

/** Kinds of numbers that take no SMS, or that nobody gives as their own. */
const neverText = new Set(['PREMIUM_RATE', 'TOLL_FREE', 'SHARED_COST', 'VOICEMAIL', 'UAN', 'PAGER'])
/** Digits after the country code of what can be a number although no list has it. */
const fewestDigits = 7

/**
 * A number counts when libphonenumber knows its range, or when it has a length that its country uses: ranges are opened
 * faster than lists are released. A number refused in error keeps a customer from hearing of a fraud; one taken in error
 * costs one message, and notifier goes on to the next channel. Fixed lines count, for many networks take SMS for them;
 * premium, toll-free and service numbers do not, nor does a line behind an extension.
 */
export const readPhone: ReadPhone = (text, country) => {
  // What stands before a number says what it is ("tel.", "Handy:"); what stands behind may change it, and is not cut off.
  const number = parsePhoneNumberFromString(text.normalize('NFKC').replace(/^[^+\p{Nd}(]+/u, ''), {
    ...(country !== undefined && isSupportedCountry(country) ? { defaultCountry: country as CountryCode } : {}),
    extract: false,
  })
  if (number === undefined || number.ext !== undefined || !number.isPossible()) return undefined
  if (number.isValid()) return neverText.has(number.getType() ?? '') ? undefined : number.number
  return number.nationalNumber.length < fewestDigits ? undefined : number.number
}
