import { describe, expect, it } from 'vitest'
import { afterReport, isOptOut, undelivered } from './delivery-report.js'

describe('a report of Twilio', () => {
  it.each([
    ['delivered', 'sent', 'SM1', 'delivered'],
    ['delivered', 'sending', null, 'delivered'],
    ['delivered', 'queued', null, 'delivered'],
    ['delivered', 'failed', 'SM1', 'delivered'],
    ['delivered', 'sent', 'SM2', 'delivered'],
    ['delivered', 'delivered', 'SM1', undefined],
    ['delivered', 'silenced', null, undefined],
    ['delivered', 'merged', null, undefined],
    ['undelivered', 'sent', 'SM1', 'failed'],
    ['failed', 'sent', 'SM1', 'failed'],
    ['undelivered', 'sending', null, 'failed'],
    ['undelivered', 'queued', null, 'failed'],
    ['undelivered', 'sent', 'SM2', undefined],
    ['undelivered', 'failed', 'SM1', undefined],
    ['undelivered', 'delivered', 'SM1', undefined],
    ['sent', 'delivered', 'SM1', undefined],
    ['sent', 'failed', 'SM1', undefined],
    ['queued', 'sent', 'SM1', undefined],
    ['something new', 'sent', 'SM1', undefined],
  ])('that SM1 is %s, of a row that is %s with %s, makes it %s', (reported, status, sid, step) => {
    expect(afterReport({ status, provider_message_id: sid }, { sid: 'SM1', status: reported, errorCode: null })).toBe(step)
  })

  it("says why in Twilio's code, and who wants no more", () => {
    const report = { sid: 'SM1', status: 'undelivered', errorCode: 30003 }
    expect(undelivered(report)).toBe('TWILIO_30003: undelivered')
    expect(undelivered({ ...report, errorCode: null })).toBe('TWILIO_UNKNOWN: undelivered')
    expect(isOptOut(report)).toBe(false)
    expect(isOptOut({ ...report, errorCode: 21610 })).toBe(true)
  })
})
