import { describe, expect, it } from 'vitest'
import { twilioFailure } from './twilio-failure.js'

const now = Date.UTC(2026, 2, 3, 12)

describe('a failed SMS', () => {
  it.each([
    // what, status, code; scope, wrong variable
    ['no telephone number', 400, 21211, 'final', undefined],
    ['not a mobile number', 400, 21614, 'final', undefined],
    ['the customer opted out', 400, 21610, 'final', undefined],
    ['no route to the number', 400, 21612, 'final', undefined],
    ['the region is not enabled', 400, 21408, 'final', undefined],
    ['a landline (a newer code)', 400, 21635, 'final', undefined],
    ['text too long', 400, 21617, 'final', undefined],
    ['the sender is not ours', 400, 21606, 'channel', 'TWILIO_FROM'],
    ['the sender is no number of Twilio', 400, 21659, 'channel', 'TWILIO_FROM'],
    ['the messaging service is not there', 400, 21705, 'channel', 'TWILIO_FROM'],
    ["the sender's queue is full", 429, 21611, 'channel', undefined],
    ['wrong token', 401, 20003, 'channel', 'TWILIO_AUTH_TOKEN'],
    ['account suspended', 403, 20005, 'channel', 'TWILIO_ACCOUNT_SID'],
    ['account not found', 404, 20404, 'channel', 'TWILIO_ACCOUNT_SID'],
    ['too many requests', 429, 20429, 'channel', undefined],
    ['time-out', 408, undefined, 'message', undefined],
    ['conflict', 409, undefined, 'message', undefined],
    ['an error of theirs', 500, 20500, 'message', undefined],
    ['bad gateway', 502, undefined, 'channel', undefined],
    ['out of service', 503, undefined, 'channel', undefined],
    ['gateway time-out', 504, undefined, 'channel', undefined],
    ['a redirect', 302, undefined, 'channel', undefined],
    ['connection refused', undefined, 'ECONNREFUSED', 'channel', undefined],
    ['no answer in time', undefined, 'ECONNABORTED', 'channel', undefined],
    ['an error of this program', undefined, undefined, 'message', undefined],
  ] as const)('%s (HTTP %s, %s) concerns the %s', (message, status, code, scope, wrongVariable) => {
    const failure = twilioFailure({ message, status, code }, now)
    expect(failure.scope).toBe(scope)
    expect(failure.wrongVariable).toBe(wrongVariable)
  })

  it.each([
    ['7', 7000],
    ['Tue, 03 Mar 2026 12:00:30 GMT', 30_000],
    ['Tue, 03 Mar 2026 11:00:00 GMT', 0],
    ['soon', undefined],
    [undefined, undefined],
  ])('with Retry-After %j is left alone for %s ms', (retryAfter, ms) => {
    expect(twilioFailure({ message: 'x', status: 429, code: 20429, retryAfter }, now).retryAfterMs).toBe(ms)
  })

  it("is named by Twilio's code, the status, or Node's code", () => {
    expect(twilioFailure({ message: 'x', status: 400, code: 21211 }, now).code).toBe('TWILIO_21211')
    expect(twilioFailure({ message: 'x', status: 503 }, now).code).toBe('TWILIO_HTTP_503')
    expect(twilioFailure({ message: 'x', code: 'ECONNREFUSED' }, now).code).toBe('ECONNREFUSED')
  })

  it('does not repeat the number', () => {
    expect(twilioFailure({ message: "The 'To' number +4930231250089 is not valid", status: 400, code: 21211 }, now).reason).toBe("The 'To' number *** is not valid")
  })
})
