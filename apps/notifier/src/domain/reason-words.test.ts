import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Reason } from '@swipestream/contracts'
import { describe, expect, it } from 'vitest'
import { impossibleTravel, largeAmount, notableAmount } from './example-alert.js'
import { septets, toGsm7 } from './gsm7.js'
import { reasonWords } from './reason-words.js'

/** Ids of the rules that are shipped. */
const shipped = readdirSync(join(import.meta.dirname, '../../../../deploy/rules')).map((file) => file.replace(/\.json$/, ''))
const ofRule = (rule_id: string, evidence: Reason['evidence'] = []): Reason => ({ ...largeAmount, rule_id, evidence })
const unusual = { sentence: 'The payment did not look like your usual ones.', brief: 'unusual payment' }
const journey = (km: number | string, kmh: number | string) => ofRule('impossible_travel', [
  { name: 'tx.distance_km', value: km, unit: 'km' }, { name: 'tx.speed_kmh', value: kmh, unit: 'km/h' },
])

describe('the words of a reason', () => {
  it.each(shipped)('are of its own for the shipped rule %s', (rule) => {
    expect(reasonWords(ofRule(rule))).not.toEqual(unusual)
  })

  it.each(shipped)('are a sentence, and a few words that fit an SMS, for %s', (rule) => {
    const { sentence, brief } = reasonWords(ofRule(rule))
    expect(sentence).toMatch(/^[A-Z][^.!?\n]*\.$/)
    expect(toGsm7(brief)).toBe(brief)
    expect(septets(brief)).toBeLessThanOrEqual(30)
  })

  it.each([
    ['no reason', undefined],
    ['a rule nobody has words for', ofRule('new_rule')],
    ['a name every object has', ofRule('constructor')],
    ['a rule that failed', { ...impossibleTravel, evidence: [{ name: 'error', value: 'boom', unit: null }] }],
  ])('are that the payment is unusual for %s', (_what, reason) => {
    expect(reasonWords(reason)).toEqual(unusual)
  })

  it('are the same for rules that look at the same thing', () => {
    expect(reasonWords(notableAmount)).toEqual(reasonWords(largeAmount))
    expect(reasonWords(ofRule('unbroken_terminal'))).toEqual(reasonWords(ofRule('risky_terminal')))
  })

  it.each([notableAmount, largeAmount, ofRule('risky_terminal', [{ name: 'terminal.frauds_7d', value: 3, unit: null }])])('tell no limit and no number of a rule: %j', (reason) => {
    expect(reasonWords(reason).sentence).not.toMatch(/\d/)
  })
})

describe('the words of an impossible journey', () => {
  it.each([
    [9938.21, 19_876.42, '9,938 km from its last payment, with 30 minutes between the two.'],
    [60, 60_000, '60 km from its last payment, with less than a minute between the two.'],
    [50, 3_000, '50 km from its last payment, with 1 minute between the two.'],
    [18_000, 1_200, '18,000 km from its last payment, with 15 hours between the two.'],
  ])('over %d km at %d km/h tell the distance, and the time between', (km, kmh, words) => {
    expect(reasonWords(journey(km, kmh)).sentence).toBe(`The card was used ${words}`)
  })

  it.each([
    ['that did not say how far', ofRule('impossible_travel')],
    ['of before the evidence had the names of features', ofRule('impossible_travel', [{ name: 'distance', value: 9938, unit: 'km' }, { name: 'elapsed', value: 1800, unit: 's' }])],
    ['in words', journey('absent', 'absent')],
    ['without a speed', journey(9938, 0)],
  ])('tell neither for one %s', (_what, reason) => {
    expect(reasonWords(reason).sentence).toBe('The card was used too far from its last payment for anyone to have travelled there in time.')
  })
})
