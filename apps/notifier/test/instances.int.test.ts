import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { fraudAlerts } from '@swipestream/contracts'
import { eventually } from '@swipestream/messaging/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { alertFor, known, newHolder, NotifierUnderTest } from './notifier-under-test.js'

describe('instances of the notifier', () => {
  let notifier: NotifierUnderTest
  let child: ChildProcess | undefined

  beforeAll(async () => {
    notifier = await NotifierUnderTest.create()
  })
  afterEach(async () => {
    child?.kill('SIGKILL')
    await notifier.stopInstances()
  })
  afterAll(() => notifier?.close())

  async function raise(count: number): Promise<string[]> {
    const holders = Array.from({ length: count }, () => newHolder())
    const alerts = holders.map((holder) => alertFor(holder))
    await notifier.publish(...holders.flatMap(known), ...alerts.map((alert) => fraudAlerts.event(alert)))
    return alerts.map(({ alert_id }) => alert_id)
  }

  /** How often each of these alerts was told, by e-mail and by SMS. */
  async function told(ids: readonly string[]): Promise<{ emails: number[]; texts: number[] }> {
    const rows = await notifier.ledger(ids)
    const [mails, texts] = [await notifier.mails(), await notifier.texts()]
    const count = (channel: string, recipients: readonly string[]) =>
      rows.filter((row) => row.channel === channel).map(({ recipient }) => recipients.filter((each) => each === recipient).length)
    return {
      emails: count('email', mails.flatMap(({ to }) => to.map(({ address }) => address))),
      texts: count('sms', texts.map(({ to }) => to)),
    }
  }

  const sent = async (ids: readonly string[]) => (await notifier.ledger(ids)).filter(({ status }) => status === 'sent').length

  it('share the work without sending anything twice', async () => {
    await Promise.all([notifier.start(), notifier.start()])
    const ids = await raise(200)
    const rows = await notifier.settled(ids, 400)
    expect(rows.every(({ attempts }) => attempts === 1)).toBe(true)
    const { emails, texts } = await told(ids)
    expect(new Set(emails)).toEqual(new Set([1]))
    expect(new Set(texts)).toEqual(new Set([1]))
  })

  it('finish what they are sending when they are stopped, and the next one sends the rest, each once', async () => {
    await notifier.start()
    const ids = await raise(200)
    await eventually(async () => (await sent(ids)) > 20, { intervalMs: 5 })
    await notifier.stopInstances()
    const rows = await notifier.ledger(ids)
    expect(rows.filter(({ status }) => status === 'sending')).toEqual([])

    await notifier.start()
    await notifier.settled(ids, 400)
    const { emails, texts } = await told(ids)
    expect(new Set(emails)).toEqual(new Set([1]))
    expect(new Set(texts)).toEqual(new Set([1]))
  })

  it('take over from one that was killed: nothing is lost, and twice goes out only what was under way', async () => {
    const concurrency = { EMAIL_CONCURRENCY: '5', SMS_CONCURRENCY: '5', DELIVERY_LEASE_SECONDS: '3' }
    const { database } = notifier
    const env = {
      ...process.env, ...notifier.backbone.env, ...notifier.providers.env, ...concurrency,
      DATABASE_URL: String((database.options as { url?: string }).url), LOG_LEVEL: 'warn', HTTP_PORT: '0',
    }
    child = spawn(process.execPath, [fileURLToPath(new URL('../dist/main.js', import.meta.url))], { env, stdio: ['ignore', 'inherit', 'inherit'] })
    const ids = await raise(200)
    await eventually(async () => (await sent(ids)) > 50, { intervalMs: 5 })
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(await sent(ids)).toBeLessThan(400)

    await notifier.start(concurrency)
    const rows = await notifier.settled(ids, 400)
    expect(rows.every(({ status }) => status === 'sent')).toBe(true)
    const { emails, texts } = await told(ids)
    expect(Math.min(...emails, ...texts)).toBe(1)
    // At most what was in hand of each channel: four times its concurrency.
    expect(emails.filter((times) => times > 1).length).toBeLessThanOrEqual(20)
    expect(texts.filter((times) => times > 1).length).toBeLessThanOrEqual(20)

    const again = (await notifier.mails()).map(({ headers }) => headers['message-id'])
    expect(new Set(again).size).toBeGreaterThanOrEqual(200) // a message that went out twice bears one id
  })
})
