import { describe, expect, it } from 'vitest'
import { outcomeNotification, queuedNotification } from './delivery.js'

const delivery = {
  id: '0199a1b2-c3d4-7000-8000-0000000000aa',
  alert_id: '0199a1b2-c3d4-7000-8000-000000000001',
  card_id: 'v1.card',
  customer_id: 'c1',
  channel: 'email',
  purpose: 'alert',
  recipient: 'jane@example.org',
  merged_into: null,
  attempt: 2,
} as const

const common = {
  notification_id: delivery.id,
  alert_id: delivery.alert_id,
  customer_id: 'c1',
  card_id: 'v1.card',
  channel: 'email',
  recipient: 'j***@example.org',
  occurred_at: 1000,
  purpose: 'alert',
  merged_into: null,
}

describe('the event of a message', () => {
  it('that is queued has attempt 0', () => {
    expect(queuedNotification(delivery, 1000)).toEqual({ ...common, status: 'queued', attempt: 0, provider_message_id: null, error: null })
  })

  it("that is sent has the provider's id", () => {
    const outcome = { status: 'sent', delivery, providerMessageId: '<x@y>' } as const
    expect(outcomeNotification(outcome, 1000)).toEqual({ ...common, status: 'sent', attempt: 2, provider_message_id: '<x@y>', error: null })
  })

  it('that is about no card says so, and one that shares a message names it', () => {
    expect(queuedNotification({ ...delivery, card_id: null, customer_id: 'on_call', purpose: 'ops' }, 1000)).toMatchObject({ card_id: '', customer_id: 'on_call', purpose: 'ops' })
    expect(queuedNotification({ ...delivery, merged_into: delivery.alert_id }, 1000)).toMatchObject({ merged_into: delivery.alert_id })
  })

  it('that has failed says why', () => {
    const outcome = { status: 'failed', delivery, error: 'SMTP_550: no such user' } as const
    expect(outcomeNotification(outcome, 1000)).toEqual({ ...common, status: 'failed', attempt: 2, provider_message_id: null, error: 'SMTP_550: no such user' })
  })

  it('that will be tried again is none', () => {
    expect(outcomeNotification({ status: 'queued', delivery, error: 'SMTP_450: later', delayMs: 5 }, 1000)).toBeUndefined()
  })
})
