import { describe, expect, it } from 'vitest'
import { TwilioProblem } from './problems.js'
import { checkSendRequest } from './send-request.js'

const right = { To: '+436641234567', From: '+15005550006', Body: 'Hello' }

const check = (changes: Record<string, string | undefined>, owned?: string): ReturnType<typeof checkSendRequest> => {
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries({ ...right, ...changes })) if (value !== undefined) form.set(name, value)
  return checkSendRequest(form, owned)
}

const codeOf = (changes: Record<string, string | undefined>, owned?: string): { status: number; code: number } | 'accepted' => {
  try {
    check(changes, owned)
    return 'accepted'
  } catch (error) {
    if (error instanceof TwilioProblem) return { status: error.status, code: error.code }
    throw error
  }
}

describe('a request to send', () => {
  it.each([
    ['as it should be', {}, 'accepted'],
    ['without To', { To: undefined }, 21604],
    ['with an empty To', { To: ' ' }, 21604],
    ['without From', { From: undefined }, 21603],
    ['without Body', { Body: undefined }, 21602],
    ['with an empty Body', { Body: '' }, 21602],
    ['with a picture instead of a Body', { Body: undefined, MediaUrl: 'https://example.com/a.png' }, 'accepted'],
    ['to something that is no number', { To: 'Alice' }, 21211],
    ['to a number without country', { To: '06641234567' }, 21211],
    ['to a number that is too long', { To: '+1234567890123456' }, 21211],
    ['to itself', { To: '+436641234567', From: '+436641234567' }, 21266],
    ['from something that is no sender', { From: 'a sender, too long' }, 21212],
    ['from a name', { From: 'Swipe Bank' }, 'accepted'],
    ['from a short code', { From: '12345' }, 'accepted'],
    ['with 1,600 characters', { Body: 'x'.repeat(1600) }, 'accepted'],
    ['with 1,601 characters', { Body: 'x'.repeat(1601) }, 21617],
    ['with a callback', { StatusCallback: 'https://example.com/status' }, 'accepted'],
    ['with a callback that is no web address', { StatusCallback: 'ftp://example.com' }, 21609],
    ['with a callback that is no address', { StatusCallback: '/status' }, 21609],
    ['by a messaging service', { From: undefined, MessagingServiceSid: `MG${'a'.repeat(32)}` }, 'accepted'],
    ['by something that is no messaging service', { From: undefined, MessagingServiceSid: 'MG1' }, 21705],
  ] as const)('%s', (_name, changes, expected) => {
    expect(codeOf(changes)).toEqual(expected === 'accepted' ? expected : { status: 400, code: expected })
  })

  it.each([
    ['To', '+15005550001', 400, 21211],
    ['To', '+15005550002', 400, 21612],
    ['To', '+15005550003', 400, 21408],
    ['To', '+15005550004', 400, 21610],
    ['To', '+15005550009', 400, 21614],
    ['From', '+15005550001', 400, 21212],
    ['From', '+15005550007', 400, 21606],
    ['From', '+15005550008', 429, 21611],
  ])('%s %s, one of the magic numbers of Twilio, is refused', (name, number, status, code) => {
    expect(codeOf({ [name]: number })).toEqual({ status, code })
  })

  it('is refused from a number that is not ours', () => {
    expect(codeOf({ From: '+436640000000' }, '+436649999999')).toEqual({ status: 400, code: 21606 })
    expect(codeOf({ From: '+43 664 9999999' }, '+436649999999')).toBe('accepted')
    expect(codeOf({ From: '+15005550006' }, '+436649999999')).toBe('accepted')
  })

  it('is read as a person writes numbers', () => {
    expect(check({ To: '+43 (664) 123-45.67' })).toMatchObject({ to: '+436641234567', from: '+15005550006', body: 'Hello', media: 0 })
  })

  it('is refused without telling the whole number', () => {
    expect(() => check({ To: '+15005550001' })).toThrow(/^Invalid 'To' Phone Number: \+1500555XXXX$/)
  })
})
