import type { Verdict } from '@swipestream/contracts'

/** What an SMS of a customer says. */
export type Reply =
  /** YES or NO, with the two digits that say to which question; null when there are none. */
  | { readonly says: 'yes' | 'no'; readonly code: string | null }
  | { readonly says: 'stop' | 'start' | 'help' | 'unclear' }

/**
 * The words there are, in capitals, without accents. STOP and its like are Twilio's, and their translations; START's are
 * without YES, which is Twilio's START too: here it is an answer.
 */
const words: ReadonlyMap<string, Reply['says']> = new Map(
  (
    [
      ['yes', 'YES Y JA J OUI O SI S'],
      ['no', 'NO N NEIN NON'],
      ['stop', 'STOP STOPALL UNSUBSCRIBE CANCEL END QUIT REVOKE OPTOUT STOPP ABMELDEN ARRET ARRETER DESABONNER ALTO PARAR BAJA CANCELAR'],
      ['start', 'START UNSTOP'],
      ['help', 'HELP INFO'],
    ] as const
  ).flatMap(([says, list]) => list.split(' ').map((word) => [word, says] as const)),
)

/**
 * Understands one word, in any case, with or without accents and punctuation, and for an answer two digits before or
 * after it. Anything more is unclear: "No problem, it was me" must not block a card.
 *
 * @param optOutType what Twilio made of it (`OptOutType`), when it did
 */
export function readReply(body: string, optOutType?: string): Reply {
  const reply = replyOf(body)
  switch (optOutType?.toUpperCase()) {
    case 'STOP':
      return { says: 'stop' }
    case 'HELP':
      return { says: 'help' }
    case 'START':
      // Twilio's START has YES among its words.
      return reply.says === 'unclear' ? { says: 'start' } : reply
    default:
      return reply
  }
}

function replyOf(body: string): Reply {
  const letters = body.normalize('NFKD').replaceAll(/\p{M}+/gu, '').toUpperCase()
  const parts = letters.split(/[\s\p{P}\p{Cf}]+/u).filter(Boolean).flatMap(apart)
  const codes = parts.filter((part) => /^\d{2}$/.test(part))
  const [word = '', ...more] = parts.filter((part) => !codes.includes(part))
  const says = words.get(word) ?? 'unclear'
  if (more.length > 0 || codes.length > 1) return { says: 'unclear' }
  if (says === 'yes' || says === 'no') return { says, code: codes[0] ?? null }
  return { says: codes.length === 0 ? says : 'unclear' }
}

/** `NO12` is a word and a code. */
function apart(part: string): string[] {
  const [, before, word, after] = /^(\d{2})?(\D+)(\d{2})?$/.exec(part) ?? []
  return word === undefined ? [part] : [before, word, after].filter((piece) => piece !== undefined)
}

/** A question that was asked of a number, by SMS. */
export interface AskedQuestion {
  readonly alert_id: string
  readonly code: string | null
  readonly state: 'open' | 'answered' | 'expired'
  /** Null unless answered. */
  readonly verdict: Verdict | null
}

/** Which question an answer is to. */
export type Match<Q extends AskedQuestion> =
  | { readonly match: 'one'; readonly question: Q }
  /** There are several: the answer needs a code. */
  | { readonly match: 'several' }
  /** None has this code, though there are others. */
  | { readonly match: 'unknown_code' }
  | { readonly match: 'none' }

/**
 * With a code: the question of that code. Without: the open one that has none, or else the only open one. When nothing is
 * open, the newest, which is then answered or expired.
 *
 * @param asked of one number, the newest first
 */
export function matchQuestion<Q extends AskedQuestion>(code: string | null, asked: readonly Q[]): Match<Q> {
  if (asked.length === 0) return { match: 'none' }
  const open = asked.filter(({ state }) => state === 'open')
  if (code !== null) {
    const question = open.find((each) => each.code === code) ?? asked.find((each) => each.code === code)
    return question === undefined ? { match: 'unknown_code' } : { match: 'one', question }
  }
  const question = open.find((each) => each.code === null) ?? (open.length === 0 ? asked[0] : open[0])
  if (question === undefined || (question.code !== null && open.length > 1)) return { match: 'several' }
  return { match: 'one', question }
}
