import type { FraudAlert } from '@swipestream/contracts'
import { formatAmount, minorUnitDigits } from '@swipestream/contracts/money'
import { oneLine } from '../../domain/plain-text.js'
import type { Language } from '../../domain/reply-words.js'
import type { PageWords } from './words.js'

/** One line of what is known of a payment. */
export interface Fact {
  readonly label: string
  readonly value: string
}

/** What is known of a payment, in the customer's language and zone. */
export interface PaymentFacts {
  readonly amount: Fact
  readonly merchant: Fact
  readonly country?: Fact
  readonly time: Fact
  readonly card: Fact
}

/** Days before months also in English, as the house writes it. */
const locales: Readonly<Record<Language, string>> = { en: 'en-GB', de: 'de-DE', fr: 'fr-FR', es: 'es-ES' }

export function paymentFacts(alert: FraudAlert, language: Language, timeZone: string | null, words: PageWords): PaymentFacts {
  const { labels } = words
  const country = countryName(alert.country, language)
  return {
    amount: { label: labels.amount, value: amountText(alert.amount_minor, oneLine(alert.currency, 3), language) },
    merchant: { label: labels.merchant, value: oneLine(alert.merchant_name ?? '', 80) || words.notNamed },
    ...(country !== undefined && { country: { label: labels.country, value: country } }),
    time: { label: labels.time, value: timeText(alert.occurred_at, language, timeZone) },
    card: { label: labels.card, value: words.cardEnding.replace('{last4}', () => oneLine(alert.card_last4, 4)) },
  }
}

/** With the currency's code, as `$` is the sign of many, and with ISO 4217's decimals; exact, hence from text. */
function amountText(amountMinor: number, currency: string, language: Language): string {
  if (!/^[A-Z]{3}$/.test(currency)) return formatAmount(amountMinor, currency)
  const digits = minorUnitDigits(currency)
  const units = String(amountMinor).padStart(digits + 1, '0')
  const decimal = digits === 0 ? units : `${units.slice(0, -digits)}.${units.slice(-digits)}`
  const format = new Intl.NumberFormat(locales[language], {
    style: 'currency', currency, currencyDisplay: 'code', minimumFractionDigits: digits, maximumFractionDigits: digits,
  })
  return format.format(decimal as Intl.StringNumericLiteral)
}

/** @param timeZone IANA; one that is not known, or null, is UTC, and the text says so */
function timeText(at: number, language: Language, timeZone: string | null): string {
  const options = { day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit', timeZoneName: 'short' } as const
  try {
    return new Intl.DateTimeFormat(locales[language], { ...options, timeZone: timeZone ?? 'UTC' }).format(at)
  } catch (error) {
    if (error instanceof RangeError) return new Intl.DateTimeFormat(locales[language], { ...options, timeZone: 'UTC' }).format(at)
    throw error
  }
}

/** @param code ISO 3166-1 alpha-2; null and what is no code have no name */
function countryName(code: string | null, language: Language): string | undefined {
  if (code === null || !/^[A-Z]{2}$/.test(code)) return undefined
  return new Intl.DisplayNames(locales[language], { type: 'region', fallback: 'none' }).of(code)
}
