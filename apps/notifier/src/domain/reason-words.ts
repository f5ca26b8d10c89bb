import type { Reason } from '@swipestream/contracts'

/** Why a payment was stopped, as the customer is told. */
export interface ReasonWords {
  /** A sentence, for the e-mail. */
  readonly sentence: string
  /** A few words of the GSM alphabet, for the SMS. */
  readonly brief: string
}

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

const words = (sentence: string, brief: string): ReasonWords => ({ sentence, brief })

const unusual = words('The payment did not look like your usual ones.', 'unusual payment')
const large = words('The amount is unusually large.', 'unusually large')
const largeForTheCard = words('The amount is much larger than what is usually paid with the card.', 'more than you usually pay')
/** No shop is accused: a terminal may have been tampered with without its knowledge. */
const terminal = words('Fraud was reported lately where the card was used.', 'fraud was reported there')

/** The model saw many things together: none of them alone is the reason. */
const pattern = words('The payment looks like others that were fraud.', 'looks like known fraud')

/** Words by rule. Rules that look at the same thing share theirs: an e-mail says each sentence once. */
const byRule: ReadonlyMap<string, (reason: Reason) => ReasonWords> = new Map([
  ['impossible_travel', (reason: Reason) => words(travel(reason), 'too far from your last payment')],
  ...Object.entries({
    notable_amount: large,
    large_amount: large,
    amount_above_history: largeForTheCard,
    amount_against_history: largeForTheCard,
    amount_far_above_history: largeForTheCard,
    uneven_spending: words('Several amounts of the last days were larger than what is usually paid with the card.', 'larger amounts than usual'),
    velocity: words('The card was used very often within a short time.', 'used very often'),
    card_testing: words('Several very small payments came right before this one.', 'small payments right before'),
    unusual_location: words('The card was used in a country where it was not used before.', 'first use in this country'),
    risky_merchant_category: words('The card is not usually used for payments of this kind.', 'unusual kind of payment'),
    risky_terminal: terminal,
    unbroken_terminal: terminal,
    everyday_fraud_terminal: terminal,
    place_off_earth: words('The place of the payment could not be checked.', 'place could not be checked'),
    blocked_card: words('The card is blocked.', 'the card is blocked'),
    model_risk: pattern,
    model_risk_high: pattern,
    model_risk_certain: pattern,
  }).map(([rule, said]) => [rule, () => said] as const),
])

/**
 * A rule's reason in plain words. Limits and scores stay inside the bank: who reads them learns how to stay below.
 * A rule without words of its own, and one that failed to judge, is "unusual".
 */
export function reasonWords(reason: Reason | undefined): ReasonWords {
  if (reason === undefined || reason.evidence.some(({ name }) => name === 'error')) return unusual
  return byRule.get(reason.rule_id)?.(reason) ?? unusual
}

/** By the distance, in kilometres, and the speed, in km/h, that the rule saw: the time between follows from both. */
function travel({ evidence }: Reason): string {
  const measured = new Map(evidence.map(({ name, value }) => [name, value]))
  const km = measured.get('tx.distance_km')
  const kmh = measured.get('tx.speed_kmh')
  if (typeof km !== 'number' || typeof kmh !== 'number' || kmh <= 0) {
    return 'The card was used too far from its last payment for anyone to have travelled there in time.'
  }
  return `The card was used ${whole.format(km)} km from its last payment, with ${duration((km / kmh) * 3600)} between the two.`
}

function duration(seconds: number): string {
  const minutes = Math.round(seconds / 60)
  if (minutes < 1) return 'less than a minute'
  if (minutes < 120) return count(minutes, 'minute')
  const hours = Math.round(minutes / 60)
  return hours < 48 ? count(hours, 'hour') : count(Math.round(hours / 24), 'day')
}

function count(value: number, unit: string): string {
  return `${value} ${unit}${value === 1 ? '' : 's'}`
}
