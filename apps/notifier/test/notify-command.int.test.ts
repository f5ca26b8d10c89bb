import { uuidv7 } from '@swipestream/contracts'
import { outboxMigrations } from '@swipestream/messaging'
import { testDatabase } from '@swipestream/messaging/testing'
import { DataSource } from 'typeorm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { notify } from '../src/cli/notify/notify-command.fixture.js'
import { Notifier1764000001000 } from '../src/db/migrations/1764000001000-notifier.js'
import { RoutingAndAnswers1764400000000 } from '../src/db/migrations/1764400000000-routing-and-answers.js'
import { exampleAlert } from '../src/domain/example-alert.js'

describe('npm run notify -- ledger', () => {
  let database: DataSource
  let url: string
  let drop: () => Promise<void>
  const [first, second] = [uuidv7(), uuidv7()]
  const [email, sms, app] = [uuidv7(), uuidv7(), uuidv7()]

  beforeAll(async () => {
    const made = await testDatabase()
    ;({ url, drop } = made)
    database = await new DataSource({ type: 'postgres', url, migrations: [...outboxMigrations, Notifier1764000001000, RoutingAndAnswers1764400000000] }).initialize()
    await database.runMigrations()
    for (const [id, card] of [[first, 'v1.one'], [second, 'v1.two']]) {
      await database.query(`INSERT INTO alerts (alert_id, card_id, alert, customer_id, planned_at, received_at) VALUES ($1, $2, $3, 'c1', now(), now() - interval '3 hours')`, [
        id, card, JSON.stringify(exampleAlert({ alert_id: id!, card_id: card! })),
      ])
    }
    await row(email, first, 'email', 'jane@example.org', 'sent', '2 hours', '<x@y>')
    await row(sms, first, 'sms', '+4930231250089', 'failed', '1 hour', null)
    await row(app, second, 'app', 'c1', 'sent', '1 minute', '1')
    await database.query(`INSERT INTO inbox (delivery_id, customer_id, title, body, read_at) VALUES ($1, 'c1', 'Title', 'Body', now())`, [app])
  })
  afterAll(async () => {
    await database?.destroy()
    await drop?.()
  })

  async function row(id: string, alertId: string, channel: string, recipient: string, status: string, ago: string, providerId: string | null): Promise<void> {
    await database.query(
      `INSERT INTO deliveries (id, alert_id, customer_id, channel, recipient, status, attempts, provider_message_id, last_error, created_at, updated_at)
       VALUES ($1, $2, 'c1', $3, $4, $5, 1, $6, CASE WHEN $5 = 'failed' THEN 'TWILIO_21211: invalid' END, now() - $7::interval, now() - $7::interval + interval '2 s')`,
      [id, alertId, channel, recipient, status, providerId, ago],
    )
  }

  const ledger = (...args: string[]) => notify({ DATABASE_URL: url }, 'ledger', ...args)
  const ids = async (...args: string[]) => ((await ledger(...args, '--json')).last['deliveries'] as { delivery_id: string }[]).map(({ delivery_id }) => delivery_id)

  it.each([
    ['everything, newest first', [], [app, sms, email]],
    ['of an alert', ['--alert', first], [sms, email]],
    ['of a customer', ['--customer', 'c1'], [app, sms, email]],
    ['of another customer', ['--customer', 'c2'], []],
    ['of a card', ['--card', 'v1.two'], [app]],
    ['of a status', ['--status', 'failed'], [sms]],
    ['of a channel', ['--channel', 'email'], [email]],
    ['since so long', ['--since', '90m'], [app, sms]],
    ['since a moment', ['--since', new Date(Date.now() - 600_000).toISOString()], [app]],
    ['of all of these', ['--alert', first, '--customer', 'c1', '--card', 'v1.one', '--status', 'sent', '--channel', 'email', '--since', '1d'], [email]],
  ] as [string, string[], string[]][])('lists what there is %s', async (_, args, found) => {
    expect(await ids(...args)).toEqual(found)
  })

  it('says when there is more than it shows', async () => {
    const { out, last } = await ledger('--limit', '2', '--json')
    expect(out).toHaveLength(1)
    expect(last).toMatchObject({ more: true, deliveries: [{}, {}] })
    expect((await ledger('--limit', '2')).out.at(-1)).toBe('there are more: --limit 2 were shown')
  })

  it('masks addresses, unless they are wanted', async () => {
    expect((await ledger()).out.join('\n')).not.toMatch(/jane@|4930231250089/)
    expect((await ledger('--json')).out.join('\n')).not.toMatch(/jane@|4930231250089/)
    expect((await ledger('--clear')).out.join('\n')).toMatch(/\+4930231250089[^]*jane@example\.org/)
  })

  it('shows one message with its history', async () => {
    const { code, out } = await ledger('show', sms)
    expect([code, out[0]]).toEqual([0, sms])
    expect(out.slice(out.findIndex((line) => line.startsWith('TIME')) + 1).map((line) => line.slice(22))).toEqual([
      'the alert was received',
      'alert by email to j***@example.org: queued',
      'alert by email to j***@example.org: sent after 1 attempt(s)',
      'this message: queued',
      'this message: failed after 1 attempt(s), TWILIO_21211: invalid',
      'it was planned whom to tell',
    ])
    expect((await ledger('show', app, '--json')).last).toMatchObject({ delivery: { delivery_id: app, recipient: '***' }, history: expect.arrayContaining([expect.objectContaining({ what: 'the customer read it in the app' })]) as unknown })
  })

  it('fails for a message that is not there', async () => {
    expect(await ledger('show', uuidv7(), '--json')).toMatchObject({ code: 1, last: { broken: [{ rule: 'DELIVERY_NOT_FOUND' }] } })
  })
})
