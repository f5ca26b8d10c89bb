import type { FraudAlert } from '@swipestream/contracts'
import { oneLine } from '../../domain/plain-text.js'
import { isOfBlockedCard } from '../../domain/routing.js'
import type { Addressee } from '../../domain/to-tell.js'
import type { Language } from './language.js'
import type { Fact } from './layouts.js'
import type { PhraseKey } from './phrases.js'
import { reasonSentences } from './reasons.js'

/** Whether, as `select` of a phrase asks. */
export const yesNo = (holds: boolean): 'yes' | 'no' => (holds ? 'yes' : 'no')

/** What phrases of a payment are told with. All that came from outside is one line without control characters. */
export interface PaymentValues extends Readonly<Record<string, string>> {
  readonly outcome: 'declined' | 'review'
  readonly isBlocked: 'yes' | 'no'
  readonly isAsked: 'yes' | 'no'
  readonly amount: string
  readonly last4: string
  readonly hasMerchant: 'yes' | 'no'
  readonly merchant: string
  readonly hasCountry: 'yes' | 'no'
  readonly country: string
  readonly time: string
  readonly when: string
}

export function paymentValues(alert: FraudAlert, isAsked: boolean, to: Addressee, { formats }: Language): PaymentValues {
  const merchant = oneLine(alert.merchant_name ?? '', 60)
  const country = formats.country(alert.country) ?? ''
  const { full, brief } = formats.time(alert.occurred_at, to.time_zone)
  return {
    outcome: alert.outcome === 'decline' ? 'declined' : 'review',
    // A blocked card stays blocked, whoever used it.
    isBlocked: yesNo(alert.outcome === 'decline' && isOfBlockedCard(alert)),
    isAsked: yesNo(isAsked),
    amount: formats.amount(alert.amount_minor, oneLine(alert.currency, 3)),
    last4: oneLine(alert.card_last4, 4),
    hasMerchant: yesNo(merchant !== ''),
    merchant,
    hasCountry: yesNo(country !== ''),
    country,
    time: full,
    when: brief,
  }
}

/** What happened, line by line. */
export function paymentFacts(alert: FraudAlert, values: PaymentValues, language: Language): readonly Fact[] {
  const { words, formats } = language
  return factsOf(language, [
    ['fact.amount', values.amount],
    ['fact.merchant', values.merchant || words.say('fact.merchant.unnamed')],
    ['fact.country', values.country],
    ['fact.time', values.time],
    ['fact.reason', reasonSentences(alert.reasons, words, formats)],
  ])
}

/** Those that have a value. */
export function factsOf({ words }: Language, facts: readonly (readonly [key: PhraseKey, value: string])[]): readonly Fact[] {
  const labelled = facts.filter(([, value]) => value !== '').map(([key, value]) => {
    const label = words.say(key)
    return { label, aligned: words.say('fact.label', { label }), value }
  })
  const width = Math.max(...labelled.map(({ aligned }) => [...aligned].length))
  return labelled.map((fact) => ({ ...fact, aligned: fact.aligned.padEnd(width) }))
}
