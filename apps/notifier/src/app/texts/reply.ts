import type { ReplyOutcome } from '../../domain/reply-outcome.js'
import { inAlphabet } from './catalogue.js'
import type { Language } from './language.js'
import type { PhraseKey } from './phrases.js'

/** Outcomes that are told by return. */
const told: Readonly<Partial<Record<ReplyOutcome, PhraseKey>>> = {
  already_legitimate: 'sms.reply.alreadyYes',
  already_confirmed_fraud: 'sms.reply.alreadyNo',
  expired: 'sms.reply.expired',
  code_needed: 'sms.reply.codeNeeded',
  code_unknown: 'sms.reply.codeUnknown',
  unclear: 'sms.reply.unclear',
  nothing_asked: 'sms.reply.nothingAsked',
}

/** What is answered to an SMS by return; undefined when nothing is. */
export function replyText(outcome: ReplyOutcome, { words }: Language): string | undefined {
  const key = told[outcome]
  return key === undefined ? undefined : inAlphabet(words.say(key), words.alphabet)
}
