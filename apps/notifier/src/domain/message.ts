import type { FraudAlert } from '@swipestream/contracts'
import { fitSeptets, ONE_SEGMENT, septets, toGsm7 } from './gsm7.js'
import { type LocalTime, localTime } from './local-time.js'
import { formatAmount } from '@swipestream/contracts/money'
import { escapeHtml, oneLine } from './plain-text.js'
import { reasonWords } from './reason-words.js'
import type { Addressee, EmailText } from './to-tell.js'

const bank = 'Swipestream'
const noSecrets = 'We never ask for your PIN, your password or your full card number.'

/** What both messages say of the payment. */
interface Story {
  readonly declined: boolean
  readonly amount: string
  readonly merchant: string | null
  readonly last4: string
  readonly when: LocalTime
}

function storyOf(alert: FraudAlert, timeZone: string | null): Story {
  return {
    declined: alert.outcome === 'decline',
    amount: formatAmount(alert.amount_minor, oneLine(alert.currency, 3)),
    merchant: oneLine(alert.merchant_name ?? '', 60) || null,
    last4: oneLine(alert.card_last4, 4),
    when: localTime(alert.occurred_at, timeZone),
  }
}

/**
 * The e-mail of an alert. Everything that came from outside is one line without control characters, and escaped in the
 * HTML: a merchant's name can neither add a header nor markup.
 */
export function renderEmail(alert: FraudAlert, to: Addressee): EmailText {
  const story = storyOf(alert, to.time_zone)
  const reasons = alert.reasons.length === 0 ? [reasonWords(undefined)] : alert.reasons.map(reasonWords)
  const content: Content = {
    title: `${story.declined ? 'We declined' : 'Please check'} a payment of ${story.amount}`,
    greeting: `Hello${to.given_name === null ? '' : ` ${oneLine(to.given_name, 60)}`},`,
    opening: story.declined
      ? `We declined a payment on your card ending ${story.last4}.`
      : `A payment on your card ending ${story.last4} looked unusual. Please check it.`,
    facts: [
      ['Amount', story.amount],
      ['Merchant', story.merchant ?? 'not named'],
      ['Country', countryName(alert.country)],
      ['Time', story.when.full],
      ['Reason', [...new Set(reasons.map(({ sentence }) => sentence))].join(' ')],
    ].flatMap(([label = '', value]) => (value ? [{ label, value }] : [])),
    advice: adviceOf(story.declined, alert.reasons.some(({ rule_id }) => rule_id === 'blocked_card')),
  }
  return {
    subject: `${content.title} on your card ending ${story.last4}`,
    text: asText(content),
    html: asHtml(content),
  }
}

function adviceOf(declined: boolean, blocked: boolean): string[] {
  // a blocked card stays blocked, whoever used it
  if (declined && blocked) return ['The card was not charged. To have it unblocked, call the number on the back of it.']
  return [
    declined
      ? 'If this was you, the card was not charged: you need do nothing, and may try again.'
      : 'If this was you, you need do nothing.',
    'If this was not you, call the number on the back of your card now, and we will block it.',
  ]
}

interface Content {
  readonly title: string
  readonly greeting: string
  readonly opening: string
  readonly facts: readonly { readonly label: string; readonly value: string }[]
  readonly advice: readonly string[]
}

function asText({ greeting, opening, facts, advice }: Content): string {
  const width = Math.max(...facts.map(({ label }) => label.length)) + 2
  return [
    greeting,
    '',
    opening,
    '',
    ...facts.map(({ label, value }) => `  ${`${label}:`.padEnd(width)}${value}`),
    '',
    ...advice,
    '',
    noSecrets,
    '',
    bank,
    '',
  ].join('\n')
}

function asHtml(content: Content): string {
  const rows = content.facts.map(
    ({ label, value }) =>
      `<tr><th scope="row" style="text-align:left;vertical-align:top;padding:4px 16px 4px 0;font-weight:normal;color:#555">${escapeHtml(label)}</th>` +
      `<td style="padding:4px 0">${escapeHtml(value)}</td></tr>`,
  )
  return [
    '<!doctype html>',
    `<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(content.title)}</title></head>`,
    '<body style="margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif;color:#222"><div style="max-width:560px;margin:0 auto">',
    `<h1 style="font-size:20px">${escapeHtml(content.title)}</h1>`,
    `<p>${escapeHtml(content.greeting)}</p>`,
    `<p>${escapeHtml(content.opening)}</p>`,
    `<table style="border-collapse:collapse">${rows.join('')}</table>`,
    ...content.advice.map((line) => `<p>${escapeHtml(line)}</p>`),
    `<p style="color:#555">${escapeHtml(noSecrets)}</p>`,
    `<p>${escapeHtml(bank)}</p>`,
    '</div></body></html>',
    '',
  ].join('\n')
}

const countries = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })

/** @param code ISO 3166-1 alpha-2; null and what is no code have no name */
function countryName(code: string | null): string | undefined {
  return code !== null && /^[A-Z]{2}$/.test(code) ? countries.of(code) : undefined
}

/**
 * The SMS of an alert: one segment of the GSM alphabet, no name, no address. When room is short the merchant's name is
 * cut, then left out, then the reason.
 */
export function renderSms(alert: FraudAlert, to: Addressee): string {
  const { declined, amount, merchant, last4, when } = storyOf(alert, to.time_zone)
  const opening = toGsm7(`${bank}: ${declined ? 'we declined' : 'please check'} ${amount}`)
  const ending = (reason: string): string => toGsm7(`, card ending ${last4}, ${when.brief}${reason}. Not you? Call the number on your card.`)
  const room = (end: string): number => ONE_SEGMENT - septets(opening + end)
  const withReason = ending(`: ${reasonWords(alert.reasons[0]).brief}`)
  const end = room(withReason) >= 0 ? withReason : ending('')
  return opening + shopIn(merchant, room(end)) + end
}

/** Where, in at most `room` septets; nothing when only a few letters of a longer name would be left. */
function shopIn(merchant: string | null, room: number): string {
  if (merchant === null) return ''
  const shop = toGsm7(` at ${merchant}`)
  const fitted = fitSeptets(shop, room)
  return fitted === shop || fitted.length >= ' at Orcha...'.length ? fitted : ''
}
