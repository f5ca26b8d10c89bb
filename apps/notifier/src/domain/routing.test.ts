import { describe, expect, it } from 'vitest'
import { exampleAlert, largeAmount } from './example-alert.js'
import { asks, type Contact, nextWay, waysTo, waysToOnCall } from './routing.js'

const jane: Contact = { customer_id: 'c1', email: 'jane@example.org', phone: '+4930231250089', channels: [] }
const app = { channel: 'app', recipient: 'c1', fallbacks: [] }
const email = { channel: 'email', recipient: 'jane@example.org', fallbacks: [] }
const sms = { channel: 'sms', recipient: '+4930231250089', fallbacks: [] }

describe('a critical alert', () => {
  it('goes all ways at once', () => {
    expect(waysTo(jane, 'critical')).toEqual([app, email, sms])
  })

  it('goes all ways at once, whatever the customer wants', () => {
    expect(waysTo({ ...jane, channels: ['app'] }, 'critical')).toEqual([app, email, sms])
  })

  it('goes by the addresses there are', () => {
    expect(waysTo({ ...jane, email: null }, 'critical')).toEqual([app, sms])
    expect(waysTo({ ...jane, phone: null }, 'critical')).toEqual([app, email])
  })
})

describe.each(['warning', 'info'] as const)('an alert of severity %s', (severity) => {
  it("goes to the app and by e-mail, with the SMS after it, when the customer has no wish", () => {
    expect(waysTo(jane, severity)).toEqual([app, { ...email, fallbacks: ['sms'] }])
  })

  it("goes the customer's first way, with the others after it", () => {
    expect(waysTo({ ...jane, channels: ['sms', 'email'] }, severity)).toEqual([app, { ...sms, fallbacks: ['email'] }])
    expect(waysTo({ ...jane, channels: ['sms'] }, severity)).toEqual([app, { ...sms, fallbacks: ['email'] }])
    expect(waysTo({ ...jane, channels: ['email', 'app'] }, severity)).toEqual([app, { ...email, fallbacks: ['sms'] }])
  })

  it('goes to the app alone when that is wanted most', () => {
    expect(waysTo({ ...jane, channels: ['app', 'sms'] }, severity)).toEqual([app])
  })

  it('passes over a way without an address', () => {
    expect(waysTo({ ...jane, phone: null, channels: ['sms', 'email'] }, severity)).toEqual([app, email])
    expect(waysTo({ ...jane, phone: null, email: null }, severity)).toEqual([app])
  })
})

describe('the way after one that failed', () => {
  it('is the first of those left that has an address', () => {
    expect(nextWay(jane, ['sms'])).toEqual(sms)
    expect(nextWay({ ...jane, phone: null }, ['sms', 'email'])).toEqual(email)
    expect(nextWay(jane, ['sms', 'email'])).toEqual({ ...sms, fallbacks: ['email'] })
  })

  it('is none when no way is left', () => {
    expect(nextWay(jane, [])).toBeUndefined()
    expect(nextWay({ ...jane, phone: null }, ['sms'])).toBeUndefined()
  })
})

describe('an alert for the people on call', () => {
  it('goes to each by e-mail, and by SMS too when it is critical', () => {
    const [emails, phones] = [['a@x.example', 'b@x.example'], ['+15550100']]
    const [a, b] = emails.map((recipient) => ({ channel: 'email', recipient, fallbacks: [] }))
    expect(waysToOnCall({ severity: 'warning' }, emails, phones)).toEqual([a, b])
    expect(waysToOnCall({ severity: 'critical' }, emails, phones)).toEqual([a, b, { channel: 'sms', recipient: '+15550100', fallbacks: [] }])
  })
})

describe('the question', () => {
  it('is asked, unless the card is blocked already', () => {
    expect(asks(exampleAlert())).toBe(true)
    expect(asks(exampleAlert({ reasons: [largeAmount, { ...largeAmount, rule_id: 'blocked_card' }] }))).toBe(false)
  })
})
