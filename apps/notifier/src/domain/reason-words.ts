import type { Reason } from '@swipestream/contracts'

/** Why a payment was stopped, as the customer is told. */
export interface ReasonWords {
  /** A sentence, for the e-mail. */
  readonly sentence: string
  /** A few words of the GSM alphabet, for the SMS. */
  readonly brief: string
}

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

const unusual: ReasonWords = { sentence: 'The payment did not look like your usual ones.', brief: 'unusual payment' }

/**
 * A rule's reason in plain words. Limits and scores stay inside the bank: who reads them learns how to stay below.
 * A rule without words of its own, and one that failed to judge, is "unusual".
 */
export function reasonWords(reason: Reason | undefined): ReasonWords {
  const measured = new Map(reason?.evidence.map(({ name, value }) => [name, value]))
  if (measured.has('error')) return unusual
  switch (reason?.rule_id) {
    case 'impossible_travel':
      return { sentence: travel(measured.get('distance'), measured.get('elapsed')), brief: 'too far from your last payment' }
    case 'large_amount':
      return { sentence: 'The amount is unusually large.', brief: 'unusually large' }
    default:
      return unusual
  }
}

/** @param distance in kilometres @param elapsed in seconds */
function travel(distance: number | string | undefined, elapsed: number | string | undefined): string {
  if (typeof distance !== 'number' || typeof elapsed !== 'number') {
    return 'The card was used too far from its last payment for anyone to have travelled there in time.'
  }
  return `The card was used ${whole.format(distance)} km from its last payment, with ${duration(elapsed)} between the two.`
}

function duration(seconds: number): string {
  const minutes = Math.round(Math.abs(seconds) / 60)
  if (minutes < 1) return 'less than a minute'
  if (minutes < 120) return count(minutes, 'minute')
  const hours = Math.round(minutes / 60)
  return hours < 48 ? count(hours, 'hour') : count(Math.round(hours / 24), 'day')
}

function count(value: number, unit: string): string {
  return `${value} ${unit}${value === 1 ? '' : 's'}`
}
