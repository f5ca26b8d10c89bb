import { describe, expect, it } from 'vitest'
import { toGsm7 } from '../../domain/gsm7.js'
import { segmentsOf } from '../../domain/sms-segments.js'
import { replyText } from './reply.js'
import { shippedLanguages, shippedTexts } from './shipped.fixture.js'

const told = ['already_legitimate', 'already_confirmed_fraud', 'expired', 'code_needed', 'code_unknown', 'unclear', 'nothing_asked'] as const

describe.each(shippedLanguages)('a reply in %s', (code) => {
  const language = shippedTexts.languageOf(code)

  it.each(told)('that says %s is one segment, in the alphabet of SMS', (outcome) => {
    const text = replyText(outcome, language) ?? ''
    expect(toGsm7(text)).toBe(text)
    expect(text.length).toBeGreaterThan(30)
    expect(segmentsOf(text)).toBe(1)
  })

  it.each(['given', 'ignored', 'stopped', 'started', 'helped'] as const)('is not sent when the SMS was %s', (outcome) => {
    expect(replyText(outcome, language)).toBeUndefined()
  })
})
