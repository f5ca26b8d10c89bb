import { minorUnitDigits } from '@swipestream/contracts/money'

/** A moment as a clock on the customer's wall shows it. */
export interface LocalTime {
  /** `3 March 2026 at 14:05 CET` */
  readonly full: string
  /** `3 Mar 14:05` */
  readonly brief: string
}

interface Clock {
  readonly full: Intl.DateTimeFormat
  readonly brief: Intl.DateTimeFormat
}

/** How amounts, moments, countries and numbers are written. */
export class Formats {
  /** Formats are expensive to make, and there are some 400 zones. */
  readonly #clocks = new Map<string, Clock>()
  readonly #amounts = new Map<number, Intl.NumberFormat>()
  readonly #whole: Intl.NumberFormat
  readonly #countries: Intl.DisplayNames

  /** @param locale BCP 47 */
  constructor(readonly locale: string) {
    this.#whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })
    this.#countries = new Intl.DisplayNames(locale, { type: 'region', fallback: 'none' })
  }

  /**
   * An amount with its currency's code, exact up to 2^53 - 1 minor units, with as many decimals as ISO 4217 says: those
   * of Intl are what is used in shops (LBP, IQD), and would show a hundred or a thousand times the amount.
   *
   * @param amountMinor whole number of minor units
   */
  amount(amountMinor: number, currency: string): string {
    const digits = minorUnitDigits(currency)
    let format = this.#amounts.get(digits)
    if (!format) {
      // Any currency: its code is replaced below, for one that Intl does not take is shown all the same.
      const decimals = { minimumFractionDigits: digits, maximumFractionDigits: digits }
      format = new Intl.NumberFormat(this.locale, { style: 'currency', currency: 'EUR', currencyDisplay: 'code', useGrouping: 'always', ...decimals })
      this.#amounts.set(digits, format)
    }
    const units = String(amountMinor).padStart(digits + 1, '0')
    const exact = (digits === 0 ? units : `${units.slice(0, -digits)}.${units.slice(-digits)}`) as Intl.StringNumericLiteral
    return oneBlank(format.formatToParts(exact).map(({ type, value }) => (type === 'currency' ? currency : value)).join(''))
  }

  /**
   * @param at milliseconds since the epoch
   * @param timeZone IANA; one that is not known, or null, is UTC, and both texts then say so
   */
  time(at: number, timeZone: string | null): LocalTime {
    const known = timeZone === null ? undefined : this.#clock(timeZone)
    const { full, brief } = known ?? this.#utc()
    return { full: oneBlank(full.format(at)), brief: oneBlank(brief.format(at)).replace(',', '') + (known ? '' : ' UTC') }
  }

  /** @param code ISO 3166-1 alpha-2; null and what is no code have no name */
  country(code: string | null): string | undefined {
    return code !== null && /^[A-Z]{2}$/.test(code) ? this.#countries.of(code) : undefined
  }

  /** How long something lasted, as people say it: `42 seconds`, `5 minutes`, `3 hours`. @param ms milliseconds */
  duration(ms: number): string {
    const [value, unit] = ms < 120_000 ? [ms / 1_000, 'second'] : ms < 7_200_000 ? [ms / 60_000, 'minute'] : [ms / 3_600_000, 'hour']
    return oneBlank(new Intl.NumberFormat(this.locale, { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 0 }).format(Math.max(0, value)))
  }

  whole(value: number): string {
    return oneBlank(this.#whole.format(value))
  }

  #utc(): Clock {
    const clock = this.#clock('UTC')
    if (!clock) throw new Error('this system has no UTC')
    return clock
  }

  #clock(timeZone: string): Clock | undefined {
    const known = this.#clocks.get(timeZone)
    if (known) return known
    const time = { hour: '2-digit', minute: '2-digit', timeZone } as const
    try {
      const clock = {
        full: new Intl.DateTimeFormat(this.locale, { day: 'numeric', month: 'long', year: 'numeric', timeZoneName: 'short', ...time }),
        brief: new Intl.DateTimeFormat(this.locale, { day: 'numeric', month: 'short', ...time }),
      }
      this.#clocks.set(timeZone, clock)
      return clock
    } catch (error) {
      if (error instanceof RangeError) return undefined
      throw error
    }
  }
}

/** Intl writes several kinds of blanks, which are searched for in vain, and which the alphabet of an SMS lacks. */
function oneBlank(text: string): string {
  return text.replaceAll(/\s/gu, ' ')
}
