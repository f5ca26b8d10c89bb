import type { FraudAlert } from '@swipestream/contracts'
import { renderEmail, renderSms } from '../domain/message.js'
import type { Addressee, EmailText, InboxText, Texts, ToTell } from '../domain/to-tell.js'

/** What the texts are injected by: `Texts`. */
export const TEXTS = Symbol('texts')

/** English only, and alerts only. */
export const englishTexts: Texts = {
  email: (what: ToTell, to: Addressee): EmailText => renderEmail(alertOf(what), to),
  sms: (what: ToTell, to: Addressee): string => renderSms(alertOf(what), to),
  inbox: (what: ToTell, to: Addressee): InboxText => {
    const { subject, text } = renderEmail(alertOf(what), to)
    return { title: subject, body: text }
  },
}

function alertOf(what: ToTell): FraudAlert {
  if (what.kind !== 'alert') throw new Error(`no text for ${what.kind}`)
  return what.alert
}
