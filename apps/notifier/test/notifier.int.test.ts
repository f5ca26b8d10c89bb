import { cards, type Customer, customers, fraudAlerts, notifications } from '@swipestream/contracts'
import { eventually } from '@swipestream/messaging/testing'
import type { RunningService } from '@swipestream/platform'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { alertFor, known, newHolder, NotifierUnderTest } from './notifier-under-test.js'

describe('an alert', () => {
  let notifier: NotifierUnderTest
  let service: RunningService

  beforeAll(async () => {
    notifier = await NotifierUnderTest.create()
    service = await notifier.start()
  })
  afterAll(() => notifier?.close())

  const mailsTo = async (address: string | null) => (await notifier.mails()).filter(({ to }) => to.some((each) => each.address === address))
  const textsTo = async (number: string | null) => (await notifier.texts()).filter(({ to }) => to === number)
  const eventsOf = async (alertId: string) => (await notifier.backbone.received(notifications)).filter(({ value }) => value.alert_id === alertId && value.channel !== 'app')

  it('is one e-mail in the mailbox and one SMS on the phone', async () => {
    const holder = newHolder()
    const alert = alertFor(holder)
    await notifier.publish(...known(holder), fraudAlerts.event(alert))
    const [email, sms] = await notifier.settled([alert.alert_id], 2)

    const [mail, ...more] = await mailsTo(holder.customer.email)
    expect(more).toEqual([])
    expect(mail?.subject).toBe('We declined a payment of EUR 1,499.00 on your card ending 1234')
    expect(mail?.text).toContain('Hello Jane,')
    expect(mail?.text).toContain('3 March 2026 at 14:05 CET')
    expect(mail?.html).toContain('Orchard Electronics')
    expect(mail?.headers['message-id']).toBe(`<${email?.id}@swipestream.example>`)
    const texts = await textsTo(holder.customer.phone)
    expect(texts).toEqual([expect.objectContaining({ sid: sms?.provider_message_id, num_segments: '1' })])
    expect(texts[0]?.body).toContain('card ending 1234')

    expect(email).toMatchObject({ status: 'sent', attempts: 1, last_error: null })
    expect(sms).toMatchObject({ status: 'sent', attempts: 1, last_error: null })
  })

  it('tells each step on `notifications`, by customer, with the recipient masked, in the trace of the alert', async () => {
    const holder = newHolder()
    const alert = alertFor(holder)
    const traceId = '0af7651916cd43dd8448eb211c80319c'
    await notifier.publish(...known(holder), fraudAlerts.event(alert, { traceparent: `00-${traceId}-b7ad6b7169203331-01` }))
    const [email, sms] = await notifier.settled([alert.alert_id], 2)
    const events = await eventually(async () => {
      const found = await eventsOf(alert.alert_id)
      return found.length === 4 && found
    })

    const common = { alert_id: alert.alert_id, customer_id: holder.customer.customer_id, card_id: holder.card.card_id, error: null }
    const emailStep = { ...common, notification_id: email?.id, channel: 'email', recipient: 'j***@example.org' }
    const smsStep = { ...common, notification_id: sms?.id, channel: 'sms', recipient: expect.stringMatching(/^\+49\*{5}\d\d$/) }
    const steps = (channel: string) => events.filter(({ value }) => value.channel === channel).map(({ value }) => value)
    expect(steps('email')).toEqual([
      expect.objectContaining({ ...emailStep, status: 'queued', attempt: 0, provider_message_id: null }),
      expect.objectContaining({ ...emailStep, status: 'sent', attempt: 1, provider_message_id: email?.provider_message_id }),
    ])
    expect(steps('sms')).toEqual([
      expect.objectContaining({ ...smsStep, status: 'queued', attempt: 0 }),
      expect.objectContaining({ ...smsStep, status: 'sent', attempt: 1, provider_message_id: sms?.provider_message_id }),
    ])
    for (const { key, headers } of events) {
      expect(key).toBe(holder.customer.customer_id)
      expect(headers['traceparent']).toContain(traceId)
    }
  })

  it('that is delivered twice is told once', async () => {
    const holder = newHolder()
    const [twice, after] = [alertFor(holder), alertFor(holder)]
    await notifier.publish(...known(holder), fraudAlerts.event(twice), fraudAlerts.event(twice))
    await notifier.settled([twice.alert_id], 2)
    await notifier.publish(fraudAlerts.event(twice), fraudAlerts.event(after))
    await notifier.settled([after.alert_id], 2) // by then the second delivery was handled: same card, same partition
    expect(await notifier.ledger([twice.alert_id])).toHaveLength(2)
    expect(await mailsTo(holder.customer.email)).toHaveLength(2)
    expect(await textsTo(holder.customer.phone)).toHaveLength(2)
  })

  it.each([
    ['the card', ['customer', 'alert', 'card']],
    ['the customer', ['card', 'alert', 'customer']],
    ['the card and the customer', ['alert', 'card', 'customer']],
    ['the customer and the card', ['alert', 'customer', 'card']],
  ] as const)('that comes before %s waits, and is told when it is known', async (_what, order) => {
    const holder = newHolder()
    const alert = alertFor(holder)
    const events = { customer: customers.event(holder.customer), card: cards.event(holder.card), alert: fraudAlerts.event(alert) }
    const arrived = {
      customer: () => notifier.database.query('SELECT 1 FROM customers WHERE customer_id = $1', [holder.customer.customer_id]),
      card: () => notifier.database.query('SELECT 1 FROM cards WHERE card_id = $1', [holder.card.card_id]),
      alert: () => notifier.database.query('SELECT 1 FROM alerts WHERE alert_id = $1', [alert.alert_id]),
    }
    for (const what of order) {
      expect(await notifier.ledger([alert.alert_id])).toEqual([])
      await notifier.publish(events[what])
      await eventually(async () => (await arrived[what]()).length === 1)
    }
    await notifier.settled([alert.alert_id], 2)
    expect(await mailsTo(holder.customer.email)).toHaveLength(1)
  })

  it('is told when alerts, cards and customers all come at the same time', async () => {
    const holders = Array.from({ length: 300 }, () => newHolder())
    const alerts = holders.map((holder) => alertFor(holder))
    await Promise.all([
      notifier.publish(...alerts.map((alert) => fraudAlerts.event(alert))),
      notifier.publish(...holders.map(({ card }) => cards.event(card))),
      notifier.publish(...holders.map(({ customer }) => customers.event(customer))),
    ])
    const rows = await notifier.settled(alerts.map(({ alert_id }) => alert_id), 600)
    expect(rows.every(({ status, attempts }) => status === 'sent' && attempts === 1)).toBe(true)
  })

  it('waits for a customer without an address until there is one', async () => {
    const holder = newHolder({ email: null, phone: ' ' })
    const [alert, other] = [alertFor(holder), alertFor(newHolder())]
    await notifier.publish(...known(holder), fraudAlerts.event(alert))
    await eventually(async () => (await notifier.database.query('SELECT 1 FROM alerts WHERE alert_id = $1', [alert.alert_id])).length === 1)
    await notifier.publish(fraudAlerts.event(other), customers.event({ ...holder.customer, email: 'late@example.org', updated_at: 2_000 }))
    const [row] = await notifier.settled([alert.alert_id], 1)
    expect(row).toMatchObject({ channel: 'email', recipient: 'late@example.org', status: 'sent' })
  })

  it('goes to the newest contact, whatever is delivered again', async () => {
    const holder = newHolder({ phone: null })
    const moved = { ...holder.customer, email: 'moved@example.org', updated_at: 2_000 }
    const after = newHolder()
    const publishInOrder = (...contacts: Customer[]) => notifier.publish(...contacts.map((customer) => ({ ...customers.event(customer), partition: 0 })))
    const emailOf = async ({ customer_id }: Customer) =>
      (await notifier.database.query<{ email: string }[]>('SELECT email FROM customers WHERE customer_id = $1', [customer_id]))[0]?.email
    await notifier.publish(cards.event(holder.card))
    await publishInOrder(holder.customer, moved)
    await eventually(async () => (await emailOf(moved)) === moved.email)
    await publishInOrder(holder.customer, after.customer)
    await eventually(async () => (await emailOf(after.customer)) !== undefined)
    const alert = alertFor(holder)
    await notifier.publish(fraudAlerts.event(alert))
    expect(await notifier.settled([alert.alert_id], 1)).toMatchObject([{ recipient: 'moved@example.org' }])
  })

  it('waits when the customer was erased', async () => {
    const holder = newHolder()
    await notifier.publish(...known(holder), customers.tombstone(holder.customer.customer_id))
    const gone = () => notifier.database.query('SELECT 1 FROM customers WHERE customer_id = $1', [holder.customer.customer_id])
    await eventually(async () => (await notifier.database.query('SELECT 1 FROM cards WHERE card_id = $1', [holder.card.card_id])).length === 1)
    await eventually(async () => (await gone()).length === 0)
    const alert = alertFor(holder)
    await notifier.publish(fraudAlerts.event(alert))
    await eventually(async () => (await notifier.database.query('SELECT 1 FROM alerts WHERE alert_id = $1 AND planned_at IS NULL', [alert.alert_id])).length === 1)
    expect(await notifier.ledger([alert.alert_id])).toEqual([])
  })

  it('to an address that is none, or a number that Twilio refuses, has failed for good, and says so', async () => {
    const holder = newHolder({ email: 'not an address', phone: '+15005550009' })
    const alert = alertFor(holder)
    await notifier.publish(...known(holder), fraudAlerts.event(alert))
    const [email, sms] = await notifier.settled([alert.alert_id], 2)
    expect(email).toMatchObject({ status: 'failed', attempts: 1, last_error: 'RECIPIENT_INVALID: not an e-mail address' })
    expect(sms).toMatchObject({ status: 'failed', attempts: 1, last_error: expect.stringMatching(/^TWILIO_21614: /) })
    const events = await eventually(async () => {
      const found = await eventsOf(alert.alert_id)
      return found.length === 4 && found
    })
    const failed = events.map(({ value }) => value).filter(({ status }) => status === 'failed')
    expect(failed).toEqual([expect.objectContaining({ attempt: 1, error: expect.any(String) }), expect.objectContaining({ attempt: 1, error: expect.any(String) })])
  })

  it('shows a hostile merchant name as it is, and lets it add nothing', async () => {
    const holder = newHolder()
    const alert = alertFor(holder, { merchant_name: 'Shop\0\r\nBcc: eve@example.org\r\n\r\n<script>alert(1)</script>' })
    await notifier.publish(...known(holder), fraudAlerts.event(alert))
    await notifier.settled([alert.alert_id], 2)
    const [mail] = await mailsTo(holder.customer.email)
    expect(mail?.text).toContain('Shop Bcc: eve@example.org <script>alert(1)</script>')
    expect(mail?.html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(mail?.html).not.toContain('<script')
    expect(mail?.headers).not.toHaveProperty('bcc')
    expect(await mailsTo('eve@example.org')).toEqual([])
  })

  it('is counted, and timed', async () => {
    const metrics = await (await fetch(`${service.url}/metrics`)).text()
    expect(metrics).toMatch(/notifications_total\{channel="email",status="sent"\} [1-9]/)
    expect(metrics).toMatch(/notifications_total\{channel="sms",status="failed"\} [1-9]/)
    expect(metrics).toMatch(/notification_latency_seconds_count\{channel="email",severity="critical"\} [1-9]/)
    expect(metrics).toMatch(/notifications_pending\{channel="email"\} \d/)
    expect(metrics).toMatch(/notification_channel_up\{channel="sms"\} 1/)
  })
})
