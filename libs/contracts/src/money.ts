/**
 * ISO 4217 list one (current currencies and funds) as SIX, the maintenance agency, published it on 2026-01-01, without
 * the 13 codes that have no minor unit (metals, test codes, `XXX`): an amount in minor units cannot be one of them.
 */
export const currencies = (
  'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CLF ' +
  'CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF ' +
  'IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT ' +
  'MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD ' +
  'SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS ' +
  'VED VES VND VUV WST XAD XAF XCD XCG XOF XPF YER ZAR ZMW ZWG'
).split(' ')

/** Currencies whose minor unit is not a hundredth (ISO 4217 list one, column "minor unit"). */
const MINOR_UNIT_DIGITS = new Map(Object.entries({
  BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0, UGX: 0, UYI: 0, VND: 0, VUV: 0,
  XAF: 0, XOF: 0, XPF: 0,
  BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3,
  CLF: 4, UYW: 4,
}))

/** Decimal places of a currency (ISO 4217); 2 for one this table does not name. */
export function minorUnitDigits(currency: string): number {
  return MINOR_UNIT_DIGITS.get(currency) ?? 2
}

const powersOfTen = [1, 10, 100, 1_000, 10_000] as const

/** An amount of minor units in the currency's own unit: 150000 cents are 1500 EUR, 1500 yen are 1500 JPY. */
export function inUnits(amountMinor: number, currency: string): number {
  return amountMinor / (powersOfTen[minorUnitDigits(currency)] as number)
}

/** `1499` as `1,499`: a whole number with its digits in groups of three. */
export function groupDigits(digits: string): string {
  let first = digits.length % 3
  if (first === 0) first = 3
  let grouped = digits.slice(0, first)
  for (let i = first; i < digits.length; i += 3) grouped += `,${digits.slice(i, i + 3)}`
  return grouped
}

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
  const digits = minorUnitDigits(currency)
  const units = String(amountMinor).padStart(digits + 1, '0')
  if (digits === 0) return `${currency} ${groupDigits(units)}`
  return `${currency} ${groupDigits(units.slice(0, -digits))}.${units.slice(-digits)}`
}
