import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { fraudAlerts } from '@swipestream/contracts'
import { eventually } from '@swipestream/messaging/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { mostInHand } from '../src/app/delivery-worker.js'
import { alertFor, known, newHolder, NotifierUnderTest, settings } from './notifier-under-test.js'

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
    const before = (await notifier.mails()).length
    const env = {
      ...process.env, ...notifier.backbone.env, ...notifier.providers.env, ...settings, ...concurrency,
      DATABASE_URL: String((database.options as { url?: string }).url), LOG_LEVEL: 'warn', HTTP_PORT: '0',
    }
    child = spawn(process.execPath, [fileURLToPath(new URL('../dist/main.js', import.meta.url))], { env, stdio: ['ignore', 'inherit', 'inherit'] })
    const ids = await raise(200)
    await eventually(async () => (await sent(ids)) > 50, { intervalMs: 5, timeoutMs: 60_000 })

    // The worst moment: no outcome can be noted, for its event cannot, and the providers have all that is in hand.
    const unnoted = await database.transaction(async (manager) => {
      await manager.query('LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE')
      const accepted = await eventually(async () => {
        const rows = await notifier.ledger(ids)
        const of = (channel: string, status: string) => rows.filter((row) => row.channel === channel && row.status === status).length
        const { emails, texts } = await told(ids)
        const [mails, sms] = [sum(emails) - of('email', 'sent'), sum(texts) - of('sms', 'sent')]
        // More than half of what it may have: it claims no more.
        const most = mostInHand(5) / 2
        return mails > most && sms > most && mails === of('email', 'sending') && sms === of('sms', 'sending') && mails + sms
      })
      child?.kill('SIGKILL')
      await once(child as ChildProcess, 'exit')
      return accepted
    })

    await notifier.start(concurrency)
    const rows = await notifier.settled(ids, 400)
    expect(rows.every(({ status }) => status === 'sent')).toBe(true)
    const { emails, texts } = await told(ids)
    for (const times of [emails, texts]) {
      expect(Math.min(...times)).toBe(1)
      expect(Math.max(...times)).toBe(2)
      expect(times.filter((count) => count > 1).length).toBeLessThanOrEqual(mostInHand(5))
    }
    expect(sum(emails) + sum(texts)).toBe(400 + unnoted)

    // A message that went out twice bears one id.
    expect(new Set((await notifier.mails()).map(({ headers }) => headers['message-id'])).size).toBe(before + 200)
  })
})

const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0)
