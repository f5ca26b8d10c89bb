import { describe, expect, it } from 'vitest'
import { isEmailAddress, isPhoneNumber } from './contact.js'

describe('an e-mail address', () => {
  it.each(['a@example.org', 'jane.doe+cards@mail.example.co.uk', 'jürgen@bücher.example', "o'neill@example.org"])('can be %s', (text) => {
    expect(isEmailAddress(text)).toBe(true)
  })

  it.each([
    '', 'jane', '@example.org', 'jane@', 'a@b@c', 'a@x.org, b@x.org', 'a@x.org;b@x.org', 'Jane <a@x.org>', 'a@x.org\r\nBcc: b@x.org', 'a@x.org\0',
    'a b@x.org', `a@${'x'.repeat(260)}`,
  ])('is never %j', (text) => {
    expect(isEmailAddress(text)).toBe(false)
  })
})

describe('a telephone number', () => {
  it('is E.164', () => {
    expect(isPhoneNumber('+4930231250089')).toBe(true)
  })

  it.each(['', '030231250089', '+0123456789', '+49 30 231', '+49', '+1234567890123456', '+15550100\n'])('is never %j', (text) => {
    expect(isPhoneNumber(text)).toBe(false)
  })
})
