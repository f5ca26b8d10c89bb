import { minorUnitDigits } from '@swipestream/contracts/money'

/**
 * Units of a currency for one euro, to two digits, as they were at the beginning of 2026. Not for accounts: they put
 * amounts of several currencies on one scale, so that a card's spending can be added up and compared with itself. A
 * card of one currency is compared with itself exactly, whatever the rate; only a card that mixes them sees a rate that
 * has drifted, by as much as it has.
 */
export const UNITS_PER_EURO: Readonly<Record<string, number>> = {
  AED: 4.2, ALL: 98, AMD: 440, ARS: 1_700, AUD: 1.8, AZN: 2, BAM: 2, BDT: 140, BGN: 2, BHD: 0.43, BRL: 6.3, CAD: 1.6,
  CHF: 0.94, CLP: 1_080, CNY: 8.2, COP: 4_500, CRC: 590, CZK: 24, DKK: 7.5, DOP: 74, DZD: 150, EGP: 55, EUR: 1, GBP: 0.87,
  GEL: 3.2, GHS: 12, GTQ: 9, HKD: 9, HUF: 390, IDR: 19_000, ILS: 3.8, INR: 100, ISK: 145, JOD: 0.82, JPY: 180, KES: 150,
  KRW: 1_700, KWD: 0.35, KZT: 610, LKR: 350, MAD: 11, MDL: 20, MKD: 62, MUR: 53, MXN: 21, MYR: 4.8, NGN: 1_700, NOK: 12,
  NZD: 2, OMR: 0.45, PEN: 4, PHP: 68, PKR: 325, PLN: 4.2, QAR: 4.2, RON: 5.1, RSD: 117, SAR: 4.4, SEK: 11, SGD: 1.5, THB: 37,
  TND: 3.4, TRY: 50, TWD: 37, TZS: 2_900, UAH: 49, UGX: 4_200, USD: 1.2, UYU: 46, UZS: 14_000, VND: 30_000, XAF: 656, XOF: 656,
  ZAR: 20,
}

/** Reference cents a minor unit, by currency. */
const factors = new Map(Object.entries(UNITS_PER_EURO).map(([currency, rate]) => [currency, 100 / (10 ** minorUnitDigits(currency) * rate)]))

/** The greatest reference amount, 90 M euros in cents: a greater one counts as this. Its square in euros is still exact. */
export const MAX_REFERENCE = 9_000_000_000

/**
 * An amount in reference cents, about a hundredth of a euro, a whole number; cents themselves for EUR.
 *
 * @returns undefined for a currency without a rate: such a transaction is counted, and adds to no sum and no mean
 */
export function referenceAmount(amountMinor: number, currency: string): number | undefined {
  const factor = factors.get(currency)
  return factor === undefined ? undefined : Math.min(MAX_REFERENCE, Math.round(amountMinor * factor))
}

/** The same of an amount that may not be known: undefined then. */
export function referenceAmountOf({ amount_minor, currency }: { readonly amount_minor: number | null; readonly currency: string | null }): number | undefined {
  return amount_minor === null || currency === null ? undefined : referenceAmount(amount_minor, currency)
}
