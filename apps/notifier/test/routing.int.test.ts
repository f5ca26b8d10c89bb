import { fraudAlerts, notifications, type OpsAlert, opsAlerts, uuidv7 } from '@swipestream/contracts'
import { eventually } from '@swipestream/messaging/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { largeAmount } from '../src/domain/example-alert.js'
import { alertFor, type Holder, known, newHolder, NotifierUnderTest } from './notifier-under-test.js'

/** Seconds that are minutes in production. */
const soon = { FALLBACK_AFTER_SECONDS: '2', CONTACT_WAIT_SECONDS: '2', DIGEST_SECONDS: '4', OPS_GROUP_SECONDS: '4', ON_CALL_PHONES: '+15550100' }

describe('whom an alert reaches', () => {
  let notifier: NotifierUnderTest

  beforeAll(async () => {
    notifier = await NotifierUnderTest.create()
    await notifier.start(soon)
  })
  afterAll(() => notifier?.close())

  const blocked = { ...largeAmount, rule_id: 'blocked_card' }
  const raise = async (holder: Holder, changes: Parameters<typeof alertFor>[1]) => {
    const alert = alertFor(holder, changes)
    await notifier.publish(...known(holder), fraudAlerts.event(alert))
    return alert
  }
  const mailsTo = async (address: string | null) => (await notifier.mails()).filter(({ to }) => to.some((each) => each.address === address))
  const questionsOf = (alertIds: string[]) =>
    notifier.database.query<{ phone: string | null; code: string | null }[]>('SELECT phone, code FROM questions WHERE alert_id = ANY ($1::uuid[]) ORDER BY asked_at, alert_id', [alertIds])

  it('that is no emergency is one e-mail, and nothing more once that is accepted', async () => {
    const holder = newHolder()
    const alert = await raise(holder, { severity: 'warning', outcome: 'review' })
    const [row] = await notifier.settled([alert.alert_id], 1)
    expect(row).toMatchObject({ channel: 'email', status: 'sent', fallbacks: ['sms'] })
    // The next one of the same customer goes the same way: by then the time for the next way has come and gone.
    await eventually(async () => (await notifier.database.query('SELECT 1 FROM deliveries WHERE alert_id = $1 AND fall_back_at IS NOT NULL', [alert.alert_id])).length === 0)
    expect(await notifier.ledger([alert.alert_id])).toHaveLength(1)
  })

  it('goes the way that the customer wants', async () => {
    const alert = await raise(newHolder({ channels: ['sms'] }), { severity: 'warning' })
    expect(await notifier.settled([alert.alert_id], 1)).toMatchObject([{ channel: 'sms', fallbacks: ['email'] }])
  })

  it('goes the next way when the first has failed for good, and the question goes with it', async () => {
    const holder = newHolder({ email: 'not an address' })
    const alert = await raise(holder, { severity: 'warning' })
    const [email, sms] = await notifier.settled([alert.alert_id], 2)
    expect(email).toMatchObject({ channel: 'email', status: 'failed' })
    expect(sms).toMatchObject({ channel: 'sms', recipient: holder.customer.phone, fallbacks: [] })
    expect(await questionsOf([alert.alert_id])).toEqual([{ phone: holder.customer.phone, code: null }])
  })

  it('goes the next way as well when nobody says that it was delivered in time', async () => {
    const alert = await raise(newHolder({ channels: ['sms', 'email'] }), { severity: 'warning' })
    const [email, sms] = await notifier.settled([alert.alert_id], 2)
    expect(sms).toMatchObject({ channel: 'sms', status: 'sent' })
    expect(email).toMatchObject({ channel: 'email', status: 'sent' })
  })

  it('never goes to a number that sent STOP', async () => {
    const holder = newHolder()
    await notifier.database.query('INSERT INTO opt_outs (phone) VALUES ($1)', [holder.customer.phone])
    const alert = await raise(holder, { severity: 'critical' })
    expect(await notifier.settled([alert.alert_id], 1)).toMatchObject([{ channel: 'email' }])
  })

  it('goes the next way when the number sent STOP without our hearing of it, and remembers that', async () => {
    const holder = newHolder({ channels: ['sms'] })
    await notifier.providerHears(holder.customer.phone ?? '', 'STOP')
    const alert = await raise(holder, { severity: 'warning' })
    const [email, sms] = await notifier.settled([alert.alert_id], 2)
    expect(sms).toMatchObject({ channel: 'sms', status: 'failed', last_error: expect.stringMatching(/^TWILIO_21610: /) })
    expect(email).toMatchObject({ channel: 'email', status: 'sent' })
    expect(await notifier.database.query('SELECT phone FROM opt_outs WHERE phone = $1', [holder.customer.phone])).toHaveLength(1)
  })

  it('waits for the end of quiet hours, unless it is critical or asks something', async () => {
    const now = Date.now()
    const clock = (offsetMs: number) => new Date(now + offsetMs).toISOString().slice(11, 16)
    const quiet = { quiet_from: clock(-3_600_000), quiet_to: clock(7_200_000), time_zone: 'UTC' }
    const holders = [newHolder(quiet), newHolder(quiet), newHolder(quiet)] as const
    const held = await raise(holders[0], { severity: 'warning', reasons: [blocked] })
    const urgent = await raise(holders[1], { severity: 'critical', reasons: [blocked] })
    const asking = await raise(holders[2], { severity: 'warning' })
    await notifier.settled([urgent.alert_id], 2)
    await notifier.settled([asking.alert_id], 1)
    const [row] = await eventually(async () => {
      const rows = await notifier.ledger([held.alert_id])
      return rows.length > 0 && rows
    })
    expect(row).toMatchObject({ status: 'queued', attempts: 0 })
    expect(row?.next_attempt_at.toISOString().slice(11, 16)).toBe(quiet.quiet_to)
  })

  it('asks a number one question without a code, and the others with one', async () => {
    const holder = newHolder()
    const first = await raise(holder, { severity: 'critical' })
    await notifier.settled([first.alert_id], 2)
    const second = alertFor(holder, { severity: 'critical' })
    await notifier.publish(fraudAlerts.event(second))
    await notifier.settled([second.alert_id], 2)
    const { phone } = holder.customer
    expect(await questionsOf([first.alert_id, second.alert_id])).toEqual([{ phone, code: null }, { phone, code: expect.stringMatching(/^[1-9]\d$/) }])
  })

  it('of a card that had four lately shares a message with those that follow, and each names it', async () => {
    const holder = newHolder()
    const alerts = Array.from({ length: 7 }, () => alertFor(holder, { severity: 'critical' }))
    const ids = alerts.map(({ alert_id }) => alert_id)
    await notifier.publish(...known(holder), ...alerts.map((alert) => fraudAlerts.event(alert)))
    const rows = await notifier.settled(ids, 14)
    expect(rows.filter(({ purpose }) => purpose === 'alert' ).filter(({ merged_into }) => merged_into === null)).toHaveLength(8)
    const digests = rows.filter(({ purpose }) => purpose === 'digest')
    expect(digests.map(({ channel }) => channel).sort()).toEqual(['email', 'sms'])
    for (const digest of digests) {
      const sharing = rows.filter(({ merged_into }) => merged_into === digest.id)
      expect(sharing).toHaveLength(2)
      for (const row of sharing) expect(row).toMatchObject({ status: digest.status, provider_message_id: digest.provider_message_id, channel: digest.channel })
    }
    expect(await mailsTo(holder.customer.email)).toHaveLength(5)
    // The shared SMS asks about the latest payment; each of the four before has its own.
    const asked = await notifier.database.query<{ alert_id: string }[]>('SELECT alert_id FROM questions WHERE phone = $1', [holder.customer.phone])
    const shared = rows.filter(({ purpose, merged_into, channel }) => channel === 'sms' && (purpose === 'digest' || merged_into !== null)).map(({ alert_id }) => alert_id)
    expect(asked).toHaveLength(5)
    expect(asked.filter(({ alert_id }) => shared.includes(alert_id))).toHaveLength(1)
    const inbox = await notifier.database.query<{ channel: string }[]>(`SELECT channel FROM deliveries WHERE alert_id = ANY ($1::uuid[]) AND channel = 'app'`, [ids])
    expect(inbox).toHaveLength(7)
    const told = await eventually(async () => {
      const events = (await notifier.backbone.received(notifications)).map(({ value }) => value).filter(({ merged_into }) => digests.some(({ id }) => id === merged_into))
      return events.filter(({ status }) => status === 'sent').length === 4 && events
    })
    expect(told.filter(({ status }) => status === 'queued')).toHaveLength(4)
  })

  it('goes the next way together with those that share its message', async () => {
    const holder = newHolder({ email: 'not an address' })
    const alerts = Array.from({ length: 7 }, () => alertFor(holder, { severity: 'warning' }))
    await notifier.publish(...known(holder), ...alerts.map((alert) => fraudAlerts.event(alert)))
    const rows = await notifier.settled(alerts.map(({ alert_id }) => alert_id), 14)
    expect(rows.filter(({ channel }) => channel === 'email').every(({ status }) => status === 'failed')).toBe(true)
    const texts = rows.filter(({ channel }) => channel === 'sms')
    const [digest, ...others] = texts.filter(({ purpose }) => purpose === 'digest')
    expect(others).toEqual([])
    expect(texts.filter(({ merged_into }) => merged_into === digest?.id)).toHaveLength(2)
    expect(texts.every(({ status }) => status === 'sent')).toBe(true)
    expect((await notifier.texts()).filter(({ to }) => to === holder.customer.phone)).toHaveLength(5)
  })

  it('of a customer whom nobody knows how to reach goes to a desk of the bank after a time, and the people on call hear of it', async () => {
    const alert = alertFor(newHolder())
    await notifier.publish(fraudAlerts.event(alert))
    const [row] = await notifier.settled([alert.alert_id], 1)
    expect(row).toMatchObject({ channel: 'email', recipient: 'fraud-desk@bank.example', status: 'sent' })
    await eventually(async () => (await mailsTo('on-call@bank.example')).some(({ subject }) => subject.includes('NOTIFY_NO_CONTACT')))
  })

  it('that no way is left for is told to the people on call', async () => {
    const holder = newHolder({ email: 'not an address', phone: '+15005550009' })
    const alert = await raise(holder, { severity: 'critical' })
    await notifier.settled([alert.alert_id], 2)
    const told = await eventually(async () => (await notifier.backbone.received(opsAlerts)).map(({ value }) => value).find(({ code, summary }) => code === 'NOTIFY_UNREACHABLE' && summary.includes(alert.alert_id)))
    expect(told).toMatchObject({ service: 'notifier', severity: 'warning', count: 1 })
  })

  describe('for the people on call', () => {
    let services = 0
    const opsAlert = (changes: Partial<OpsAlert>): OpsAlert => ({
      alert_id: uuidv7(), service: 'fraud-service', code: 'FRAUD_RULE_FAILED', severity: 'warning', subject: null, summary: 'A rule failed.', count: 1, raised_at: Date.now(), opened_at: null, resolved_at: null, ...changes,
    })
    const newService = () => `service-${++services}`
    const publish = (...alerts: OpsAlert[]) => notifier.publish(...alerts.map((alert) => opsAlerts.event(alert)))

    it('is an e-mail at once, and an SMS too when it is critical', async () => {
      const [warning, critical] = [opsAlert({ service: newService() }), opsAlert({ service: newService(), severity: 'critical' })]
      await publish(warning, critical)
      expect(await notifier.settled([warning.alert_id], 1)).toMatchObject([{ channel: 'email', recipient: 'on-call@bank.example', purpose: 'ops' }])
      expect(await notifier.settled([critical.alert_id], 2)).toMatchObject([{ channel: 'email' }, { channel: 'sms', recipient: '+15550100' }])
    })

    it('is one e-mail more, however many follow of the same kind', async () => {
      const service = newService()
      const alerts = Array.from({ length: 20 }, () => opsAlert({ service }))
      const other = opsAlert({ service, code: 'OTHER' })
      await publish(...alerts, other)
      const rows = await notifier.settled([...alerts, other].map(({ alert_id }) => alert_id), 21)
      expect(new Set(rows.map(({ provider_message_id }) => provider_message_id)).size).toBe(3)
      expect((await mailsTo('on-call@bank.example')).filter(({ subject }) => subject.includes(`${service} `))).toHaveLength(3)
    })

    it('is sent to nobody while it is silenced, and stands in the ledger', async () => {
      const service = newService()
      await notifier.database.query(`INSERT INTO silences (id, service, until, comment, created_by) VALUES ($1, $2, now() + interval '1 h', 'maintenance', 'tests')`, [uuidv7(), service])
      const [silent, other] = [opsAlert({ service }), opsAlert({ service: newService() })]
      await publish(silent, other)
      await notifier.settled([other.alert_id], 1)
      expect(await notifier.settled([silent.alert_id], 1)).toMatchObject([{ status: 'silenced', attempts: 0 }])
    })
  })
})
