import { randomBytes } from 'node:crypto'
import { type FraudAlert, fraudFeedback, notifications, uuidv7 } from '@swipestream/contracts'
import { eventually } from '@swipestream/messaging/testing'
import type { RunningService } from '@swipestream/platform'
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { AnswerLinks } from '../src/app/answer-links.js'
import { FallBack } from '../src/app/fall-back.js'
import { GiveAnswer } from '../src/app/give-answer.js'
import { alertFor, type Holder, newHolder, NotifierUnderTest } from './notifier-under-test.js'

describe('"was this you?"', () => {
  let notifier: NotifierUnderTest
  let service: RunningService

  beforeAll(async () => {
    notifier = await NotifierUnderTest.create()
    service = await notifier.startReachable()
  })
  afterAll(() => notifier?.close())

  const hour = 3_600_000
  const newSid = (): string => `SM${randomBytes(16).toString('hex')}`

  /** A customer that is known and was asked about an alert, by e-mail and SMS. */
  async function asked({ code = null, ttlMs = hour, holder = newHolder() }: { code?: string | null; ttlMs?: number; holder?: Holder } = {}): Promise<{ holder: Holder; alert: FraudAlert; phone: string }> {
    const alert = alertFor(holder)
    const { customer_id, given_name, email, phone, language, time_zone } = holder.customer
    await notifier.database.query(
      `INSERT INTO customers (customer_id, given_name, email, phone, language, time_zone, updated_at) VALUES ($1, $2, $3, $4, $5, $6, 1) ON CONFLICT DO NOTHING`,
      [customer_id, given_name, email, phone, language, time_zone],
    )
    await notifier.database.query(
      `INSERT INTO alerts (alert_id, card_id, alert, traceparent, customer_id, planned_at) VALUES ($1, $2, $3, $4, $5, now())`,
      [alert.alert_id, alert.card_id, JSON.stringify(alert), '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', customer_id],
    )
    await notifier.database.query(
      `INSERT INTO questions (alert_id, customer_id, phone, code, expires_at) VALUES ($1, $2, $3, $4, now() + $5 * interval '1 ms')`,
      [alert.alert_id, customer_id, phone, code, ttlMs],
    )
    return { holder, alert, phone: phone ?? '' }
  }

  /** An SMS that was handed over, or is about to be. */
  async function texted(alert: FraudAlert, holder: Holder, columns: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const row = { id: uuidv7(), alert_id: alert.alert_id, customer_id: holder.customer.customer_id, channel: 'sms', recipient: holder.customer.phone, status: 'sent', attempts: 1, ...columns }
    const names = Object.keys(row)
    await notifier.database.query(`INSERT INTO deliveries (${names.join(', ')}) VALUES (${names.map((_, i) => `$${i + 1}`).join(', ')})`, Object.values(row))
    return row.id
  }

  const linkOf = async (alert: FraudAlert, expiresAt = Date.now() + hour): Promise<string> => await service.app.get(AnswerLinks).urlFor(alert.alert_id, expiresAt)
  const choose = (link: string, answer: string) => fetch(link, { method: 'POST', body: new URLSearchParams({ answer }) })
  const questionOf = async ({ alert_id }: FraudAlert) => (await notifier.database.query<{ verdict: string | null; source: string | null }[]>('SELECT verdict, source FROM questions WHERE alert_id = $1', [alert_id]))[0]
  const isOptedOut = async (phone: string) => (await notifier.database.query<unknown[]>('SELECT 1 FROM opt_outs WHERE phone = $1', [phone])).length === 1
  const confirmations = async (alert: FraudAlert) =>
    await notifier.database.query<{ channel: string; recipient: string }[]>(`SELECT channel, recipient FROM deliveries WHERE alert_id = $1 AND purpose = 'confirmation'`, [alert.alert_id])

  /** Everything that `fraud_feedback` has of an alert, once what was said before it is there. */
  async function feedbackOn(alert: FraudAlert) {
    // What another customer says now comes later: the relay keeps the order, and then all before it was published.
    const { alert: last } = await asked()
    await choose(await linkOf(last), 'yes')
    return await eventually(async () => {
      const all = (await notifier.backbone.received(fraudFeedback)).map(({ value, headers }) => ({ ...value, headers }))
      const published = await notifier.database.query<{ count: number }[]>('SELECT count(*)::int AS count FROM outbox')
      return all.some(({ transaction_id }) => transaction_id === last.transaction_id) && published[0]?.count === 0 && all.filter(({ transaction_id }) => transaction_id === alert.transaction_id)
    })
  }

  /** A request as Twilio makes it. */
  function twilio(path: string, form: Readonly<Record<string, string>>, token = notifier.providers.env['TWILIO_AUTH_TOKEN'] ?? ''): Promise<Response> {
    const url = service.url + path
    return fetch(url, { method: 'POST', headers: { 'x-twilio-signature': getExpectedTwilioSignature(token, url, form) }, body: new URLSearchParams(form) })
  }
  const report = async (delivery: string, MessageSid: string, MessageStatus: string, more: Readonly<Record<string, string>> = {}) => {
    expect((await twilio(`/v1/twilio/status?delivery=${delivery}`, { MessageSid, MessageStatus, ...more })).status).toBe(204)
  }

  describe('answered by SMS', () => {
    it('is feedback once, and confirmed once, though Twilio brings it three times and at the same time', async () => {
      const { alert, holder, phone } = await asked()
      const form = { MessageSid: newSid(), From: phone, Body: 'No.' }
      const answers = await Promise.all([1, 2, 3].map(() => twilio('/v1/twilio/inbound', form)))
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
      for (const answer of answers) expect(await answer.text()).toContain('<Response/>')
      expect(await questionOf(alert)).toEqual({ verdict: 'confirmed_fraud', source: 'customer_sms' })
      expect(await confirmations(alert)).toEqual([{ channel: 'sms', recipient: phone }])

      const [feedback, ...more] = await feedbackOn(alert)
      expect(more).toEqual([])
      expect(feedback).toMatchObject({
        transaction_id: alert.transaction_id, card_id: alert.card_id, terminal_id: alert.terminal_id, transaction_occurred_at: alert.occurred_at,
        amount_minor: alert.amount_minor, currency: alert.currency, verdict: 'confirmed_fraud', card_action: 'none', source: 'customer_sms', actor: null, comment: null,
        headers: { 'message-id': `${alert.alert_id}-answered`, traceparent: expect.stringContaining('0af7651916cd43dd8448eb211c80319c') },
      })
      const told = (await notifier.backbone.received(notifications)).filter(({ value }) => value.alert_id === alert.alert_id)
      expect(told[0]?.value).toMatchObject({ status: 'queued', purpose: 'confirmation', channel: 'sms', customer_id: holder.customer.customer_id, recipient: expect.stringContaining('***') })
    })

    it('may be YES, in the language of the customer', async () => {
      const { alert, phone } = await asked({ holder: newHolder({ language: 'es' }) })
      expect(await notifier.reply(phone, 'Sí')).toEqual([])
      expect(await questionOf(alert)).toEqual({ verdict: 'legitimate', source: 'customer_sms' })
      expect(await notifier.reply(phone, 'no')).toEqual([expect.stringContaining('Ya ha respondido: SI')])
      expect(await questionOf(alert)).toEqual({ verdict: 'legitimate', source: 'customer_sms' })
    })

    it('is to the question of its code, or the one without, or the only one', async () => {
      const plain = await asked()
      const { holder, phone } = plain
      const [first, second] = [await asked({ holder, code: '12' }), await asked({ holder, code: '34' })]
      expect(await notifier.reply(phone, '34 no')).toEqual([])
      expect(await notifier.reply(phone, 'yes 99')).toEqual([expect.stringContaining('no question with this code')])
      expect(await notifier.reply(phone, 'yes')).toEqual([])
      expect(await questionOf(plain.alert)).toMatchObject({ verdict: 'legitimate' })
      expect(await questionOf(second.alert)).toMatchObject({ verdict: 'confirmed_fraud' })
      expect(await questionOf(first.alert)).toMatchObject({ verdict: null })
      expect(await notifier.reply(phone, 'NO')).toEqual([])
      expect(await questionOf(first.alert)).toMatchObject({ verdict: 'confirmed_fraud' })
    })

    it('needs a code when there are several', async () => {
      const first = await asked({ code: '12' })
      const second = await asked({ holder: first.holder, code: '34' })
      expect(await notifier.reply(first.phone, 'no')).toEqual([expect.stringContaining('with the code')])
      expect(await questionOf(first.alert)).toMatchObject({ verdict: null })
      expect(await questionOf(second.alert)).toMatchObject({ verdict: null })
    })

    it('is asked for again when it is more than a word, and blocks nothing', async () => {
      const { alert, phone } = await asked()
      expect(await notifier.reply(phone, 'No problem, it was me')).toEqual([expect.stringContaining('only YES or NO')])
      expect(await questionOf(alert)).toMatchObject({ verdict: null })
    })

    it('is too late when the question has expired, and nothing to who was asked nothing', async () => {
      const { alert, phone } = await asked({ ttlMs: -1 })
      expect(await notifier.reply(phone, 'no')).toEqual([expect.stringContaining('can no longer be answered')])
      expect(await questionOf(alert)).toMatchObject({ verdict: null })
      expect(await notifier.reply('+4930231999999', 'no')).toEqual([expect.stringContaining('no open question')])
      expect(await notifier.reply('+4930231999999', 'I am on holiday')).toEqual([])
    })

    it('is not believed when Twilio has not signed it', async () => {
      const { alert, phone } = await asked()
      const form = { MessageSid: newSid(), From: phone, Body: 'NO' }
      const forged = await twilio('/v1/twilio/inbound', form, 'another token')
      expect(forged.status).toBe(403)
      expect(await forged.json()).toMatchObject({ code: 'TWILIO_SIGNATURE_WRONG' })
      expect((await fetch(`${service.url}/v1/twilio/inbound`, { method: 'POST', body: new URLSearchParams(form) })).status).toBe(403)
      expect(await questionOf(alert)).toMatchObject({ verdict: null })
    })
  })

  it('STOP takes a number out of the ways, and START brings it back', async () => {
    const { alert, phone } = await asked()
    expect(await notifier.reply(phone, 'Stopp')).toEqual([])
    expect(await isOptedOut(phone)).toBe(true)
    expect(await notifier.reply(phone, 'no')).toEqual([])
    expect(await confirmations(alert)).toEqual([])
    expect(await questionOf(alert)).toMatchObject({ verdict: 'confirmed_fraud' })
    expect(await notifier.reply(phone, 'start')).toEqual([])
    expect(await isOptedOut(phone)).toBe(false)
  })

  describe('answered on its page', () => {
    it('is not answered by who only opens it, as scanners of links do', async () => {
      const { alert } = await asked()
      const link = await linkOf(alert)
      for (const method of ['GET', 'HEAD', 'GET']) expect((await fetch(link, { method })).status).toBe(200)
      expect(await questionOf(alert)).toEqual({ verdict: null, source: null })
      expect(await feedbackOn(alert)).toEqual([])
    })

    it('is answered by its form, once, and confirmed to the address that was asked', async () => {
      const { alert, holder } = await asked()
      await texted(alert, holder, { channel: 'email', recipient: 'old.address@example.org' })
      const link = await linkOf(alert)
      const answer = await choose(link, 'no')
      expect(answer.status).toBe(200)
      expect(await answer.text()).toContain('is being blocked')
      const again = await choose(link, 'yes')
      expect(again.status).toBe(409)
      expect(await again.text()).toContain('Your answer was: no')
      expect(await (await fetch(link)).text()).toContain('Your answer was: no')
      expect(await confirmations(alert)).toEqual([{ channel: 'email', recipient: 'old.address@example.org' }])
      expect(await feedbackOn(alert)).toEqual([expect.objectContaining({ verdict: 'confirmed_fraud', source: 'customer_email' })])
    })

    it('is confirmed to the address of the customer when it is not known which was asked', async () => {
      const { alert, holder } = await asked()
      await choose(await linkOf(alert), 'yes')
      expect(await confirmations(alert)).toEqual([{ channel: 'email', recipient: holder.customer.email }])
    })

    it('and by SMS at the same time is answered once, and the other is told', async () => {
      const questions = await Promise.all(Array.from({ length: 10 }, () => asked()))
      const outcomes = await Promise.all(
        questions.map(async ({ alert, phone }) => {
          const [page, replies] = await Promise.all([choose(await linkOf(alert), 'no'), notifier.reply(phone, 'yes')])
          return { alert, page: page.status, replies }
        }),
      )
      for (const { alert, page, replies } of outcomes) {
        const { verdict } = (await questionOf(alert)) ?? {}
        if (verdict === 'confirmed_fraud') expect({ page, replies }).toEqual({ page: 200, replies: [expect.stringContaining('already answered: NO')] })
        else expect({ verdict, page, replies }).toEqual({ verdict: 'legitimate', page: 409, replies: [] })
        expect(await confirmations(alert)).toHaveLength(1)
      }
      const alerts = new Set(questions.map(({ alert }) => alert.transaction_id))
      await feedbackOn(questions[0]!.alert)
      const feedback = (await notifier.backbone.received(fraudFeedback)).filter(({ value }) => alerts.has(value.transaction_id))
      expect(feedback).toHaveLength(10)
    })

    it('has expired with its link or its question, and is nothing under a link that was changed', async () => {
      const open = await asked()
      expect((await choose(await linkOf(open.alert, Date.now() - 5_000), 'no')).status).toBe(410)
      const [head = '', claims = '', signature = ''] = (await linkOf(open.alert)).split('.').slice(-3)
      const tampered = `${service.url}/v1/answers/${head.split('/').at(-1)}.${claims}.${signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))}`
      expect((await choose(tampered, 'no')).status).toBe(404)
      expect(await questionOf(open.alert)).toMatchObject({ verdict: null })

      const late = await asked({ ttlMs: -1 })
      expect((await choose(await linkOf(late.alert), 'no')).status).toBe(410)
      expect(await questionOf(late.alert)).toMatchObject({ verdict: null })
    })
  })

  it('answered in the app is the answer of the customer it was asked of, and needs no message', async () => {
    const { alert, holder } = await asked()
    const answer = (customerId: string) => service.app.get(GiveAnswer).run({ alertId: alert.alert_id, verdict: 'legitimate', from: { way: 'app', customerId } })
    expect(await answer('somebody else')).toEqual({ outcome: 'unknown' })
    expect(await questionOf(alert)).toMatchObject({ verdict: null })
    expect(await answer(holder.customer.customer_id)).toEqual({ outcome: 'given' })
    expect(await answer(holder.customer.customer_id)).toEqual({ outcome: 'already_answered', verdict: 'legitimate' })
    expect(await confirmations(alert)).toEqual([])
    expect(await feedbackOn(alert)).toEqual([expect.objectContaining({ verdict: 'legitimate', source: 'customer_app' })])
  })

  describe('what Twilio reports of an SMS', () => {
    const row = async (alert: FraudAlert) => (await notifier.ledger([alert.alert_id]))[0]
    const steps = async (alert: FraudAlert) => {
      await feedbackOn(alert)
      return (await notifier.backbone.received(notifications)).filter(({ value }) => value.alert_id === alert.alert_id).map(({ value, headers }) => ({ ...value, id: headers['message-id'] }))
    }

    it('as delivered is so for good, whatever comes after it and however often', async () => {
      const { alert, holder } = await asked()
      const sid = newSid()
      const id = await texted(alert, holder, { provider_message_id: sid, fall_back_at: new Date(Date.now() + hour) })
      for (const status of ['delivered', 'sent', 'queued', 'delivered', 'undelivered', 'failed']) await report(id, sid, status)
      expect(await row(alert)).toMatchObject({ status: 'delivered', provider_message_id: sid, last_error: null, fall_back_at: null })
      expect(await steps(alert)).toEqual([expect.objectContaining({ id: `${id}-delivered`, status: 'delivered', attempt: 1, provider_message_id: sid, error: null })])
    })

    it('as undelivered has failed, with its code; and is delivered when Twilio corrects itself', async () => {
      const { alert, holder } = await asked()
      const sid = newSid()
      const id = await texted(alert, holder, { provider_message_id: sid })
      await report(id, sid, 'undelivered', { ErrorCode: '30003' })
      await report(id, sid, 'undelivered', { ErrorCode: '30003' })
      expect(await row(alert)).toMatchObject({ status: 'failed', last_error: 'TWILIO_30003: undelivered' })
      await report(id, sid, 'delivered')
      expect(await row(alert)).toMatchObject({ status: 'delivered', last_error: null })
      expect((await steps(alert)).map(({ status, error }) => [status, error])).toEqual([['failed', 'TWILIO_30003: undelivered'], ['delivered', null]])
    })

    it('as undelivered lets the next way be tried, once; both happen, or neither', async () => {
      const { alert, holder } = await asked()
      const sid = newSid()
      const id = await texted(alert, holder, { provider_message_id: sid, fallbacks: ['email'] })
      const emails = async () => (await notifier.ledger([alert.alert_id])).filter(({ channel }) => channel === 'email')
      const sms = async () => (await notifier.ledger([alert.alert_id])).find((each) => each.id === id)
      const fallBack = service.app.get(FallBack)
      const really = fallBack.after.bind(fallBack)
      const after = vi.spyOn(fallBack, 'after').mockImplementation(async (manager, ids) => {
        const planned = await really(manager, ids)
        if (ids.includes(id)) throw new Error('the database went away')
        return planned
      })
      try {
        expect((await twilio(`/v1/twilio/status?delivery=${id}`, { MessageSid: sid, MessageStatus: 'undelivered' })).status).toBe(500)
        expect(await sms()).toMatchObject({ status: 'sent' })
        expect(await emails()).toEqual([])
      } finally {
        after.mockRestore()
      }
      for (let times = 0; times < 2; times++) await report(id, sid, 'undelivered')
      expect(await sms()).toMatchObject({ status: 'failed' })
      expect(await emails()).toEqual([expect.objectContaining({ recipient: holder.customer.email })])
    })

    it('before the answer to the request is taken all the same', async () => {
      const { alert, holder } = await asked()
      const id = await texted(alert, holder, { status: 'sending', lease_until: new Date(Date.now() + hour) })
      await report(id, newSid(), 'delivered')
      expect(await row(alert)).toMatchObject({ status: 'delivered' })
    })

    it('is so of everything that was merged into it', async () => {
      const { alert, holder } = await asked()
      const sid = newSid()
      const digest = await texted(alert, holder, { provider_message_id: sid, purpose: 'digest' })
      const merged = await asked()
      await texted(merged.alert, merged.holder, { merged_into: digest, provider_message_id: sid })
      await report(digest, sid, 'delivered')
      expect(await row(merged.alert)).toMatchObject({ status: 'delivered' })
      expect(await steps(merged.alert)).toEqual([expect.objectContaining({ status: 'delivered', merged_into: digest })])
    })

    it('of a number that has opted out takes that out of the ways', async () => {
      const { alert, holder, phone } = await asked()
      const sid = newSid()
      await report(await texted(alert, holder, { provider_message_id: sid }), sid, 'failed', { ErrorCode: '21610' })
      expect(await isOptedOut(phone)).toBe(true)
    })

    it('of a message that nobody knows changes nothing, and is counted', async () => {
      await report(uuidv7(), newSid(), 'delivered')
      expect(await (await fetch(`${service.url}/metrics`)).text()).toMatch(/delivery_reports_total\{result="unknown"\} [1-9]/)
    })

    it('comes by itself for what is really sent', async () => {
      const { alert, holder } = await asked()
      await texted(alert, holder, { status: 'queued', attempts: 0 })
      await eventually(async () => (await row(alert))?.status === 'delivered')
    })
  })
})
