import type { FraudAlert, Verdict } from '@swipestream/contracts'
import type { Language } from '../../app/texts/language.js'
import { escapeHtml, oneLine } from '../../domain/plain-text.js'
import { paymentFacts } from './payment-facts.js'
import { style } from './style.js'

const bank = 'Swipestream'

/** The customer whose page it is. */
export interface Reader {
  readonly language: Language
  /** IANA; null when it is not known. */
  readonly timeZone: string | null
}

/**
 * The question, and a form with its two answers. Everything that came from outside is one line, and escaped.
 *
 * @param chosenWrongly whether the form came back with no answer that there is
 */
export function questionPage(alert: FraudAlert, { language, timeZone }: Reader, chosenWrongly = false): string {
  const { words } = language
  const { amount, others } = paymentFacts(alert, language, timeZone)
  const rows = others.map(({ label, value }) => `<div><dt>${escapeHtml(label)}</dt><dd>${escapeHtml(value)}</dd></div>`)
  return document(language, words.say('page.title'), [
    ...(chosenWrongly ? [`<p class="wrong" role="alert">${escapeHtml(words.say('page.pleaseChoose'))}</p>`] : []),
    `<p>${escapeHtml(words.say('page.intro', { outcome: alert.outcome === 'decline' ? 'declined' : 'review' }))}</p>`,
    `<p class="amount">${escapeHtml(amount)}</p>`,
    `<dl>${rows.join('')}</dl>`,
    `<ul><li>${escapeHtml(words.say('page.afterYes'))}</li><li>${escapeHtml(words.say('page.afterNo'))}</li></ul>`,
    '<form method="post">',
    `<button class="yes" name="answer" value="yes">${escapeHtml(words.say('page.yes'))}</button>`,
    `<button class="no" name="answer" value="no">${escapeHtml(words.say('page.no'))}</button>`,
    '</form>',
  ])
}

/** What became of an answer that was just given. */
export function givenPage(alert: FraudAlert, verdict: Verdict, language: Language): string {
  const { words } = language
  const card = { last4: oneLine(alert.card_last4, 4) }
  if (verdict === 'confirmed_fraud') return told(language, words.say('page.blocked.title'), words.say('page.blocked.text', card), words.say('page.blocked.next', card))
  return told(language, words.say('page.thanks.title'), words.say('page.thanks.text'), ...(alert.outcome === 'decline' ? [words.say('page.thanks.retry')] : []))
}

/** An answer was given before. */
export function alreadyPage(verdict: Verdict, language: Language): string {
  const { words } = language
  return told(language, words.say('page.already.title'), words.say(verdict === 'legitimate' ? 'page.already.yes' : 'page.already.no'))
}

export function expiredPage(language: Language): string {
  const { words } = language
  return told(language, words.say('page.expired.title'), words.say('page.expired.text'))
}

export function invalidPage(language: Language): string {
  const { words } = language
  return told(language, words.say('page.invalid.title'), words.say('page.invalid.text'))
}

function told(language: Language, title: string, ...text: readonly string[]): string {
  return document(language, title, text.map((line) => `<p>${escapeHtml(line)}</p>`))
}

function document({ words }: Language, title: string, content: readonly string[]): string {
  return [
    '<!doctype html>',
    `<html lang="${words.language}">`,
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="robots" content="noindex">',
    `<title>${escapeHtml(title)} – ${bank}</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    `<header>${bank}</header>`,
    '<main>',
    '<div class="paper">',
    `<h1>${escapeHtml(title)}</h1>`,
    ...content,
    '</div>',
    '</main>',
    `<footer>${escapeHtml(words.say('footer'))}</footer>`,
    '</body>',
    '</html>',
    '',
  ].join('\n')
}
