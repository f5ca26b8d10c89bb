/**
 * What can be said, by key, and what each may be told with: the placeholders a translation may use. Those in `numbers`
 * are numbers, for `plural`; all others are words. Placeholders that begin with `has` or `is` are `yes` or `no`, for
 * `select`.
 */
interface Phrase {
  readonly words?: readonly string[]
  readonly numbers?: readonly string[]
}

const none: Phrase = {}

/** Of a payment. `outcome` is `declined` or `review`; `when` is short, `time` has all. */
const payment = ['outcome', 'isBlocked', 'isAsked', 'amount', 'last4', 'hasMerchant', 'merchant', 'hasCountry', 'country', 'time', 'when'] as const
/** Of the page behind the link. */
const ofCard: Phrase = { words: ['last4'] }
const ofPayment: Phrase = { words: payment }
/** Of the latest of several. `more` are those not listed. */
const ofDigest: Phrase = { words: payment, numbers: ['count', 'more'] }
/** `verdict` is `confirmed_fraud` or `legitimate`. */
const ofConfirmation: Phrase = { words: [...payment, 'verdict'] }
const ofNoContact: Phrase = { words: [...payment, 'cardId', 'alertId', 'severity'] }
/** Of the newest of several. `alerts` is how many there are, `count` how often it happened,
 * `duration` how long what is over lasted, `more` those not listed. */
const ofOps: Phrase = { words: ['service', 'code', 'severity', 'isResolved', 'duration', 'hasSubject', 'subject', 'summary', 'time', 'runbook'], numbers: ['alerts', 'count', 'more'] }
const sms = { payment: [...payment, 'hasReason', 'reason', 'ask'] } as const

const phrases = {
  greeting: { words: ['hasName', 'name'] },
  footer: none,
  'fact.label': { words: ['label'] },
  'fact.amount': none,
  'fact.merchant': none,
  'fact.merchant.unnamed': none,
  'fact.country': none,
  'fact.time': none,
  'fact.reason': none,

  'alert.subject': ofPayment,
  'alert.heading': ofPayment,
  'alert.preheader': ofPayment,
  'alert.opening': ofPayment,
  'alert.mine': ofPayment,
  'alert.notMine': ofPayment,
  'alert.blocked': ofPayment,
  'alert.ask': ofPayment,

  'digest.subject': ofDigest,
  'digest.heading': ofDigest,
  'digest.preheader': ofDigest,
  'digest.opening': ofDigest,
  'digest.item': ofPayment,
  'digest.more': ofDigest,
  'digest.notMine': ofDigest,

  'confirmation.subject': ofConfirmation,
  'confirmation.heading': ofConfirmation,
  'confirmation.preheader': ofConfirmation,
  'confirmation.opening': ofConfirmation,
  'confirmation.next': ofConfirmation,

  'no_contact.subject': ofNoContact,
  'no_contact.opening': ofNoContact,
  'no_contact.next': ofNoContact,
  'no_contact.fact.last4': none,
  'no_contact.fact.cardId': none,
  'no_contact.fact.alertId': none,
  'no_contact.fact.severity': none,
  'no_contact.fact.outcome': none,
  'no_contact.outcome': ofNoContact,

  'ops.subject': ofOps,
  'ops.heading': ofOps,
  'ops.opening': ofOps,
  'ops.item': ofOps,
  'ops.more': ofOps,
  'ops.fact.service': none,
  'ops.fact.code': none,
  'ops.fact.severity': none,
  'ops.fact.subject': none,
  'ops.fact.summary': none,
  'ops.fact.count': none,
  'ops.fact.time': none,
  'ops.fact.duration': none,
  'ops.fact.runbook': none,

  'sms.alert': { words: sms.payment },
  'sms.digest': { words: sms.payment, numbers: ['count'] },
  'sms.ask': { words: ['hasCode', 'code'] },
  'sms.askLatest': { words: ['hasCode', 'code'] },
  'sms.call': none,
  'sms.confirmation': ofConfirmation,
  'sms.no_contact': ofNoContact,
  'sms.ops': ofOps,
  'sms.reply.alreadyYes': none,
  'sms.reply.alreadyNo': none,
  'sms.reply.expired': none,
  'sms.reply.codeNeeded': none,
  'sms.reply.codeUnknown': none,
  'sms.reply.unclear': none,
  'sms.reply.nothingAsked': none,

  'page.title': none,
  'page.intro': { words: ['outcome'] },
  'page.fact.card': none,
  'page.card': ofCard,
  'page.yes': none,
  'page.no': none,
  'page.afterYes': none,
  'page.afterNo': none,
  'page.pleaseChoose': none,
  'page.thanks.title': none,
  'page.thanks.text': none,
  'page.thanks.retry': none,
  'page.blocked.title': none,
  'page.blocked.text': ofCard,
  'page.blocked.next': ofCard,
  'page.already.title': none,
  'page.already.yes': none,
  'page.already.no': none,
  'page.expired.title': none,
  'page.expired.text': none,
  'page.invalid.title': none,
  'page.invalid.text': none,

  'reason.unusual': none,
  'reason.large': none,
  'reason.largeForCard': none,
  'reason.largerLately': none,
  'reason.often': none,
  'reason.smallBefore': none,
  'reason.newCountry': none,
  'reason.unusualKind': none,
  'reason.fraudThere': none,
  'reason.placeUnknown': none,
  'reason.blocked': none,
  'reason.pattern': none,
  'reason.tooFar': none,
  'reason.journey': { words: ['distance', 'duration'] },
  'duration.moment': none,
  'duration.minutes': { numbers: ['count'] },
  'duration.hours': { numbers: ['count'] },
  'duration.days': { numbers: ['count'] },

  'sms.reason.unusual': none,
  'sms.reason.large': none,
  'sms.reason.largeForCard': none,
  'sms.reason.largerLately': none,
  'sms.reason.often': none,
  'sms.reason.smallBefore': none,
  'sms.reason.newCountry': none,
  'sms.reason.unusualKind': none,
  'sms.reason.fraudThere': none,
  'sms.reason.placeUnknown': none,
  'sms.reason.blocked': none,
  'sms.reason.pattern': none,
  'sms.reason.tooFar': none,
} as const satisfies Readonly<Record<string, Phrase>>

export type PhraseKey = keyof typeof phrases

export const phraseKeys = Object.keys(phrases) as readonly PhraseKey[]

export function isPhraseKey(key: string): key is PhraseKey {
  return Object.hasOwn(phrases, key)
}

export function placeholdersOf(key: PhraseKey): Required<Phrase> {
  const phrase: Phrase = phrases[key]
  return { words: phrase.words ?? [], numbers: phrase.numbers ?? [] }
}

/** What a phrase is told with. */
export type PhraseValues = Readonly<Record<string, string | number>>
