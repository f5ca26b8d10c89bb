import { describe, expect, it } from 'vitest'
import { toGsm7 } from './gsm7.js'
import { languageOf, languages, replyText } from './reply-words.js'
import { segmentsOf } from './sms-segments.js'

const told = ['already_legitimate', 'already_confirmed_fraud', 'expired', 'code_needed', 'code_unknown', 'unclear', 'nothing_asked'] as const

describe.each(languages)('a reply in %s', (language) => {
  it.each(told)('that says %s is one segment, in the alphabet of SMS', (outcome) => {
    const text = replyText(outcome, language) ?? ''
    expect(text).not.toContain('?'.repeat(2))
    expect(toGsm7(text)).toBe(text)
    expect(text.length).toBeGreaterThan(30)
    expect(segmentsOf(text)).toBe(1)
  })

  it.each(['given', 'ignored', 'stopped', 'started', 'helped'] as const)('is not sent when the SMS was %s', (outcome) => {
    expect(replyText(outcome, language)).toBeUndefined()
  })
})

describe('the language of a reply', () => {
  it.each([['de', 'de'], ['de-AT', 'de'], ['FR', 'fr'], ['es-419', 'es'], ['it', 'en'], ['', 'en'], [null, 'en'], ['den', 'en']])('for %j is %s', (tag, language) => {
    expect(languageOf(tag)).toBe(language)
  })
})
