import { alphabetOf, fitInto, roomOf, segmentsOf, sizeOf } from '../../domain/sms-segments.js'
import type { Addressee, AskedAlert, Question, ToTell } from '../../domain/to-tell.js'
import { inAlphabet, type Words } from './catalogue.js'
import { confirmationValues, digestValues, noContactValues, opsValues } from './content.js'
import type { Language } from './language.js'
import { briefReason } from './reasons.js'
import { paymentValues } from './values.js'

/** So much of a longer name must be left that it still says something: `Orcha...`. */
const LEAST_OF_A_NAME = 8

/** What can be left out of an SMS, or told in part. */
interface Droppable {
  /** From outside, of any length; empty when there is none. */
  readonly name: string
  readonly reason: string
}

/** An SMS: no name of the customer, no address. As few segments as what must be said takes; one, as a rule. */
export function smsOf(what: ToTell, to: Addressee, language: Language): string {
  const { words } = language
  switch (what.kind) {
    case 'alert': {
      const values = paymentValues(what.alert, what.question !== null, to, language)
      const ask = askOf('sms.ask', what.question, words)
      const droppable = { name: values.merchant, reason: briefReason(what.alert.reasons, words) }
      return fitted(words, droppable, (kept) => words.say('sms.alert', { ...values, ...shown(kept), ask }))
    }
    case 'digest': {
      const values = digestValues(what.alerts, to, language)
      const latest = what.alerts.at(-1) as AskedAlert
      const ask = askOf(what.alerts.length === 1 ? 'sms.ask' : 'sms.askLatest', latest.question, words)
      const droppable = { name: values.merchant, reason: briefReason(latest.alert.reasons, words) }
      return fitted(words, droppable, (kept) => words.say('sms.digest', { ...values, ...shown(kept), ask }))
    }
    case 'confirmation': {
      const values = confirmationValues(what, to, language)
      return fitted(words, { name: values.merchant, reason: '' }, (kept) => words.say('sms.confirmation', { ...values, ...shown(kept) }))
    }
    case 'no_contact': {
      const values = noContactValues(what.alert, to, language)
      return fitted(words, { name: values.merchant, reason: '' }, (kept) => words.say('sms.no_contact', { ...values, ...shown(kept) }))
    }
    case 'ops': {
      const values = opsValues(what.alerts, language)
      return fitted(words, { name: values.summary, reason: '' }, ({ name }) => words.say('sms.ops', { ...values, summary: name }))
    }
  }
}

function shown({ name, reason }: Droppable) {
  return { hasMerchant: name === '' ? 'no' : 'yes', merchant: name, hasReason: reason === '' ? 'no' : 'yes', reason }
}

/** How to answer, or whom to call. */
function askOf(key: 'sms.ask' | 'sms.askLatest', question: Question | null, words: Words): string {
  if (question === null || !question.bySms) return words.say('sms.call')
  return words.say(key, { hasCode: question.code === null ? 'no' : 'yes', code: question.code ?? '' })
}

/**
 * What fits: when room is short the name is cut, then left out, then the reason. Where not even the rest fits one
 * segment, the room is that of as many as it takes.
 */
function fitted(words: Words, { name, reason }: Droppable, say: (kept: Droppable) => string): string {
  const written = (kept: Droppable): string => inAlphabet(say(kept), words.alphabet)
  const segments = segmentsOf(written({ name: '', reason: '' }))
  const ownName = inAlphabet(name, words.alphabet)
  const keptReason = reason !== '' && segmentsOf(written({ name: '', reason })) <= segments ? reason : ''
  const without = written({ name: '', reason: keptReason })
  const whole = written({ name: ownName, reason: keptReason })
  if (name === '' || segmentsOf(whole) <= segments) return whole
  // What the phrase adds around a name counts as well: ` at `.
  const alphabet = alphabetOf(whole)
  const room = roomOf(segments, alphabet) - (sizeOf(whole, alphabet) - sizeOf(ownName, alphabet))
  const cut = room < LEAST_OF_A_NAME ? '' : fitInto(ownName, room, alphabet)
  const withCut = cut === '' ? without : written({ name: cut, reason: keptReason })
  return segmentsOf(withCut) <= segments ? withCut : without
}
