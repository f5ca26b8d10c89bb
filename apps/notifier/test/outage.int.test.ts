import { fraudAlerts } from '@swipestream/contracts'
import { eventually } from '@swipestream/messaging/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { alertFor, known, newHolder, NotifierUnderTest } from './notifier-under-test.js'

describe('when a provider is away', () => {
  let notifier: NotifierUnderTest

  beforeAll(async () => {
    notifier = await NotifierUnderTest.create()
  })
  afterEach(() => notifier.stopInstances())
  afterAll(() => notifier?.close())

  /** Alerts of as many customers, all of them known. */
  async function raise(count: number): Promise<{ ids: string[]; emails: Set<string>; phones: Set<string> }> {
    const holders = Array.from({ length: count }, () => newHolder())
    const alerts = holders.map((holder) => alertFor(holder))
    await notifier.publish(...holders.flatMap(known), ...alerts.map((alert) => fraudAlerts.event(alert)))
    return {
      ids: alerts.map(({ alert_id }) => alert_id),
      emails: new Set(holders.map(({ customer }) => customer.email ?? '')),
      phones: new Set(holders.map(({ customer }) => customer.phone ?? '')),
    }
  }

  const sentByChannel = async (ids: string[], channel: string) => (await notifier.ledger(ids)).filter((row) => row.channel === channel && row.status === 'sent')
  const mailedTo = async (emails: Set<string>) => (await notifier.mails()).flatMap(({ to }) => to.map(({ address }) => address)).filter((address) => emails.has(address))
  const textedTo = async (phones: Set<string>) => (await notifier.texts()).map(({ to }) => to).filter((to) => phones.has(to))
  const health = async (url: string) => {
    const response = await fetch(`${url}/health/ready`)
    return { status: response.status, body: await response.text() }
  }

  it('e-mails wait for the mail server and go out once each, SMS are not held up, and the service stays ready', async () => {
    const { url } = await notifier.start()
    await notifier.providers.kill('mailbox')
    const { ids, emails } = await raise(50)
    await eventually(async () => (await sentByChannel(ids, 'sms')).length === 50)
    await eventually(async () => (await notifier.ledger(ids)).some(({ last_error }) => last_error?.startsWith('ESOCKET')))
    expect(await sentByChannel(ids, 'email')).toEqual([])
    expect(await health(url)).toMatchObject({ status: 200, body: expect.stringContaining('the provider is away (ESOCKET') })

    await notifier.providers.start('mailbox')
    await notifier.settled(ids, 100, 45_000)
    expect((await mailedTo(emails)).sort()).toEqual([...emails].sort())
    expect((await health(url)).body).not.toContain('away')
  })

  it('SMS wait for Twilio and go out once each, e-mails are not held up', async () => {
    await notifier.start()
    await notifier.providers.kill('twilio')
    const { ids, phones } = await raise(50)
    await eventually(async () => (await sentByChannel(ids, 'email')).length === 50)
    await eventually(async () => (await notifier.ledger(ids)).some(({ last_error }) => last_error?.startsWith('ECONNREFUSED')))
    expect(await sentByChannel(ids, 'sms')).toEqual([])

    await notifier.providers.start('twilio')
    await notifier.settled(ids, 100, 45_000)
    expect((await textedTo(phones)).sort()).toEqual([...phones].sort())
  })

  it.each([429, 500, 503])('SMS that Twilio answers with %i are tried again, until each went out once', async (status) => {
    await notifier.start()
    await notifier.failTexts(status, 5)
    const { ids, phones } = await raise(10)
    const rows = await notifier.settled(ids, 20)
    expect(rows.filter(({ attempts }) => attempts > 1).length).toBeGreaterThan(0)
    expect((await textedTo(phones)).sort()).toEqual([...phones].sort())
  })

  it('credentials that Twilio refuses make the service unready, by name of the variable, and lose nothing', async () => {
    const { url } = await notifier.start({ TWILIO_AUTH_TOKEN: 'not the token' })
    const { ids, phones } = await raise(5)
    await eventually(async () => {
      expect(await health(url)).toMatchObject({ status: 503, body: expect.stringContaining('the provider refuses TWILIO_AUTH_TOKEN') })
      return true
    })
    await eventually(async () => (await sentByChannel(ids, 'email')).length === 5)
    expect(await sentByChannel(ids, 'sms')).toEqual([])

    await notifier.stopInstances()
    await notifier.start()
    await notifier.settled(ids, 10)
    expect((await textedTo(phones)).sort()).toEqual([...phones].sort())
  })
})
