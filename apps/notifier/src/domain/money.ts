/** Currencies whose minor unit is not a hundredth (ISO 4217 list one, column "minor unit"). */
const MINOR_UNIT_DIGITS: Readonly<Record<string, number>> = {
  BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0, UGX: 0, UYI: 0, VND: 0, VUV: 0,
  XAF: 0, XOF: 0, XPF: 0,
  BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3,
  CLF: 4, UYW: 4,
}

/** By decimals: a format is expensive to make. */
const formats: Intl.NumberFormat[] = []

/**
 * An amount for people to read: code, grouping and the currency's own decimals, such as `EUR 1,499.00` or `JPY 1,499`.
 *
 * The decimals are ISO 4217's, not those of Intl: ICU rounds some currencies to what is used in shops (LBP, IQD), and
 * would then show a hundred or a thousand times the amount. Exact up to 2^53 - 1 minor units, hence text, not division.
 *
 * @param amountMinor whole number of minor units, from 0
 * @param currency ISO 4217 alphabetic code
 */
export function formatAmount(amountMinor: number, currency: string): string {
  const digits = Object.hasOwn(MINOR_UNIT_DIGITS, currency) ? (MINOR_UNIT_DIGITS[currency] as number) : 2
  const units = String(amountMinor).padStart(digits + 1, '0')
  const decimal = digits === 0 ? units : `${units.slice(0, -digits)}.${units.slice(-digits)}`
  const amount = (formats[digits] ??= new Intl.NumberFormat('en', { minimumFractionDigits: digits, maximumFractionDigits: digits }))
  return `${currency} ${amount.format(decimal as Intl.StringNumericLiteral)}`
}
