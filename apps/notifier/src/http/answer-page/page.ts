import type { FraudAlert, Verdict } from '@swipestream/contracts'
import { escapeHtml, oneLine } from '../../domain/plain-text.js'
import type { Language } from '../../domain/reply-words.js'
import { paymentFacts } from './payment-facts.js'
import { style } from './style.js'
import { pageWords, type PageWords } from './words.js'

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
  const words = pageWords[language]
  const { amount, ...facts } = paymentFacts(alert, language, timeZone, words)
  const rows = Object.values(facts).map(({ label, value }) => `<div><dt>${escapeHtml(label)}</dt><dd>${escapeHtml(value)}</dd></div>`)
  return document(language, words, words.title, [
    ...(chosenWrongly ? [`<p class="wrong" role="alert">${escapeHtml(words.pleaseChoose)}</p>`] : []),
    `<p>${escapeHtml(words.intro[alert.outcome === 'decline' ? 'declined' : 'other'])}</p>`,
    `<p class="amount">${escapeHtml(amount.value)}</p>`,
    `<dl>${rows.join('')}</dl>`,
    `<ul><li>${escapeHtml(words.afterYes)}</li><li>${escapeHtml(words.afterNo)}</li></ul>`,
    '<form method="post">',
    `<button class="yes" name="answer" value="yes">${escapeHtml(words.yes)}</button>`,
    `<button class="no" name="answer" value="no">${escapeHtml(words.no)}</button>`,
    '</form>',
  ])
}

/** What became of an answer that was just given. */
export function givenPage(alert: FraudAlert, verdict: Verdict, language: Language): string {
  const words = pageWords[language]
  if (verdict === 'confirmed_fraud') return told(language, words.blocked, alert)
  const { title, text, declined } = words.thanks
  return told(language, { title, text: alert.outcome === 'decline' ? [...text, declined] : text }, alert)
}

/** An answer was given before. */
export function alreadyPage(alert: FraudAlert, verdict: Verdict, language: Language): string {
  const words = pageWords[language]
  return told(language, verdict === 'legitimate' ? words.alreadyYes : words.alreadyNo, alert)
}

export function expiredPage(language: Language): string {
  return told(language, pageWords[language].expired)
}

export function invalidPage(language: Language): string {
  return told(language, pageWords[language].invalid)
}

function told(language: Language, { title, text }: { readonly title: string; readonly text: readonly string[] }, alert?: FraudAlert): string {
  const filled = text.map((line) => line.replaceAll('{last4}', () => oneLine(alert?.card_last4 ?? '', 4)))
  return document(language, pageWords[language], title, filled.map((line) => `<p>${escapeHtml(line)}</p>`))
}

function document(language: Language, words: PageWords, title: string, content: readonly string[]): string {
  return [
    '<!doctype html>',
    `<html lang="${language}">`,
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
    `<footer>${escapeHtml(words.noSecrets)}</footer>`,
    '</body>',
    '</html>',
    '',
  ].join('\n')
}
