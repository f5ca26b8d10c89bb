import type { FraudAlert, Reason } from '@swipestream/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exampleAlert, impossibleTravel, largeAmount, notableAmount } from '../../domain/example-alert.js'
import { isGsm7 } from '../../domain/gsm7.js'
import { segmentsOf } from '../../domain/sms-segments.js'
import type { Addressee, Question } from '../../domain/to-tell.js'
import { exampleAddressee, exampleOps } from './examples.js'
import { shippedLanguages, shippedTexts as texts } from './shipped.fixture.js'

const jane = exampleAddressee('en')
const asked: Question = { url: 'https://alerts.bank.example/a', code: null, bySms: true }
const alertSms = (changes: Partial<FraudAlert> = {}, question: Question | null = null, to: Addressee = jane): string =>
  texts.sms({ kind: 'alert', alert: exampleAlert(changes), question }, to)

describe('the SMS of an alert', () => {
  it('says what happened, why, and what to do', () => {
    expect(alertSms()).toBe(
      'Swipestream: we declined EUR 1,499.00 at Orchard Elect..., card ending 1234, 3 Mar 14:05: too far from your last payment. Not you? Call the number on your card.',
    )
    expect(alertSms({ outcome: 'review', reasons: [notableAmount, largeAmount] })).toBe(
      'Swipestream: please check EUR 1,499.00 at Orchard Electronics, card ending 1234, 3 Mar 14:05: unusually large. Not you? Call the number on your card.',
    )
  })

  it.each([
    ['en', 'Reply YES or NO.', 'Reply YES 27 or NO 27.'],
    ['de', 'Antwort: JA oder NEIN.', 'Antwort: JA 27 oder NEIN 27.'],
    ['fr', 'Répondez OUI ou NON.', 'Répondez OUI 27 ou NON 27.'],
    ['es', 'Responda SI o NO.', 'Responda SI 27 o NO 27.'],
  ])('asks for the answer in %s, with its code when it needs one', (language, plain, coded) => {
    const to = exampleAddressee(language)
    expect(alertSms({}, asked, to).endsWith(plain)).toBe(true)
    expect(alertSms({}, { ...asked, code: '27' }, to).endsWith(coded)).toBe(true)
  })

  it('names the number to call when an answer would not be understood', () => {
    expect(alertSms({}, { ...asked, bySms: false })).toMatch(/Not you\? Call the number on your card\.$/)
  })

  it('does not name the customer, nor where they were, nor the page', () => {
    expect(alertSms({}, asked)).not.toMatch(/Jane|Singapore|http/)
  })

  it('leaves out a merchant that has no name', () => {
    expect(alertSms({ merchant_name: null })).toContain('EUR 1,499.00, card ending 1234')
  })

  it('gives up the merchant before the reason, and both before the advice', () => {
    const sms = alertSms({ amount_minor: Number.MAX_SAFE_INTEGER }, null, { ...jane, time_zone: null })
    expect(sms).toBe('Swipestream: we declined EUR 90,071,992,547,409.91, card ending 1234, 3 Mar 13:05 UTC: too far from your last payment. Not you? Call the number on your card.')
  })

  it('has a name from outside in the alphabet', () => {
    expect(alertSms({ merchant_name: 'Façade Żabka 東京', reasons: [largeAmount] })).toContain(' at Facade Zabka ??, ')
  })

  it.each(shippedLanguages)('is one segment of the GSM alphabet, whatever it holds, in %s', (language) => {
    const { words } = texts.languageOf(language)
    expect(words.alphabet).toBe('gsm7')
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 80 }),
        fc.maxSafeNat(),
        fc.constantFrom('EUR', 'JPY', 'KWD', 'CLF'),
        fc.constantFrom('decline', 'review', 'approve'),
        fc.constantFrom<Reason[]>([], [impossibleTravel], [notableAmount, largeAmount]),
        fc.constantFrom('Europe/Berlin', 'America/Argentina/Buenos_Aires', null),
        fc.integer({ min: 0, max: 364 }),
        fc.constantFrom(null, asked, { ...asked, code: '27' }, { ...asked, bySms: false }),
        (merchant_name, amount_minor, currency, outcome, reasons, time_zone, day, question) => {
          const occurred_at = Date.UTC(2026, 0, 1 + day, 13, 5)
          const alert = exampleAlert({ merchant_name, amount_minor, currency, outcome, reasons, occurred_at })
          const to = { given_name: null, time_zone, language }
          const several = [{ alert, question }, { alert, question }]
          for (const what of [{ kind: 'alert', alert, question }, { kind: 'digest', alerts: several }] as const) {
            const sms = texts.sms(what, to)
            expect(isGsm7(sms)).toBe(true)
            expect(segmentsOf(sms)).toBe(1)
            expect(sms).toContain('1234')
            const key = question?.bySms !== true ? 'sms.call' : what.kind === 'alert' ? 'sms.ask' : 'sms.askLatest'
            const ending = words.say(key, { hasCode: question?.code == null ? 'no' : 'yes', code: question?.code ?? '' })
            expect(sms.endsWith(ending)).toBe(true)
          }
          for (const verdict of ['confirmed_fraud', 'legitimate'] as const) expect(segmentsOf(texts.sms({ kind: 'confirmation', alert, verdict }, to))).toBe(1)
        },
      ),
    )
  })
})

describe('the SMS of a digest', () => {
  it('says how many payments there are, and asks about the latest', () => {
    const alerts = [{ alert: exampleAlert(), question: asked }, { alert: exampleAlert({ amount_minor: 200, reasons: [largeAmount] }), question: { ...asked, code: '31' } }]
    expect(texts.sms({ kind: 'digest', alerts }, jane)).toBe(
      'Swipestream: 2 more payments on card ending 1234, the latest: EUR 2.00 at Orchard E..., 3 Mar 14:05: unusually large. Was the latest you? Reply YES 31 or NO 31.',
    )
  })
})

describe('the SMS that confirms an answer', () => {
  it('says that the card is blocked, and how to get a new one', () => {
    expect(texts.sms({ kind: 'confirmation', alert: exampleAlert(), verdict: 'confirmed_fraud' }, jane)).toBe(
      'Swipestream: thank you. Your card ending 1234 is blocked. Please call the number on it: we will send you a new one.',
    )
  })

  it('says that a declined payment can be tried again', () => {
    expect(texts.sms({ kind: 'confirmation', alert: exampleAlert(), verdict: 'legitimate' }, jane)).toBe(
      'Swipestream: thank you. You know the payment of EUR 1,499.00 at Orchard Electronics. You can try it again now.',
    )
  })
})

describe('the SMS to the people on call', () => {
  it('says how urgent it is, which service, what and how often', () => {
    expect(texts.sms({ kind: 'ops', alerts: [{ ...exampleOps, count: 1 }] }, jane)).toBe('[critical] fraud-service FRAUD_RULE_FAILED: The live rule night_spree fails: division by zero at 1:14.')
    expect(texts.sms({ kind: 'ops', alerts: [exampleOps, exampleOps] }, jane)).toContain('FRAUD_RULE_FAILED 24x: ')
  })

  it('is cut to one segment', () => {
    const sms = texts.sms({ kind: 'ops', alerts: [{ ...exampleOps, summary: 'So much happened. '.repeat(20) }] }, jane)
    expect(segmentsOf(sms)).toBe(1)
    expect(sms).toMatch(/^\[critical] fraud-service FRAUD_RULE_FAILED 12x: So much happened\. .*\.\.\.$/)
  })
})
