import type { Reason } from '@swipestream/contracts'
import type { Words } from './catalogue.js'
import type { Formats } from './formats.js'
import type { PhraseKey } from './phrases.js'

/** Keys that have a sentence (`reason.…`) and a few words for an SMS (`sms.reason.…`). */
type ReasonName = PhraseKey extends infer Key ? (Key extends `sms.reason.${infer Name}` ? Name : never) : never

/** By rule. Rules that look at the same thing share their words: an e-mail says each sentence once. */
const byRule: ReadonlyMap<string, ReasonName> = new Map(Object.entries({
  impossible_travel: 'tooFar',
  notable_amount: 'large',
  large_amount: 'large',
  amount_above_history: 'largeForCard',
  amount_against_history: 'largeForCard',
  amount_far_above_history: 'largeForCard',
  uneven_spending: 'largerLately',
  velocity: 'often',
  card_testing: 'smallBefore',
  unusual_location: 'newCountry',
  risky_merchant_category: 'unusualKind',
  // No shop is accused: a terminal may have been tampered with without its knowledge.
  risky_terminal: 'fraudThere',
  unbroken_terminal: 'fraudThere',
  everyday_fraud_terminal: 'fraudThere',
  place_off_earth: 'placeUnknown',
  blocked_card: 'blocked',
  // The model saw many things together: none of them alone is the reason.
  model_risk: 'pattern',
  model_risk_high: 'pattern',
  model_risk_certain: 'pattern',
} satisfies Record<string, ReasonName>))

/** A rule without words of its own, and one that failed to judge, is "unusual". */
function nameOf(reason: Reason | undefined): ReasonName {
  if (reason === undefined || reason.evidence.some(({ name }) => name === 'error')) return 'unusual'
  return byRule.get(reason.rule_id) ?? 'unusual'
}

/**
 * Why a payment was stopped, as the customer is told: a sentence a reason, each once. Limits and scores stay inside the
 * bank: who reads them learns how to stay below.
 */
export function reasonSentences(reasons: readonly Reason[], words: Words, formats: Formats): string {
  const told = reasons.length === 0 ? [undefined] : reasons
  return [...new Set(told.map((reason) => sentence(reason, words, formats)))].join(' ')
}

/** The first reason in a few words. */
export function briefReason(reasons: readonly Reason[], words: Words): string {
  return words.say(`sms.reason.${nameOf(reasons[0])}`)
}

function sentence(reason: Reason | undefined, words: Words, formats: Formats): string {
  const name = nameOf(reason)
  const journey = reason !== undefined && name === 'tooFar' ? journeyOf(reason) : undefined
  if (journey === undefined) return words.say(`reason.${name}`)
  return words.say('reason.journey', { distance: formats.whole(journey.km), duration: duration(journey.seconds, words) })
}

/** By the distance, in kilometres, and the speed, in km/h, that the rule saw: the time between follows from both. */
function journeyOf({ evidence }: Reason): { readonly km: number; readonly seconds: number } | undefined {
  const measured = new Map(evidence.map(({ name, value }) => [name, value]))
  const km = measured.get('tx.distance_km')
  const kmh = measured.get('tx.speed_kmh')
  return typeof km !== 'number' || typeof kmh !== 'number' || !(kmh > 0) ? undefined : { km, seconds: (km / kmh) * 3600 }
}

function duration(seconds: number, words: Words): string {
  const minutes = Math.round(seconds / 60)
  if (minutes < 1) return words.say('duration.moment')
  if (minutes < 120) return words.say('duration.minutes', { count: minutes })
  const hours = Math.round(minutes / 60)
  return hours < 48 ? words.say('duration.hours', { count: hours }) : words.say('duration.days', { count: Math.round(hours / 24) })
}
