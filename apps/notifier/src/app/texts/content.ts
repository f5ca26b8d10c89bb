import type { FraudAlert, OpsAlert } from '@swipestream/contracts'
import { oneLine } from '../../domain/plain-text.js'
import type { Addressee, ToTell } from '../../domain/to-tell.js'
import type { Language } from './language.js'
import type { Content } from './layouts.js'
import type { PhraseKey, PhraseValues } from './phrases.js'
import { reasonSentences } from './reasons.js'
import { factsOf, paymentFacts, paymentValues, yesNo } from './values.js'

/** How many payments of a digest are listed; the app's inbox has every one by itself. */
const LISTED_PAYMENTS = 20
/** How many alerts to the people on call are listed. */
const LISTED_OPS = 10
const urgency = ['info', 'warning', 'critical'] as const

type Telling<Kind extends ToTell['kind']> = Extract<ToTell, { kind: Kind }>

/** What an e-mail is filled with. @throws Error when there is nothing to tell */
export function contentOf(what: ToTell, to: Addressee, language: Language): Content {
  switch (what.kind) {
    case 'alert':
      return alertContent(what, to, language)
    case 'digest':
      return digestContent(what, to, language)
    case 'confirmation':
      return customerContent('confirmation', confirmationValues(what, to, language), to, language)
    case 'no_contact':
      return noContactContent(what, to, language)
    case 'ops':
      return opsContent(what, language)
  }
}

function alertContent({ alert, question }: Telling<'alert'>, to: Addressee, language: Language): Content {
  const values = paymentValues(alert, question !== null, to, language)
  return {
    ...customerContent('alert', values, to, language),
    facts: paymentFacts(alert, values, language),
    url: question?.url ?? '',
  }
}

function digestContent({ alerts }: Telling<'digest'>, to: Addressee, language: Language): Content {
  const listed = alerts.slice(-LISTED_PAYMENTS)
  const values = { ...digestValues(alerts, to, language), more: alerts.length - listed.length }
  return {
    ...customerContent('digest', values, to, language),
    items: listed.map(({ alert, question }) => ({
      it: paymentValues(alert, question !== null, to, language),
      reasons: reasonSentences(alert.reasons, language.words, language.formats),
      url: question?.url ?? '',
    })),
  }
}

/** Of the latest of them, and how many there are. */
export function digestValues(alerts: Telling<'digest'>['alerts'], to: Addressee, language: Language) {
  const { alert } = newest(alerts)
  const isAsked = alerts.some(({ question }) => question !== null)
  return { ...paymentValues(alert, isAsked, to, language), count: alerts.length }
}

export function confirmationValues({ alert, verdict }: Telling<'confirmation'>, to: Addressee, language: Language) {
  return { ...paymentValues(alert, false, to, language), verdict: verdict === 'confirmed_fraud' ? 'confirmed_fraud' : 'legitimate' }
}

function customerContent(kind: 'alert' | 'digest' | 'confirmation', it: PhraseValues, to: Addressee, { words }: Language): Content {
  const name = oneLine(to.given_name ?? '', 60)
  return {
    language: words.language,
    subject: subjectOf(words.say(`${kind}.subject`, it)),
    preheader: words.say(`${kind}.preheader`, it),
    forCustomer: true,
    to: { hasName: yesNo(name !== ''), name },
    it,
    facts: [],
    url: '',
    items: [],
  }
}

function noContactContent({ alert }: Telling<'no_contact'>, to: Addressee, language: Language): Content {
  const it = noContactValues(alert, to, language)
  return {
    ...staffContent('no_contact', it, language),
    facts: factsOf(language, [
      ['no_contact.fact.last4', it.last4],
      ['no_contact.fact.cardId', it.cardId],
      ['no_contact.fact.alertId', it.alertId],
      ['no_contact.fact.severity', it.severity],
      ['no_contact.fact.outcome', language.words.say('no_contact.outcome', it)],
      ['fact.amount', it.amount],
      ['fact.merchant', it.merchant],
      ['fact.country', it.country],
      ['fact.time', it.time],
    ]),
  }
}

/** The desk knows no customer, so the time is in UTC. */
export function noContactValues(alert: FraudAlert, to: Addressee, language: Language) {
  return {
    ...paymentValues(alert, false, { ...to, time_zone: null }, language),
    cardId: oneLine(alert.card_id, 100),
    alertId: oneLine(alert.alert_id, 40),
    severity: alert.severity,
  }
}

function opsContent({ alerts }: Telling<'ops'>, language: Language): Content {
  const it = opsValues(alerts, language)
  const listed = alerts.slice(-LISTED_OPS).reverse()
  return {
    ...staffContent('ops', it, language),
    facts: factsOf(language, [
      ['ops.fact.service', it.service],
      ['ops.fact.code', it.code],
      ['ops.fact.severity', it.severity],
      ...(alerts.length === 1 ? ([['ops.fact.subject', it.subject], ['ops.fact.summary', it.summary], ['ops.fact.time', it.time], ['ops.fact.duration', it.duration]] as const) : []),
      ['ops.fact.count', language.formats.whole(it.count)],
      ['ops.fact.runbook', it.runbook],
    ]),
    items: alerts.length === 1 ? [] : listed.map((alert) => ({ it: { ...opsValues([alert], language), alerts: alerts.length }, reasons: '', url: '' })),
  }
}

/** Of the newest of them; the severity is that of the most urgent. */
export function opsValues(alerts: readonly OpsAlert[], { formats }: Language) {
  const alert = newest(alerts)
  const subject = oneLine(alert.subject ?? '', 100)
  return {
    service: oneLine(alert.service, 40),
    code: oneLine(alert.code, 60),
    severity: urgency[Math.max(...alerts.map(({ severity }) => urgency.indexOf(severity)))] ?? 'warning',
    ...resolution(alerts, formats),
    hasSubject: yesNo(subject !== ''),
    subject,
    summary: oneLine(alert.summary, 500),
    time: formats.time(alert.raised_at, null).full,
    runbook: `docs/runbooks/${alert.code.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').slice(0, 60)}.md`,
    alerts: alerts.length,
    count: alerts.reduce((sum, { count }) => sum + count, 0),
    more: Math.max(0, alerts.length - LISTED_OPS),
  }
}

/** Whether all of them tell that something is over, and how long the newest lasted; alerts of before there was this have no such fields. */
function resolution(alerts: readonly OpsAlert[], formats: Language['formats']) {
  const { opened_at: openedAt, resolved_at: resolvedAt }: Partial<OpsAlert> = newest(alerts)
  const isResolved = alerts.every(({ resolved_at: at }: Partial<OpsAlert>) => typeof at === 'number')
  const lasted = typeof openedAt === 'number' && typeof resolvedAt === 'number' ? formats.duration(resolvedAt - openedAt) : ''
  return { isResolved: yesNo(isResolved), duration: lasted }
}

function staffContent(kind: 'no_contact' | 'ops', it: PhraseValues, { words }: Language): Content {
  const opening: PhraseKey = `${kind}.opening`
  return {
    language: words.language,
    subject: subjectOf(words.say(`${kind}.subject`, it)),
    preheader: words.say(opening, it),
    forCustomer: false,
    to: { hasName: 'no', name: '' },
    it,
    facts: [],
    url: '',
    items: [],
  }
}

/** One line, as long as mailboxes show at most. */
function subjectOf(text: string): string {
  return oneLine(text, 180)
}

function newest<T>(alerts: readonly T[]): T {
  const last = alerts.at(-1)
  if (last === undefined) throw new Error('a message of several alerts has none')
  return last
}
