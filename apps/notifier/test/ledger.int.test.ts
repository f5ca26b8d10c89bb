import { uuidv7 } from '@swipestream/contracts'
import { outboxMigrations } from '@swipestream/messaging'
import { testDatabase } from '@swipestream/messaging/testing'
import { DataSource } from 'typeorm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ledgerRow } from '../src/app/ledger-rows.js'
import { AlertsRepository } from '../src/db/alerts.repository.js'
import { type ClaimedDelivery, DeliveriesRepository, type NewDelivery } from '../src/db/deliveries.repository.js'
import { Notifier1764000001000 } from '../src/db/migrations/1764000001000-notifier.js'
import { RoutingAndAnswers1764400000000 } from '../src/db/migrations/1764400000000-routing-and-answers.js'
import type { Outcome } from '../src/domain/delivery.js'
import { exampleAlert } from '../src/domain/example-alert.js'

describe('the ledger', () => {
  let database: DataSource
  let drop: () => Promise<void>
  let alerts: AlertsRepository
  let deliveries: DeliveriesRepository
  const minute = 60_000

  beforeAll(async () => {
    const made = await testDatabase()
    drop = made.drop
    database = await new DataSource({ type: 'postgres', url: made.url, poolSize: 10, migrations: [...outboxMigrations, Notifier1764000001000, RoutingAndAnswers1764400000000] }).initialize()
    await database.runMigrations()
    alerts = new AlertsRepository(database)
    deliveries = new DeliveriesRepository(database)
  })
  beforeEach(() => database.query('TRUNCATE cards, customers, alerts, deliveries, questions, inbox'))
  afterAll(async () => {
    await database?.destroy()
    await drop?.()
  })

  const newRow = (recipient: string, changes: Partial<NewDelivery> = {}): NewDelivery =>
    ledgerRow({ alert_id: uuidv7(), card_id: 'v1.card', customer_id: 'c1', purpose: 'alert' }, { channel: 'email', recipient, fallbacks: [] }, changes)

  async function queue(count: number): Promise<void> {
    const rows = Array.from({ length: count }, (_, i) => newRow(`jane.${i}@example.org`))
    await alerts.store(rows.map(({ alert_id }) => ({ alert: exampleAlert({ alert_id }), traceparent: null })))
    await database.transaction((manager) => deliveries.insert(manager, rows))
  }

  async function claimOne(leaseMs = minute): Promise<ClaimedDelivery> {
    const [claimed, ...more] = await deliveries.claim('email', 10, leaseMs)
    expect(more).toEqual([])
    if (!claimed) throw new Error('nothing was due')
    return claimed
  }

  const settle = (...outcomes: Outcome[]) => database.transaction((manager) => deliveries.settle(manager, outcomes))
  const sent = (delivery: ClaimedDelivery): Outcome => ({ status: 'sent', delivery, providerMessageId: `<${delivery.id}@x>` })
  const later = (delivery: ClaimedDelivery, delayMs: number): Outcome => ({ status: 'queued', delivery, error: 'SMTP_450: later', delayMs })
  const row = async (): Promise<unknown> => (await database.query('SELECT status, attempts, last_error, provider_message_id FROM deliveries'))[0]

  it('gives each message to one of many who ask at the same time', async () => {
    await queue(200)
    const claims = await Promise.all(Array.from({ length: 60 }, () => deliveries.claim('email', 10, minute)))
    const ids = claims.flat().map(({ id }) => id)
    expect(ids).toHaveLength(200)
    expect(new Set(ids).size).toBe(200)
  })

  it('gives what the message is made of, and nothing of the customer once erased', async () => {
    await database.query(`INSERT INTO customers (customer_id, given_name, language, time_zone, updated_at) VALUES ('c1', 'Jane', 'en', 'Europe/Berlin', 1)`)
    await queue(1)
    await database.query(`UPDATE alerts SET customer_id = 'c1', planned_at = now()`)
    const claimed = await claimOne()
    expect(claimed).toMatchObject({
      card_id: 'v1.card', customer_id: 'c1', channel: 'email', recipient: 'jane.0@example.org', attempt: 1,
      addressee: { given_name: 'Jane', time_zone: 'Europe/Berlin' },
    })
    expect(claimed.told).toEqual({ alert: exampleAlert({ alert_id: claimed.alert_id }), question: null })

    await settle(later(claimed, 0))
    await database.query('DELETE FROM customers')
    expect(await claimOne()).toMatchObject({ attempt: 2, addressee: { given_name: null, time_zone: null } })
  })

  it('gives a message that is to be tried again when it is due, not before', async () => {
    await queue(1)
    await settle(later(await claimOne(), minute))
    expect(await deliveries.claim('email', 10, minute)).toEqual([])
    expect(await row()).toMatchObject({ status: 'queued', attempts: 1, last_error: 'SMTP_450: later' })
    await database.query(`UPDATE deliveries SET next_attempt_at = now()`)
    expect((await claimOne()).attempt).toBe(2)
  })

  it('takes back a message whose lease has ended, and leaves one that was renewed', async () => {
    await queue(1)
    const { id } = await claimOne(0)
    await deliveries.renew([id], minute)
    expect(await deliveries.takeBack('email')).toBe(0)
    await deliveries.renew([id], 0)
    expect(await deliveries.takeBack('sms')).toBe(0)
    expect(await deliveries.takeBack('email')).toBe(1)
    expect((await claimOne()).attempt).toBe(2)
  })

  describe('when an attempt ends after its message was taken over', () => {
    let old: ClaimedDelivery
    let current: ClaimedDelivery

    beforeEach(async () => {
      await queue(1)
      old = await claimOne(0)
      await deliveries.takeBack('email')
      current = await claimOne()
    })

    it('does not believe that it failed, or is to be tried again', async () => {
      expect(await settle(later(old, 0))).toEqual([])
      expect(await settle({ status: 'failed', delivery: old, error: 'x' })).toEqual([])
      expect(await row()).toMatchObject({ status: 'sending', attempts: 2, last_error: null })
    })

    it('believes that it was sent, and tells that it was sent twice when the other attempt was sent too', async () => {
      expect(await settle(sent(old))).toEqual([{ id: old.id, as: 'first' }])
      expect(await settle(sent(current))).toEqual([{ id: old.id, as: 'again' }])
      expect(await row()).toMatchObject({ status: 'sent', provider_message_id: `<${old.id}@x>` })
    })

    it('stays with sent when the other attempt fails', async () => {
      await settle(sent(old))
      expect(await settle(later(current, 0))).toEqual([])
      expect(await row()).toMatchObject({ status: 'sent', last_error: null })
    })
  })

  describe("when the provider's report comes before its answer", () => {
    const report = (status: string, error: string | null) => database.query('UPDATE deliveries SET status = $1, last_error = $2, lease_until = NULL', [status, error])

    it.each([
      ['delivered', null],
      ['failed', 'TWILIO_30003: undelivered'],
    ])('%s stays, and the id is added', async (status, error) => {
      await queue(1)
      const claimed = await claimOne()
      await report(status, error)
      expect(await settle(sent(claimed))).toEqual([{ id: claimed.id, as: 'overtaken' }])
      expect(await row()).toEqual({ status, attempts: 1, last_error: error, provider_message_id: `<${claimed.id}@x>` })
    })

    it('believes an older attempt that was sent, where the newest has failed', async () => {
      await queue(1)
      const old = await claimOne(0)
      await deliveries.takeBack('email')
      await settle({ status: 'failed', delivery: await claimOne(), error: 'x' })
      expect(await settle(sent(old))).toEqual([{ id: old.id, as: 'first' }])
      expect(await row()).toMatchObject({ status: 'sent' })
    })
  })

  describe('a message that others share', () => {
    let shared: NewDelivery
    let merged: NewDelivery[]

    beforeEach(async () => {
      shared = newRow('jane@example.org', { purpose: 'digest', shared: true, topic: 'v1.card' })
      merged = [1, 2].map(() => newRow('jane@example.org', { status: 'merged', merged_into: shared.id }))
      const rows = [shared, ...merged]
      await alerts.store(rows.map(({ alert_id }) => ({ alert: exampleAlert({ alert_id }), traceparent: null })))
      await database.transaction((manager) => deliveries.insert(manager, rows))
    })

    it('tells of all of them', async () => {
      const claimed = await claimOne()
      expect(claimed.told.alert.alert_id).toBe(shared.alert_id)
      expect(claimed.merged.map(({ alert }) => alert.alert_id).sort()).toEqual(merged.map(({ alert_id }) => alert_id).sort())
    })

    it('takes them with it when it is sent', async () => {
      await settle(sent(await claimOne()))
      const settled = await database.transaction((manager) => deliveries.settleMerged(manager, [shared.id]))
      expect(settled.map(({ id }) => id).sort()).toEqual(merged.map(({ id }) => id).sort())
      const rows = await database.query('SELECT DISTINCT status, provider_message_id FROM deliveries')
      expect(rows).toEqual([{ status: 'sent', provider_message_id: `<${shared.id}@x>` }])
    })

    it('is not taken to be sent while somebody writes what joins it', async () => {
      await database.transaction(async (manager) => {
        expect(await deliveries.lockOpenGroups(manager, ['v1.card'])).toMatchObject([{ id: shared.id, topic: 'v1.card' }])
        expect(await deliveries.claim('email', 10, minute)).toEqual([])
      })
      expect(await deliveries.claim('email', 10, minute)).toHaveLength(1)
    })
  })

  it('gives a message not before it is due, however long it waited for that', async () => {
    const held = newRow('jane@example.org', { delayMs: minute })
    await alerts.store([{ alert: exampleAlert({ alert_id: held.alert_id }), traceparent: null }])
    await database.transaction((manager) => deliveries.insert(manager, [held]))
    expect(await deliveries.claim('email', 10, minute)).toEqual([])
    await database.query(`UPDATE deliveries SET created_at = now() - interval '9 h', due_at = now(), next_attempt_at = now()`)
    expect((await claimOne()).ageMs).toBeLessThan(minute)
  })

  it('stores an alert once, whatever characters it holds', async () => {
    const alert = exampleAlert({ merchant_name: 'a\0b\uD800', card_id: 'v1.\0' })
    await alerts.store([{ alert, traceparent: null }])
    await alerts.store([{ alert: { ...alert, merchant_name: 'other' }, traceparent: null }])
    const stored = await database.query<{ alert: unknown }[]>('SELECT alert FROM alerts')
    expect(stored).toEqual([{ alert }])
  })

  it('lets one of two who plan the same alert at the same time do it', async () => {
    await alerts.store([{ alert: exampleAlert(), traceparent: null }])
    await database.query(`INSERT INTO cards VALUES ('v1.card', 'c1', 1)`)
    await database.query(`INSERT INTO customers (customer_id, email, language, time_zone, updated_at) VALUES ('c1', 'jane@example.org', 'en', 'UTC', 1)`)
    const plan = () =>
      database.transaction(async (manager) => {
        const found = await alerts.lockPlannable(manager, { cards: ['v1.card'] }, 10)
        if (found.length > 0) await alerts.markPlanned(manager, found.map(({ alert }) => alert.alert_id), found.map(({ contact }) => contact.customer_id))
        return found.length
      })
    expect((await Promise.all([plan(), plan(), plan()])).sort()).toEqual([0, 0, 1])
  })
})
