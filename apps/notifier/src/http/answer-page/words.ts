import type { Language } from '../../domain/reply-words.js'

/** The words of the page in one language. `{last4}` is the end of the card's number. */
export interface PageWords {
  readonly title: string
  readonly intro: { readonly declined: string; readonly other: string }
  readonly labels: { readonly amount: string; readonly merchant: string; readonly country: string; readonly time: string; readonly card: string }
  readonly notNamed: string
  readonly cardEnding: string
  readonly yes: string
  readonly no: string
  readonly afterYes: string
  readonly afterNo: string
  readonly pleaseChoose: string
  readonly thanks: { readonly title: string; readonly text: readonly string[]; readonly declined: string }
  readonly blocked: { readonly title: string; readonly text: readonly string[] }
  readonly alreadyYes: { readonly title: string; readonly text: readonly string[] }
  readonly alreadyNo: { readonly title: string; readonly text: readonly string[] }
  readonly expired: { readonly title: string; readonly text: readonly string[] }
  readonly invalid: { readonly title: string; readonly text: readonly string[] }
  readonly noSecrets: string
}

export const pageWords: Readonly<Record<Language, PageWords>> = {
  en: {
    title: 'Was this you?',
    intro: {
      declined: 'We declined this payment because it looked unusual. Please tell us whether you made it.',
      other: 'This payment looked unusual. Please tell us whether you made it.',
    },
    labels: { amount: 'Amount', merchant: 'Merchant', country: 'Country', time: 'Time', card: 'Card' },
    notNamed: 'not named',
    cardEnding: 'ending {last4}',
    yes: 'Yes, it was me',
    no: 'No, it was not me',
    afterYes: 'Yes: nothing more is needed.',
    afterNo: 'No: we block your card at once.',
    pleaseChoose: 'Nothing was changed. Please choose one of the two answers.',
    thanks: {
      title: 'Thank you',
      text: ['You told us that it was you. You need do nothing else.'],
      declined: 'The payment was not charged. You may try it again.',
    },
    blocked: {
      title: 'We are blocking your card',
      text: [
        'You told us that it was not you. Your card ending {last4} is being blocked, so that nobody can pay with it.',
        'A message will confirm this. For a new card, and to dispute payments that you do not know, call the number on the back of your card.',
      ],
    },
    alreadyYes: {
      title: 'You have already answered',
      text: ['Your answer was: yes, it was you. If that is wrong, call the number on the back of your card now.'],
    },
    alreadyNo: {
      title: 'You have already answered',
      text: ['Your answer was: no, it was not you. For a new card, and for anything else, call the number on the back of your card.'],
    },
    expired: {
      title: 'This question has expired',
      text: ['It can no longer be answered here. If a payment was not yours, call the number on the back of your card now.'],
    },
    invalid: {
      title: 'This link is not valid',
      text: ['It may have been cut short. Open it from our e-mail again, or call the number on the back of your card.'],
    },
    noSecrets: 'We never ask for your PIN, your password or your full card number.',
  },
  de: {
    title: 'Waren Sie das?',
    intro: {
      declined: 'Wir haben diese Zahlung abgelehnt, weil sie ungewöhnlich war. Bitte sagen Sie uns, ob sie von Ihnen kam.',
      other: 'Diese Zahlung war ungewöhnlich. Bitte sagen Sie uns, ob sie von Ihnen kam.',
    },
    labels: { amount: 'Betrag', merchant: 'Händler', country: 'Land', time: 'Zeit', card: 'Karte' },
    notNamed: 'nicht genannt',
    cardEnding: 'endet auf {last4}',
    yes: 'Ja, das war ich',
    no: 'Nein, das war ich nicht',
    afterYes: 'Ja: Sie müssen nichts weiter tun.',
    afterNo: 'Nein: Wir sperren Ihre Karte sofort.',
    pleaseChoose: 'Es wurde nichts geändert. Bitte wählen Sie eine der beiden Antworten.',
    thanks: {
      title: 'Vielen Dank',
      text: ['Sie haben uns gesagt, dass Sie es waren. Sie müssen nichts weiter tun.'],
      declined: 'Die Zahlung wurde nicht abgebucht. Sie können sie noch einmal versuchen.',
    },
    blocked: {
      title: 'Wir sperren Ihre Karte',
      text: [
        'Sie haben uns gesagt, dass Sie es nicht waren. Ihre Karte, die auf {last4} endet, wird gesperrt, damit niemand mit ihr zahlen kann.',
        'Eine Nachricht bestätigt es Ihnen. Für eine neue Karte, und um fremde Zahlungen zu reklamieren, rufen Sie die Nummer auf der Rückseite Ihrer Karte an.',
      ],
    },
    alreadyYes: {
      title: 'Sie haben schon geantwortet',
      text: ['Ihre Antwort war: Ja, das waren Sie. Wenn das nicht stimmt, rufen Sie jetzt die Nummer auf der Rückseite Ihrer Karte an.'],
    },
    alreadyNo: {
      title: 'Sie haben schon geantwortet',
      text: ['Ihre Antwort war: Nein, das waren Sie nicht. Für eine neue Karte und alles Weitere rufen Sie die Nummer auf der Rückseite Ihrer Karte an.'],
    },
    expired: {
      title: 'Diese Frage ist abgelaufen',
      text: ['Sie kann hier nicht mehr beantwortet werden. Wenn eine Zahlung nicht von Ihnen kam, rufen Sie jetzt die Nummer auf der Rückseite Ihrer Karte an.'],
    },
    invalid: {
      title: 'Dieser Link ist nicht gültig',
      text: ['Vielleicht wurde er abgeschnitten. Öffnen Sie ihn noch einmal aus unserer E-Mail, oder rufen Sie die Nummer auf der Rückseite Ihrer Karte an.'],
    },
    noSecrets: 'Wir fragen nie nach Ihrer PIN, Ihrem Passwort oder Ihrer vollen Kartennummer.',
  },
  fr: {
    title: 'Était-ce vous ?',
    intro: {
      declined: 'Nous avons refusé ce paiement, car il semblait inhabituel. Dites-nous s’il vient de vous.',
      other: 'Ce paiement semblait inhabituel. Dites-nous s’il vient de vous.',
    },
    labels: { amount: 'Montant', merchant: 'Commerçant', country: 'Pays', time: 'Date', card: 'Carte' },
    notNamed: 'non indiqué',
    cardEnding: 'se terminant par {last4}',
    yes: 'Oui, c’était moi',
    no: 'Non, ce n’était pas moi',
    afterYes: 'Oui : vous n’avez rien d’autre à faire.',
    afterNo: 'Non : nous bloquons votre carte tout de suite.',
    pleaseChoose: 'Rien n’a été modifié. Choisissez l’une des deux réponses.',
    thanks: {
      title: 'Merci',
      text: ['Vous nous avez dit que c’était vous. Vous n’avez rien d’autre à faire.'],
      declined: 'Le paiement n’a pas été débité. Vous pouvez le refaire.',
    },
    blocked: {
      title: 'Nous bloquons votre carte',
      text: [
        'Vous nous avez dit que ce n’était pas vous. Votre carte se terminant par {last4} est en cours de blocage : plus personne ne pourra payer avec elle.',
        'Un message vous le confirmera. Pour une nouvelle carte, ou pour contester des paiements que vous ne connaissez pas, appelez le numéro au dos de votre carte.',
      ],
    },
    alreadyYes: {
      title: 'Vous avez déjà répondu',
      text: ['Votre réponse était : oui, c’était vous. Si c’est faux, appelez tout de suite le numéro au dos de votre carte.'],
    },
    alreadyNo: {
      title: 'Vous avez déjà répondu',
      text: ['Votre réponse était : non, ce n’était pas vous. Pour une nouvelle carte, ou toute autre demande, appelez le numéro au dos de votre carte.'],
    },
    expired: {
      title: 'Cette question a expiré',
      text: ['Il n’est plus possible d’y répondre ici. Si un paiement ne vient pas de vous, appelez tout de suite le numéro au dos de votre carte.'],
    },
    invalid: {
      title: 'Ce lien n’est pas valable',
      text: ['Il a peut-être été coupé. Ouvrez-le à nouveau depuis notre e-mail, ou appelez le numéro au dos de votre carte.'],
    },
    noSecrets: 'Nous ne demandons jamais votre code PIN, votre mot de passe ni votre numéro de carte complet.',
  },
  es: {
    title: '¿Fue usted?',
    intro: {
      declined: 'Hemos rechazado este pago porque parecía inusual. Díganos si lo hizo usted.',
      other: 'Este pago parecía inusual. Díganos si lo hizo usted.',
    },
    labels: { amount: 'Importe', merchant: 'Comercio', country: 'País', time: 'Fecha', card: 'Tarjeta' },
    notNamed: 'no indicado',
    cardEnding: 'terminada en {last4}',
    yes: 'Sí, fui yo',
    no: 'No, no fui yo',
    afterYes: 'Sí: no tiene que hacer nada más.',
    afterNo: 'No: bloqueamos su tarjeta de inmediato.',
    pleaseChoose: 'No se ha cambiado nada. Elija una de las dos respuestas.',
    thanks: {
      title: 'Gracias',
      text: ['Nos ha dicho que fue usted. No tiene que hacer nada más.'],
      declined: 'El pago no se ha cobrado. Puede intentarlo de nuevo.',
    },
    blocked: {
      title: 'Estamos bloqueando su tarjeta',
      text: [
        'Nos ha dicho que no fue usted. Su tarjeta terminada en {last4} se está bloqueando para que nadie pueda pagar con ella.',
        'Un mensaje se lo confirmará. Para pedir una tarjeta nueva, o reclamar pagos que no conoce, llame al número del reverso de su tarjeta.',
      ],
    },
    alreadyYes: {
      title: 'Ya ha respondido',
      text: ['Su respuesta fue: sí, fue usted. Si no es así, llame ahora al número del reverso de su tarjeta.'],
    },
    alreadyNo: {
      title: 'Ya ha respondido',
      text: ['Su respuesta fue: no, no fue usted. Para pedir una tarjeta nueva, o cualquier otra cosa, llame al número del reverso de su tarjeta.'],
    },
    expired: {
      title: 'Esta pregunta ha caducado',
      text: ['Ya no se puede responder aquí. Si un pago no es suyo, llame ahora al número del reverso de su tarjeta.'],
    },
    invalid: {
      title: 'Este enlace no es válido',
      text: ['Quizá se haya cortado. Ábralo de nuevo desde nuestro correo, o llame al número del reverso de su tarjeta.'],
    },
    noSecrets: 'Nunca le pedimos el PIN, la contraseña ni el número completo de la tarjeta.',
  },
}
