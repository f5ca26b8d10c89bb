import { toGsm7 } from './gsm7.js'

/** What the texts of answers and pages are in; anything else is English. */
export const languages = ['en', 'de', 'fr', 'es'] as const

export type Language = (typeof languages)[number]

/** @param tag BCP 47, such as `de-AT`; null when it is not known */
export function languageOf(tag: string | null): Language {
  const primary = tag?.split('-', 1)[0]?.toLowerCase()
  return languages.find((language) => language === primary) ?? 'en'
}

/** What was made of an SMS; as it stands in `inbound_sms`. */
export type ReplyOutcome =
  /** A message of the ledger confirms it. */
  | 'given'
  | 'already_legitimate'
  | 'already_confirmed_fraud'
  | 'expired'
  | 'code_needed'
  | 'code_unknown'
  | 'unclear'
  /** An answer, and nothing was asked. */
  | 'nothing_asked'
  /** No answer, and nothing was asked: an automatic reply maybe, with which nobody must begin to talk. */
  | 'ignored'
  /** Twilio answers these itself. */
  | 'stopped'
  | 'started'
  | 'helped'

/** Outcomes that are told by return; each text is one segment of the GSM alphabet. */
type ToldOutcome = Exclude<ReplyOutcome, 'given' | 'ignored' | 'stopped' | 'started' | 'helped'>

const texts: Readonly<Record<Language, Readonly<Record<ToldOutcome, string>>>> = {
  en: {
    already_legitimate: 'You have already answered: YES, it was you. If it was not, call the number on your card.',
    already_confirmed_fraud: 'You have already answered: NO, it was not you. For anything else, call the number on your card.',
    expired: 'This question can no longer be answered by SMS. If it was not you, call the number on your card now.',
    code_needed: 'We asked you about several payments. Please reply with the code in our message as well, such as NO 12.',
    code_unknown: 'We have no question with this code. Please reply YES or NO and the code in our message.',
    unclear: 'We did not understand. Was it you? Please reply only YES or NO, and the code if our message has one.',
    nothing_asked: 'We have no open question for you. For anything else, call the number on your card.',
  },
  de: {
    already_legitimate: 'Sie haben schon geantwortet: JA, Sie waren es. Wenn nicht, rufen Sie die Nummer auf Ihrer Karte an.',
    already_confirmed_fraud: 'Sie haben schon geantwortet: NEIN, Sie waren es nicht. Für alles Weitere rufen Sie die Nummer auf Ihrer Karte an.',
    expired: 'Diese Frage kann per SMS nicht mehr beantwortet werden. Waren Sie es nicht, rufen Sie jetzt die Nummer auf Ihrer Karte an.',
    code_needed: 'Wir haben Sie zu mehreren Zahlungen gefragt. Bitte antworten Sie auch mit dem Code unserer Nachricht, etwa NEIN 12.',
    code_unknown: 'Zu diesem Code haben wir keine Frage. Bitte antworten Sie JA oder NEIN und den Code aus unserer Nachricht.',
    unclear: 'Das haben wir nicht verstanden. Waren Sie es? Bitte antworten Sie nur JA oder NEIN, und den Code, falls einer dabei steht.',
    nothing_asked: 'Wir haben keine offene Frage an Sie. Für alles Weitere rufen Sie die Nummer auf Ihrer Karte an.',
  },
  fr: {
    already_legitimate: "Vous avez déjà répondu : OUI, c'était vous. Sinon, appelez le numéro au dos de votre carte.",
    already_confirmed_fraud: "Vous avez déjà répondu : NON, ce n'était pas vous. Pour toute question, appelez le numéro au dos de votre carte.",
    expired: "Il n'est plus possible de répondre par SMS. Si ce n'était pas vous, appelez tout de suite le numéro au dos de votre carte.",
    code_needed: 'Nous vous avons interrogé sur plusieurs paiements. Répondez aussi avec le code de notre message, par exemple NON 12.',
    code_unknown: "Aucune question n'a ce code. Répondez OUI ou NON avec le code de notre message.",
    unclear: "Nous n'avons pas compris. Etait-ce vous ? Répondez seulement OUI ou NON, avec le code si notre message en a un.",
    nothing_asked: "Nous n'avons pas de question pour vous. Pour toute demande, appelez le numéro au dos de votre carte.",
  },
  es: {
    already_legitimate: 'Ya ha respondido: SI, fue usted. Si no fue usted, llame al número de su tarjeta.',
    already_confirmed_fraud: 'Ya ha respondido: NO, no fue usted. Para cualquier otra cosa, llame al número de su tarjeta.',
    expired: 'Ya no se puede responder por SMS a esta pregunta. Si no fue usted, llame ahora al número de su tarjeta.',
    code_needed: 'Le hemos preguntado por varios pagos. Responda también con el código de nuestro mensaje, por ejemplo NO 12.',
    code_unknown: 'No hay ninguna pregunta con ese código. Responda SI o NO y el código de nuestro mensaje.',
    unclear: 'No hemos entendido su respuesta. ¿Fue usted? Responda solo SI o NO, y el código si nuestro mensaje lo tiene.',
    nothing_asked: 'No tenemos ninguna pregunta para usted. Para cualquier otra cosa, llame al número de su tarjeta.',
  },
}

/** What is answered to an SMS by return; undefined when nothing is. */
export function replyText(outcome: ReplyOutcome, language: Language): string | undefined {
  switch (outcome) {
    case 'given':
    case 'ignored':
    case 'stopped':
    case 'started':
    case 'helped':
      return undefined
    default:
      return toGsm7(texts[language][outcome])
  }
}
