import type { FraudAlert, OpsAlert } from '@swipestream/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exampleAlert, impossibleTravel, largeAmount, notableAmount } from '../../domain/example-alert.js'
import type { Addressee, AskedAlert, Question } from '../../domain/to-tell.js'
import { exampleAddressee, exampleOps, examples, exampleUrl } from './examples.js'
import { shippedLanguages, shippedTexts as texts } from './shipped.fixture.js'

const jane = exampleAddressee('en')
const question: Question = { url: exampleUrl, code: null, bySms: true }
const alertMail = (changes: Partial<FraudAlert> = {}, to: Addressee = jane, asked: Question | null = null) =>
  texts.email({ kind: 'alert', alert: exampleAlert(changes), question: asked }, to)

describe('the e-mail of an alert', () => {
  it('says what happened, why, and what to do', () => {
    const { subject, text } = alertMail({ reasons: [impossibleTravel, notableAmount, largeAmount] })
    expect(subject).toBe('We declined a payment of EUR 1,499.00 on your card ending 1234')
    expect(text).toBe(`Hello Jane,

We declined a payment on your card ending 1234.

  Amount:   EUR 1,499.00
  Merchant: Orchard Electronics
  Country:  Singapore
  Time:     3 March 2026 at 14:05 CET
  Reason:   The card was used 9,938 km from its last payment, with 30 minutes between the two. The amount is unusually large.

If this was you, the card was not charged: you need do nothing, and may try again.
If this was not you, call the number on the back of your card now, and we will block it.

We never ask for your PIN, your password or your full card number.

Swipestream
`)
  })

  it('says the same in HTML', () => {
    const { html } = alertMail()
    for (const words of ['EUR 1,499.00', 'Orchard Electronics', 'card ending 1234', '3 March 2026 at 14:05 CET', '9,938 km', 'call the number', 'Hello Jane,', 'We never ask']) {
      expect(html).toContain(words)
    }
  })

  it('asks with one link, in both parts, to the page that takes the answer', () => {
    const { html, text } = alertMail({}, jane, question)
    expect(text).toContain(`Tell us whether it was you:\n${exampleUrl}\n`)
    expect(html.match(/href="[^"]*"/g)).toEqual([`href="${exampleUrl}"`])
    expect(text).toContain('If this was not you, tell us, or call the number on the back of your card, and we will block it.')
  })

  it('asks nothing, and has no link, when there is no question', () => {
    const { html, text } = alertMail()
    expect(html).not.toContain('href')
    expect(text).not.toMatch(/https?:|tell us/i)
  })

  it('asks the customer to check a payment that went to review', () => {
    const { subject, text } = alertMail({ outcome: 'review', reasons: [notableAmount, largeAmount] })
    expect(subject).toBe('Please check a payment of EUR 1,499.00 on your card ending 1234')
    expect(text).toContain('If this was you, you need do nothing.')
    expect(text).not.toContain('declined')
  })

  it('does not ask the holder of a blocked card to try again, but how to have it unblocked', () => {
    const { text } = alertMail({ reasons: [{ ...largeAmount, rule_id: 'blocked_card', weight: 1000, evidence: [] }, impossibleTravel] })
    expect(text).toContain('Reason:   The card is blocked. The card was used 9,938 km')
    expect(text).toContain('The card was not charged. To have it unblocked, call the number on the back of it.')
    expect(text).not.toMatch(/try again|we will block it/)
  })

  it.each([
    ['a rule without words of its own', [{ ...largeAmount, rule_id: 'new_rule' }]],
    ['a rule that failed', [{ ...impossibleTravel, evidence: [{ name: 'error', value: 'boom', unit: null }] }]],
    ['no reason', []],
  ])('calls the payment unusual for %s', (_what, reasons) => {
    expect(alertMail({ reasons }).text).toContain('Reason:   The payment did not look like your usual ones.')
  })

  it('shows the time in UTC, and says so, when the zone is not known', () => {
    expect(alertMail({}, { given_name: null, time_zone: 'Mars/Olympus', language: 'en' }).text).toContain('3 March 2026 at 13:05 UTC')
    expect(alertMail({}, { given_name: null, time_zone: null, language: 'en' }).text).toContain('13:05 UTC')
  })

  it('leaves out what is not known', () => {
    const { text } = alertMail({ merchant_name: null, country: null }, { given_name: null, time_zone: 'Asia/Tokyo', language: 'en' })
    expect(text).toMatch(/^Hello,\n/)
    expect(text).toContain('Merchant: not named')
    expect(text).not.toContain('Country')
  })

  it('shows a name with markup as it is written', () => {
    const { html, text } = alertMail({ merchant_name: `<script>alert("x")</script> & 'co'` }, { ...jane, given_name: '<b>J</b>' })
    expect(html).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#x27;co&#x27;')
    expect(html).toContain('Hello &lt;b&gt;J&lt;/b&gt;,')
    expect(html).not.toMatch(/<script|<b>/)
    expect(text).toContain(`<script>alert("x")</script> & 'co'`)
  })
})

describe('the language of a message', () => {
  it.each([
    ['de', 'Guten Tag Jane,', 'de'],
    ['de-AT', 'Guten Tag Jane,', 'de'],
    ['DE_ch', 'Guten Tag Jane,', 'de'],
    ['fr-CA', 'Bonjour Jane,', 'fr'],
    ['es-419', 'Hola Jane:', 'es'],
    ['en-US', 'Hello Jane,', 'en'],
    ['ja', 'Hello Jane,', 'en'],
    ['constructor', 'Hello Jane,', 'en'],
    ['\r\n', 'Hello Jane,', 'en'],
    ['', 'Hello Jane,', 'en'],
    [null, 'Hello Jane,', 'en'],
  ])('is for %j the one that begins %j', (language, greeting, lang) => {
    const { text, html } = alertMail({}, { ...jane, language })
    expect(text.startsWith(`${greeting}\n`)).toBe(true)
    expect(html).toContain(`<html lang="${lang}">`)
  })

  it.each([
    ['de', 'Zahlung über 1.499,00 EUR mit Ihrer Karte mit den Endziffern 1234 abgelehnt', ['Singapur', '3. März 2026 um 14:05 MEZ']],
    ['fr', 'Paiement de 1 499,00 EUR refusé avec votre carte se terminant par 1234', ['Singapour', '3 mars 2026 à 14:05 UTC+1']],
    ['es', 'Hemos rechazado un pago de 1.499,00 EUR con su tarjeta terminada en 1234', ['Singapur', '3 de marzo de 2026 a las 14:05 CET']],
  ])('is that of amounts, countries and times too: %s', (language, subject, words) => {
    const mail = alertMail({}, { ...jane, language })
    expect(mail.subject).toBe(subject)
    for (const word of words) expect(mail.text).toContain(word)
  })

  it('is English for the people of the bank', () => {
    for (const { what } of examples().filter(({ what: { kind } }) => kind === 'ops' || kind === 'no_contact')) {
      const mail = texts.email(what, exampleAddressee('de'))
      expect(mail).toEqual(texts.email(what, exampleAddressee('en')))
      expect(mail.html).toContain('<html lang="en">')
    }
  })
})

describe('the e-mail of a digest', () => {
  const several = (count: number): AskedAlert[] =>
    Array.from({ length: count }, (_, i) => ({ alert: exampleAlert({ amount_minor: 100 * (i + 1), outcome: i === 0 ? 'review' : 'decline' }), question: { ...question, url: `${exampleUrl}${i}` } }))

  it('lists each payment, with its own link', () => {
    const { subject, text, html } = texts.email({ kind: 'digest', alerts: several(3) }, jane)
    expect(subject).toBe('3 more unusual payments on your card ending 1234')
    expect(text).toContain(`- EUR 1.00, Orchard Electronics: please check
  3 March 2026 at 14:05 CET, Singapore
  The card was used 9,938 km from its last payment, with 30 minutes between the two.
  Tell us whether it was you:
  ${exampleUrl}0

- EUR 2.00, Orchard Electronics: declined, not charged`)
    expect(html.match(/href="[^"]*"/g)).toEqual([0, 1, 2].map((i) => `href="${exampleUrl}${i}"`))
  })

  it('of one payment speaks of one', () => {
    const { subject, text } = texts.email({ kind: 'digest', alerts: several(1) }, jane)
    expect(subject).toBe('One more unusual payment on your card ending 1234')
    expect(text).toContain('If this was not you, tell us')
  })

  it('lists the twenty latest, and says how many more there are', () => {
    const { text } = texts.email({ kind: 'digest', alerts: several(25) }, jane)
    expect(text.match(/^- /gm)).toHaveLength(20)
    expect(text).not.toContain('EUR 5.00,')
    expect(text).toContain('EUR 6.00,')
    expect(text).toContain('5 earlier payments are not listed here. The app shows all of them.')
  })
})

describe('the e-mail that confirms an answer', () => {
  it('says of a fraud that the card is blocked, and what comes next', () => {
    const { subject, text } = texts.email({ kind: 'confirmation', alert: exampleAlert(), verdict: 'confirmed_fraud' }, jane)
    expect(subject).toBe('Your card ending 1234 is blocked')
    expect(text).toContain('We have blocked your card ending 1234')
    expect(text).toContain('Please call the number on the back of the card.')
  })

  it('thanks for a payment that was known, and says that it can be tried again only if it was declined', () => {
    const mail = (outcome: FraudAlert['outcome']) => texts.email({ kind: 'confirmation', alert: exampleAlert({ outcome }), verdict: 'legitimate' }, jane)
    expect(mail('decline').subject).toBe('Thank you for checking a payment of EUR 1,499.00')
    expect(mail('decline').text).toContain('You can try again now.')
    expect(mail('review').text).toContain('There is nothing more to do.')
    expect(mail('review').text).not.toMatch(/try again|blocked/)
  })
})

describe('the e-mail about a customer nobody can reach', () => {
  it('tells which card and alert', () => {
    const { subject, text } = texts.email({ kind: 'no_contact', alert: exampleAlert() }, { given_name: null, time_zone: null, language: null })
    expect(subject).toBe('No way to reach the holder of the card ending 1234')
    for (const fact of ['Card id:     v1.card', 'Alert id:    0199a1b2-c3d4-7000-8000-000000000001', 'Time:        3 March 2026 at 13:05 UTC']) expect(text).toContain(fact)
  })
})

describe('the e-mail to the people on call', () => {
  const opsMail = (...alerts: readonly OpsAlert[]) => texts.email({ kind: 'ops', alerts }, { given_name: null, time_zone: null, language: null })

  it('says what happened, when, how often, and where the runbook is', () => {
    const { subject, text } = opsMail(exampleOps)
    expect(subject).toBe('[critical] fraud-service FRAUD_RULE_FAILED: night_spree: The live rule night_spree fails: division by zero at 1:14.')
    expect(text).toBe(`The service raised an alert.

  Service:  fraud-service
  Code:     FRAUD_RULE_FAILED
  Severity: critical
  Subject:  night_spree
  Summary:  The live rule night_spree fails: division by zero at 1:14.
  When:     3 March 2026 at 13:05 UTC
  Times:    12
  Runbook:  docs/runbooks/fraud-rule-failed.md

Swipestream
`)
  })

  it('says that what is over is over, and how long it lasted', () => {
    const over: OpsAlert = { ...exampleOps, severity: 'info', subject: null, summary: 'All is well.', opened_at: exampleOps.raised_at - 300_000, resolved_at: exampleOps.raised_at - 20_000 }
    const { subject, text } = opsMail(over)
    expect(subject).toBe('[resolved] fraud-service FRAUD_RULE_FAILED: All is well.')
    expect(text).toContain('What an earlier alert told is over.')
    expect(text).toContain('Lasted:   5 minutes')
    expect(opsMail(over, exampleOps).subject).toMatch(/^\[critical\]/)
    expect(texts.sms({ kind: 'ops', alerts: [over] }, { given_name: null, time_zone: null, language: null })).toMatch(/^\[resolved\] fraud-service/)
  })

  it('of before there were beginnings and ends is told as it was', () => {
    const { opened_at: _opened, resolved_at: _resolved, ...old } = exampleOps
    expect(opsMail(old as OpsAlert).subject).toMatch(/^\[critical\] fraud-service/)
    expect(opsMail(old as OpsAlert).text).not.toContain('Lasted')
  })

  it('tells of several how often in all, the highest severity, and the ten newest first', () => {
    const many = Array.from({ length: 12 }, (_, i): OpsAlert => ({ ...exampleOps, severity: i === 3 ? 'critical' : 'info', subject: null, summary: `No. ${i}.`, count: 1_000 }))
    const { subject, text } = opsMail(...many)
    expect(subject).toBe('[critical] fraud-service FRAUD_RULE_FAILED (12 alerts): No. 11.')
    expect(text).toContain('Times:    12,000')
    expect(text.match(/No\. \d+/g)).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2].map((i) => `No. ${i}`))
    expect(text).toContain('2 earlier alerts are not listed.')
  })
})

