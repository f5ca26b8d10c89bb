import type { FraudAlert } from '@swipestream/contracts'
import { formatAmount, minorUnitDigits } from '@swipestream/contracts/money'
import { Formats } from '../../app/texts/formats.js'
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
const formatsOf: Readonly<Record<Language, Formats>> = { en: new Formats('en-GB'), de: new Formats('de-DE'), fr: new Formats('fr-FR'), es: new Formats('es-ES') }

export function paymentFacts(alert: FraudAlert, language: Language, timeZone: string | null, words: PageWords): PaymentFacts {
  const { labels } = words
  const formats = formatsOf[language]
  const country = formats.country(alert.country)
  return {
    amount: { label: labels.amount, value: amountText(alert.amount_minor, oneLine(alert.currency, 3), formats.locale) },
    merchant: { label: labels.merchant, value: oneLine(alert.merchant_name ?? '', 80) || words.notNamed },
    ...(country !== undefined && { country: { label: labels.country, value: country } }),
    time: { label: labels.time, value: formats.time(alert.occurred_at, timeZone).full },
    card: { label: labels.card, value: words.cardEnding.replace('{last4}', () => oneLine(alert.card_last4, 4)) },
  }
}

/** With the currency's code, as `$` is the sign of many, and with ISO 4217's decimals; exact, hence from text. */
function amountText(amountMinor: number, currency: string, locale: string): string {
  if (!/^[A-Z]{3}$/.test(currency)) return formatAmount(amountMinor, currency)
  const digits = minorUnitDigits(currency)
  const units = String(amountMinor).padStart(digits + 1, '0')
  const decimal = digits === 0 ? units : `${units.slice(0, -digits)}.${units.slice(-digits)}`
  const format = new Intl.NumberFormat(locale, {
    style: 'currency', currency, currencyDisplay: 'code', minimumFractionDigits: digits, maximumFractionDigits: digits,
  })
  return format.format(decimal as Intl.StringNumericLiteral)
}
