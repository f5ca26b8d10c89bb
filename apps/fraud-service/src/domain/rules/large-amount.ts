import { formatAmount, inUnits } from '@swipestream/contracts/money'
import type { Rule } from '../rule.js'

/**
 * Greatest everyday amount by currency (ISO 4217), in minor units: about 1,000 EUR each, rounded to what a person
 * would call a large amount there. They are limits, not exchange rates: they need no update from day to day.
 */
export const LARGE_AMOUNT_LIMITS: Readonly<Record<string, number>> = {
  AED: 400_000, ARS: 150_000_000, AUD: 170_000, BGN: 200_000, BRL: 600_000, CAD: 150_000, CHF: 100_000,
  CLP: 1_000_000, CNY: 800_000, COP: 450_000_000, CZK: 2_500_000, DKK: 750_000, EGP: 5_000_000, EUR: 100_000,
  GBP: 90_000, HKD: 850_000, HUF: 40_000_000, IDR: 1_800_000_000, ILS: 400_000, INR: 9_000_000, ISK: 150_000,
  JPY: 160_000, KRW: 1_500_000, KWD: 300_000, MXN: 2_000_000, MYR: 500_000, NGN: 150_000_000, NOK: 1_150_000,
  NZD: 180_000, PEN: 400_000, PHP: 6_000_000, PLN: 450_000, RON: 500_000, SAR: 400_000, SEK: 1_150_000,
  SGD: 150_000, THB: 4_000_000, TRY: 4_000_000, TWD: 3_500_000, UAH: 4_500_000, USD: 100_000, VND: 27_000_000,
  ZAR: 2_000_000,
}

/** The limit of a currency that has none of its own: 1,000.00 of one with cents. Its use is noted as `default_limit`. */
export const DEFAULT_LIMIT_MINOR = 100_000

export interface LargeAmountOptions {
  /** Limit by ISO 4217 code, in minor units. */
  limits?: Readonly<Record<string, number>>
  /** Limit of any other currency, in minor units. */
  defaultLimit?: number
}

/** Fires when the amount is above the limit of its currency. */
export function largeAmount({ limits = LARGE_AMOUNT_LIMITS, defaultLimit = DEFAULT_LIMIT_MINOR }: LargeAmountOptions = {}): Rule {
  return {
    id: 'large_amount',
    version: 1,
    weight: 600,
    evaluate({ amount_minor: amount, currency }) {
      if (!Number.isSafeInteger(amount)) throw new RangeError(`amount_minor ${amount} is not a whole number of minor units`)
      const ownLimit = Object.hasOwn(limits, currency) ? limits[currency] : undefined
      const limit = ownLimit ?? defaultLimit
      const notes = ownLimit === undefined ? ['default_limit'] : []
      if (amount <= limit) return { notes }

      const shown = formatAmount(limit, currency)
      const which = ownLimit === undefined ? `the default limit of ${shown}, for want of one for ${currency}` : `the limit of ${shown}`
      return {
        fired: {
          text: `The amount ${formatAmount(amount, currency)} is above ${which}.`,
          evidence: [
            { name: 'amount', value: inUnits(amount, currency), unit: currency },
            { name: 'limit', value: inUnits(limit, currency), unit: currency },
          ],
        },
        notes,
      }
    },
  }
}