describe('every message, in every language', () => {
  const all = shippedLanguages.flatMap((language) => examples().map(({ name, what }) => ({ language, name, what })))

  it.each(all)('keeps scores, limits and the whole card number to itself: $name in $language', ({ language, what }) => {
    const to = exampleAddressee(language)
    const { subject, text, html } = texts.email(what, to)
    const { title, body } = texts.inbox(what, to)
    for (const said of [subject, text, html.replaceAll(/ style="[^"]*"|<[^>]*>/g, ' '), title, body, texts.sms(what, to)]) {
      expect(said).not.toMatch(/\b850\b|\b350\b|1[,. ]?000[,.]00|200[,.]00|19[,. ]?876|\b\d{13,19}\b/)
    }
  })

  it.each(all)('has in its text part all lines of its HTML: $name in $language', ({ language, what }) => {
    const { text, html } = texts.email(what, exampleAddressee(language))
    const shown = (html.split('<!--[if mso]>')[1] ?? '').replaceAll(/<[^>]*>/g, '\n').split('\n').map((line) => line.trim()).filter((line) => line.length > 1)
    const unescaped = shown.map((line) => line.replaceAll('&#x27;', "'").replaceAll('&quot;', '"').replaceAll('&amp;', '&'))
    const headings = html.match(/<h1[^>]*>([^<]*)/)?.[1] ?? ''
    expect(unescaped.filter((line) => line !== headings && !text.includes(line))).toEqual([])
  })

  const hostile = fc.string({ unit: fc.oneof(fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }), fc.constantFrom('\r\n', '\n', '<', '>', '"', "'", '&', '{{', '{% raw %}', '{', '}', '#', '\u2028', '\u202E', '\0')) })
  const elements = (html: string): string[] => html.match(/<[^>]*>/g) ?? []
  const lines = (text: string): number => text.split(/\r\n|[\r\n\u2028\u2029]/).length

  it.each(all)('has one line of subject, and the same elements and lines, whatever names hold: $name in $language', ({ name, language }) => {
    const told = (text: string) => {
      const alert = { merchant_name: `M${text}`, currency: text, country: text, card_last4: `1${text}`, card_id: `C${text}` }
      const ops = { service: `S${text}`, code: `C${text}`, subject: `O${text}`, summary: `Y${text}` }
      const what = examples({ alert, ops }).find((example) => example.name === name)!.what
      const to = { given_name: `G${text}`, time_zone: text, language }
      return { mail: texts.email(what, to), sms: texts.sms(what, to), inbox: texts.inbox(what, to) }
    }
    const plain = told('x')
    fc.assert(
      fc.property(hostile, (text) => {
        const { mail, sms, inbox } = told(text)
        for (const line of [mail.subject, sms, inbox.title]) expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
        expect(elements(mail.html)).toEqual(elements(plain.mail.html))
        expect(lines(mail.text)).toBe(lines(plain.mail.text))
        expect(lines(inbox.body)).toBe(lines(plain.inbox.body))
      }),
      { numRuns: 20 },
    )
  })
})

describe('the app', () => {
  it('is told the same, without greeting and links: it asks by itself', () => {
    const { title, body } = texts.inbox({ kind: 'alert', alert: exampleAlert(), question }, jane)
    expect(title).toBe('We declined a payment of EUR 1,499.00 on your card ending 1234')
    expect(body).toMatch(/^We declined a payment on your card ending 1234\.\n\n {2}Amount: {3}EUR 1,499\.00\n/)
    expect(body).toMatch(/If this was not you, tell us, or call the number on the back of your card, and we will block it\.$/)
    expect(body).not.toMatch(/https?:|Hello/)
  })
})
