import type { FraudAlert } from '@swipestream/contracts'
import type { Language } from '../../app/texts/language.js'
import { paymentValues } from '../../app/texts/values.js'

/** What is known of a payment, in the customer's language and zone. */
export interface PaymentFacts {
  readonly amount: string
  /** Line by line. */
  readonly others: readonly { readonly label: string; readonly value: string }[]
}

export function paymentFacts(alert: FraudAlert, language: Language, timeZone: string | null): PaymentFacts {
  const { words } = language
  const { amount, merchant, country, time, last4 } = paymentValues(alert, true, { given_name: null, time_zone: timeZone, language: null }, language)
  const lines = [
    { label: words.say('fact.merchant'), value: merchant || words.say('fact.merchant.unnamed') },
    { label: words.say('fact.country'), value: country },
    { label: words.say('fact.time'), value: time },
    { label: words.say('page.fact.card'), value: words.say('page.card', { last4 }) },
  ]
  return { amount, others: lines.filter(({ value }) => value !== '') }
}
