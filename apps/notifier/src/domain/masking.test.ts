import { describe, expect, it } from 'vitest'
import { maskRecipient, withoutAddresses } from './masking.js'

describe('a recipient in an event', () => {
  it.each([
    ['email', 'jane.doe@example.org', 'j***@example.org'],
    ['email', 'j@example.org', 'j***@example.org'],
    ['email', 'no address', '***'],
    ['sms', '+4930231250089', '+49*****89'],
    ['sms', '112', '***'],
  ] as const)('on %s: %s is shown as %s', (channel, recipient, shown) => {
    expect(maskRecipient(channel, recipient)).toBe(shown)
  })
})

describe("a provider's answer", () => {
  it.each([
    ['550 5.1.1 <jane@example.org>: user unknown', '550 5.1.1 <***>: user unknown'],
    ["The 'To' number +1 (555) 010-0199 is not valid (21211)", "The 'To' number *** is not valid (21211)"],
    ['450 4.2.0 greylisted, try again in 300 s', '450 4.2.0 greylisted, try again in 300 s'],
  ])('%s is kept as %s', (answer, kept) => {
    expect(withoutAddresses(answer)).toBe(kept)
  })
})
