/** A card number as payment networks know it: 12 to 19 digits, Luhn-valid. Held only while a request is answered. */
export type CardNumber = string & { readonly __brand: 'CardNumber' }

/** How a card number may be written: digits, with blanks and dashes between them. For JSON Schema, too. */
export const cardNumberPattern = /^[ -]*(?:[0-9][ -]*){12,19}$/

/**
 * Reads a card number; undefined when it is not 12 to 19 digits (ISO/IEC 7812-1 primary account number, blanks and
 * dashes apart) or its check digit is wrong.
 */
export function parseCardNumber(text: string): CardNumber | undefined {
  if (!cardNumberPattern.test(text)) return undefined
  const digits = text.replaceAll(/[ -]/g, '')
  return isLuhnValid(digits) ? (digits as CardNumber) : undefined
}

/** Whether the check digit, the last one, fits the others (ISO/IEC 7812-1 annex B). `digits`: ASCII digits only. */
export function isLuhnValid(digits: string): boolean {
  let sum = 0
  for (let fromRight = 0; fromRight < digits.length; fromRight++) {
    const digit = digits.charCodeAt(digits.length - 1 - fromRight) - 48
    const weighted = fromRight % 2 === 1 ? digit * 2 : digit
    sum += weighted > 9 ? weighted - 9 : weighted
  }
  return sum % 10 === 0
}

/** First 6 digits: the issuer (ISO/IEC 7812-1). */
export function binOf(cardNumber: CardNumber): string {
  return cardNumber.slice(0, 6)
}

/** Last 4 digits, as printed on receipts. */
export function last4Of(cardNumber: CardNumber): string {
  return cardNumber.slice(-4)
}

/** Whether a text holds the card number, also with blanks or dashes between its digits. */
export function holdsCardNumber(text: string, cardNumber: CardNumber): boolean {
  // Most texts are shorter than any card number, and are done with here.
  return text.length >= cardNumber.length && text.replaceAll(/[ -]/g, '').includes(cardNumber)
}
