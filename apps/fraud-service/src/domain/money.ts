/** Currencies whose minor unit is not a hundredth (ISO 4217 list one, column "minor unit"). */
const MINOR_UNIT_DIGITS: Readonly<Record<string, number>> = {
  BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0, UGX: 0, UYI: 0, VND: 0, VUV: 0,
  XAF: 0, XOF: 0, XPF: 0,
  BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3,
  CLF: 4, UYW: 4,
}

/** Decimal places of a currency (ISO 4217); 2 for one this table does not name. */
export function minorUnitDigits(currency: string): number {
  return MINOR_UNIT_DIGITS[currency] ?? 2
}

/** An amount of minor units in the currency's own unit: 150000 cents are 1500 EUR, 1500 yen are 1500 JPY. */
export function inUnits(amountMinor: number, currency: string): number {
  return amountMinor / 10 ** minorUnitDigits(currency)
}

/** An amount for people to read, such as `EUR 1,500.00`. */
export function formatMoney(amountMinor: number, currency: string): string {
  const digits = minorUnitDigits(currency)
  const amount = inUnits(amountMinor, currency)
  return `${currency} ${amount.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })}`
}
