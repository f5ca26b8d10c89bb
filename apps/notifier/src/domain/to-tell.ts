import type { FraudAlert, OpsAlert, Verdict } from '@swipestream/contracts'

/** Who is written to, as far as the text needs it. All null once the customer is erased. */
export interface Addressee {
  readonly given_name: string | null
  /** IANA time zone. */
  readonly time_zone: string | null
  /** BCP 47 tag. */
  readonly language: string | null
}

/** "Was this you?", as one message can ask it. */
export interface Question {
  /** The page with the question: for an e-mail. */
  readonly url: string
  /** What YES or NO by SMS must carry; null when they need nothing. */
  readonly code: string | null
  /** Whether YES or NO by SMS is understood at all: not when the number was not asked. */
  readonly bySms: boolean
}

/** An alert, and what is asked about it; null when nothing is. */
export interface AskedAlert {
  readonly alert: FraudAlert
  readonly question: Question | null
}

/** What a message says. */
export type ToTell =
  | ({ readonly kind: 'alert' } & AskedAlert)
  /** Several alerts of one card, the oldest first; one at least. */
  | { readonly kind: 'digest'; readonly alerts: readonly AskedAlert[] }
  /** The answer was understood. */
  | { readonly kind: 'confirmation'; readonly alert: FraudAlert; readonly verdict: Verdict }
  /** To a desk of the bank: nobody knows how to reach this card's holder. */
  | { readonly kind: 'no_contact'; readonly alert: FraudAlert }
  /** To the people on call: alerts of one service and code, the oldest first; one at least. */
  | { readonly kind: 'ops'; readonly alerts: readonly OpsAlert[] }

export interface EmailText {
  readonly subject: string
  readonly text: string
  readonly html: string
}

export interface InboxText {
  readonly title: string
  readonly body: string
}

/** The words for everything there is to tell, in the addressee's language, or English. */
export interface Texts {
  email(what: ToTell, to: Addressee): EmailText
  /** As few segments as possible: one, if what must be said fits. */
  sms(what: ToTell, to: Addressee): string
  /** Plain text. */
  inbox(what: ToTell, to: Addressee): InboxText
}
