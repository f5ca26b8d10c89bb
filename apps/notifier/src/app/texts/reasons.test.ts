import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Reason } from '@swipestream/contracts'
import { describe, expect, it } from 'vitest'
import { impossibleTravel, largeAmount, notableAmount } from '../../domain/example-alert.js'
import { septets, toGsm7 } from '../../domain/gsm7.js'
import { briefReason, reasonSentences } from './reasons.js'
import { shippedLanguages, shippedTexts } from './shipped.fixture.js'

/** Ids of the rules that are shipped. */
const shipped = readdirSync(join(import.meta.dirname, '../../../../../deploy/rules')).map((file) => file.replace(/\.json$/, ''))
const ofRule = (rule_id: string, evidence: Reason['evidence'] = []): Reason => ({ ...largeAmount, rule_id, evidence })
const journey = (km: number | string, kmh: number | string) => ofRule('impossible_travel', [
  { name: 'tx.distance_km', value: km, unit: 'km' }, { name: 'tx.speed_kmh', value: kmh, unit: 'km/h' },
])
function told(reasons: readonly Reason[], code = 'en') {
  const { words, formats } = shippedTexts.languageOf(code)
  return { sentence: reasonSentences(reasons, words, formats), brief: briefReason(reasons, words) }
}
const unusual = { sentence: 'The payment did not look like your usual ones.', brief: 'unusual payment' }

describe.each(shippedLanguages)('the words of a reason in %s', (language) => {
  it.each(shipped)('are of its own for the shipped rule %s', (rule) => {
    expect(told([ofRule(rule)], language)).not.toEqual(told([], language))
  })

  it.each(shipped)('are a sentence, and a few words that fit an SMS, for %s', (rule) => {
    const { sentence, brief } = told([ofRule(rule)], language)
    expect(sentence).toMatch(/^\p{Lu}[^.!?\n]*\.$/u)
    expect(toGsm7(brief)).toBe(brief)
    expect(septets(brief)).toBeLessThanOrEqual(30)
  })

  it.each([notableAmount, largeAmount, ofRule('risky_terminal', [{ name: 'terminal.frauds_7d', value: 3, unit: null }])])('tell no limit and no number of a rule: %j', (reason) => {
    expect(told([reason], language).sentence).not.toMatch(/\d/)
  })
})

describe('the words of a reason', () => {
  it.each([
    ['no reason', []],
    ['a rule nobody has words for', [ofRule('new_rule')]],
    ['a name every object has', [ofRule('constructor')]],
    ['a rule that failed', [{ ...impossibleTravel, evidence: [{ name: 'error', value: 'boom', unit: null }] }]],
  ])('are that the payment is unusual for %s', (_what, reasons) => {
    expect(told(reasons)).toEqual(unusual)
  })

  it('are said once for rules that look at the same thing', () => {
    expect(told([notableAmount, largeAmount])).toEqual(told([largeAmount]))
    expect(told([ofRule('unbroken_terminal'), ofRule('risky_terminal')])).toEqual(told([ofRule('risky_terminal')]))
  })
})

describe('the words of an impossible journey', () => {
  it.each([
    [9938.21, 19_876.42, '9,938 km from its last payment, with 30 minutes between the two.'],
    [60, 60_000, '60 km from its last payment, with less than a minute between the two.'],
    [50, 3_000, '50 km from its last payment, with 1 minute between the two.'],
    [18_000, 1_200, '18,000 km from its last payment, with 15 hours between the two.'],
    [18_000, 200, '18,000 km from its last payment, with 4 days between the two.'],
  ])('over %d km at %d km/h tell the distance, and the time between', (km, kmh, words) => {
    expect(told([journey(km, kmh)]).sentence).toBe(`The card was used ${words}`)
  })

  it.each([
    ['de', 'Die Karte wurde 18.000 km von ihrer letzten Zahlung entfernt benutzt, mit einem Abstand von 4 Tagen.'],
    ['fr', 'La carte a été utilisée à 18 000 km de son dernier paiement, à 4 jours d’intervalle.'],
    ['es', 'La tarjeta se usó a 18.000 km de su último pago, con 4 días entre ambos.'],
  ])('are written as in %s', (language, sentence) => {
    expect(told([journey(18_000, 200)], language).sentence).toBe(sentence)
  })

  it.each([
    ['that did not say how far', ofRule('impossible_travel')],
    ['of before the evidence had the names of features', ofRule('impossible_travel', [{ name: 'distance', value: 9938, unit: 'km' }, { name: 'elapsed', value: 1800, unit: 's' }])],
    ['in words', journey('absent', 'absent')],
    ['without a speed', journey(9938, 0)],
  ])('tell neither for one %s', (_what, reason) => {
    expect(told([reason]).sentence).toBe('The card was used too far from its last payment for anyone to have travelled there in time.')
  })
})
