import type { Reason } from '@swipestream/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exampleAlert, impossibleTravel, largeAmount, notableAmount } from './example-alert.js'
import { septets, toGsm7 } from './gsm7.js'
import { renderEmail, renderSms } from './message.js'

const jane = { given_name: 'Jane', time_zone: 'Europe/Berlin', language: 'en' }

describe('the e-mail of an alert', () => {
  it('says what happened, why, and what to do', () => {
    const { subject, text } = renderEmail(exampleAlert({ reasons: [impossibleTravel, notableAmount, largeAmount] }), jane)
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
    const { html } = renderEmail(exampleAlert(), jane)
    for (const words of ['EUR 1,499.00', 'Orchard Electronics', 'card ending 1234', '3 March 2026 at 14:05 CET', '9,938 km', 'call the number']) {
      expect(html).toContain(words)
    }
  })

  it('asks the customer to check a payment that went to review', () => {
    const { subject, text } = renderEmail(exampleAlert({ outcome: 'review', reasons: [notableAmount, largeAmount] }), jane)
    expect(subject).toBe('Please check a payment of EUR 1,499.00 on your card ending 1234')
    expect(text).toContain('If this was you, you need do nothing.')
    expect(text).not.toContain('declined')
  })

  it('does not ask the holder of a blocked card to try again, but how to have it unblocked', () => {
    const { text } = renderEmail(exampleAlert({ reasons: [{ ...largeAmount, rule_id: 'blocked_card', weight: 1000, evidence: [] }, impossibleTravel] }), jane)
    expect(text).toContain('Reason:   The card is blocked. The card was used 9,938 km')
    expect(text).toContain('The card was not charged. To have it unblocked, call the number on the back of it.')
    expect(text).not.toMatch(/try again|we will block it/)
  })

  it('keeps the limits of rules to itself', () => {
    expect(renderEmail(exampleAlert({ reasons: [notableAmount, largeAmount] }), jane).text).not.toMatch(/1,000|200/)
  })

  it.each([
    ['a rule without words of its own', [{ ...largeAmount, rule_id: 'new_rule' }]],
    ['a rule that failed', [{ ...impossibleTravel, evidence: [{ name: 'error', value: 'boom', unit: null }] }]],
    ['no reason', []],
  ])('calls the payment unusual for %s', (_what, reasons) => {
    expect(renderEmail(exampleAlert({ reasons }), jane).text).toContain('Reason:   The payment did not look like your usual ones.')
  })

  it('shows the time in UTC, and says so, when the zone is not known', () => {
    expect(renderEmail(exampleAlert(), { given_name: null, time_zone: 'Mars/Olympus', language: 'en' }).text).toContain('3 March 2026 at 13:05 UTC')
    expect(renderEmail(exampleAlert(), { given_name: null, time_zone: null, language: 'en' }).text).toContain('13:05 UTC')
  })

  it('leaves out what is not known', () => {
    const { text } = renderEmail(exampleAlert({ merchant_name: null, country: null }), { given_name: null, time_zone: 'Asia/Tokyo', language: 'en' })
    expect(text).toMatch(/^Hello,\n/)
    expect(text).toContain('Merchant: not named')
    expect(text).not.toContain('Country')
  })

  it('shows a name with markup as it is written', () => {
    const { html, text } = renderEmail(exampleAlert({ merchant_name: `<script>alert("x")</script> & 'co'` }), { ...jane, given_name: '<b>J</b>' })
    expect(html).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;co&#39;')
    expect(html).toContain('Hello &lt;b&gt;J&lt;/b&gt;,')
    expect(html).not.toMatch(/<script|<b>/)
    expect(text).toContain(`<script>alert("x")</script> & 'co'`)
  })

  it('has one line of subject, and the same elements and lines, whatever the names hold', () => {
    const elements = (html: string): string[] => html.match(/<[^>]*>/g) ?? []
    const plain = renderEmail(exampleAlert({ merchant_name: 'M' }), { ...jane, given_name: 'G' })
    const hostile = fc.string({ unit: fc.oneof(fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }), fc.constantFrom('\r\n', '\n', '<', '>', '"', "'", '&', '\u2028', '\0')) })
    fc.assert(
      fc.property(hostile, hostile, (merchant, name) => {
        const mail = renderEmail(exampleAlert({ merchant_name: `M${merchant}`, currency: 'EUR' }), { ...jane, given_name: `G${name}` })
        expect(mail.subject).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u)
        expect(elements(mail.html)).toEqual(elements(plain.html))
        expect(mail.text.split(/\r\n|[\r\n\u2028\u2029]/).length).toBe(plain.text.split('\n').length)
      }),
    )
  })
})

describe('the SMS of an alert', () => {
  it('says what happened, why, and what to do', () => {
    expect(renderSms(exampleAlert(), jane)).toBe(
      'Swipestream: we declined EUR 1,499.00 at Orchard Elect..., card ending 1234, 3 Mar 14:05: too far from your last payment. Not you? Call the number on your card.',
    )
    expect(renderSms(exampleAlert({ outcome: 'review', reasons: [notableAmount, largeAmount] }), jane)).toBe(
      'Swipestream: please check EUR 1,499.00 at Orchard Electronics, card ending 1234, 3 Mar 14:05: unusually large. Not you? Call the number on your card.',
    )
  })

  it("does not name the customer, nor where they were", () => {
    const sms = renderSms(exampleAlert(), jane)
    expect(sms).not.toContain('Jane')
    expect(sms).not.toContain('Singapore')
  })

  it('leaves out a merchant that has no name', () => {
    expect(renderSms(exampleAlert({ merchant_name: null }), jane)).toContain('EUR 1,499.00, card ending 1234')
  })

  it('gives up the merchant before the reason, and both before the advice', () => {
    const sms = renderSms(exampleAlert({ amount_minor: Number.MAX_SAFE_INTEGER }), { ...jane, time_zone: null, language: 'en' })
    expect(sms).toBe('Swipestream: we declined EUR 90,071,992,547,409.91, card ending 1234, 3 Mar 13:05 UTC: too far from your last payment. Not you? Call the number on your card.')
  })

  it('is one segment of the GSM alphabet, whatever it holds', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 80 }),
        fc.maxSafeNat(),
        fc.constantFrom('EUR', 'JPY', 'KWD'),
        fc.constantFrom('decline', 'review', 'approve'),
        fc.constantFrom<Reason[]>([], [impossibleTravel], [notableAmount, largeAmount]),
        fc.constantFrom('Europe/Berlin', 'America/Argentina/Buenos_Aires', null),
        (merchant_name, amount_minor, currency, outcome, reasons, time_zone) => {
          const sms = renderSms(exampleAlert({ merchant_name, amount_minor, currency, outcome, reasons }), { given_name: null, time_zone, language: 'en' })
          expect(toGsm7(sms)).toBe(sms)
          expect(septets(sms)).toBeLessThanOrEqual(160)
          expect(sms).toMatch(/card ending 1234, .* Not you\? Call the number on your card\.$/)
        },
      ),
    )
  })
})
