import { describe, expect, it } from 'vitest'
import { planDeliveries } from './plan.js'

const email = { channel: 'email', recipient: 'jane@example.org' }
const sms = { channel: 'sms', recipient: '+4930231250089' }

describe('an alert goes', () => {
  it.each([
    ['by e-mail and SMS to who has both', { email: 'jane@example.org', phone: '+4930231250089' }, [email, sms]],
    ['by e-mail to who has no telephone', { email: 'jane@example.org', phone: null }, [email]],
    ['by SMS to who has no e-mail', { email: null, phone: '+4930231250089' }, [sms]],
    ['nowhere yet for who has neither', { email: null, phone: '' }, []],
    ['also to an address that is none: its failure must be seen', { email: 'jane', phone: null }, [{ channel: 'email', recipient: 'jane' }]],
  ])('%s', (_what, contact, planned) => {
    expect(planDeliveries(contact)).toEqual(planned)
  })
})
