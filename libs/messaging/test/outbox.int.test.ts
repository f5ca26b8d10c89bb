import { customers, type FraudFeedback, fraudFeedback, uuidv7 } from '@swipestream/contracts'
import { Outbox } from '@swipestream/messaging'
import { eventually, type TestBackbone, testBackbone, testDatabase } from '@swipestream/messaging/testing'
import type { RunningService } from '@swipestream/platform'
import { DataSource } from 'typeorm'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { rawTransaction, sendBy } from './conformance/raw-transaction.js'
import { notReady, testService } from './test-service.js'
import { testTopics } from './test-topics.js'

let backbone: TestBackbone
let database: Awaited<ReturnType<typeof testDatabase>>
const services: RunningService[] = []

beforeEach(async () => {
  backbone = await testBackbone(testTopics)
  database = await testDatabase()
})
afterEach(async () => {
  await Promise.all(services.splice(0).map((service) => service.stop()))
  await backbone.close()
  await database.drop()
})

async function start(env: Readonly<Record<string, string>> = backbone.env) {
  const service = await testService({ env, produces: [fraudFeedback, customers], databaseUrl: database.url })
  services.push(service)
  return { service, outbox: service.app.get(Outbox), dataSource: service.app.get(DataSource) }
}

async function ready(env: Readonly<Record<string, string>> = backbone.env) {
  const started = await start(env)
  await eventually(async () => expect(await notReady(started.service)).toBe('') ?? true)
  return started
}

const feedback = (card: string, comment: string): FraudFeedback => ({
  feedback_id: uuidv7(), transaction_id: uuidv7(), card_id: card, terminal_id: null, transaction_occurred_at: null, amount_minor: null, currency: null, verdict: 'legitimate', card_action: 'none', source: 'analyst', actor: null, comment, given_at: 1,
})
const comments = async () => (await backbone.received(fraudFeedback)).map(({ value }) => value.comment)
const pending = async (dataSource: DataSource) => Number((await dataSource.query('SELECT count(*) FROM outbox'))[0].count)

describe('Outbox', () => {
  it('publishes what was added once the transaction commits, and forgets it', async () => {
    const { outbox, dataSource } = await ready()
    const sent = feedback('c1', 'hello')
    await dataSource.transaction(async (manager) => {
      await outbox.add(manager, [fraudFeedback.event(sent)])
      expect(await comments()).toEqual([])
    })
    const [received] = await eventually(async () => {
      const found = await backbone.received(fraudFeedback)
      return found.length > 0 && found
    })
    expect(received).toMatchObject({ key: 'c1', value: sent })
    expect(received?.headers['message-id']).toMatch(/^[0-9a-f-]{36}$/)
    await eventually(async () => (await pending(dataSource)) === 0)
  })

  it('wakes the relay when a transaction that added something commits, and only then', async () => {
    const { outbox, dataSource } = await ready()
    const wake = vi.spyOn(outbox, 'wake')
    await dataSource.transaction((manager) => manager.query('SELECT 1'))
    await dataSource
      .transaction(async (manager) => {
        await outbox.add(manager, [fraudFeedback.event(feedback('c1', 'never'))])
        throw new Error('rolled back')
      })
      .catch(() => undefined)
    expect(wake).not.toHaveBeenCalled()
    await dataSource.transaction((manager) => outbox.add(manager, [fraudFeedback.event(feedback('c1', 'hello'))]))
    expect(wake).toHaveBeenCalledOnce()
  })

  it('wakes the relay after the commit, not at the end of a transaction within it, when nobody else sees the rows yet', async () => {
    const { outbox, dataSource } = await ready()
    const wake = vi.spyOn(outbox, 'wake')
    await dataSource.transaction(async (outer) => {
      await outer.transaction((inner) => outbox.add(inner, [fraudFeedback.event(feedback('c1', 'hello'))]))
      expect(wake).not.toHaveBeenCalled()
    })
    expect(wake).toHaveBeenCalledOnce()
  })

  it('publishes nothing of a transaction that is rolled back', async () => {
    const { outbox, dataSource } = await ready()
    const rolledBack = dataSource.transaction(async (manager) => {
      await outbox.add(manager, [fraudFeedback.event(feedback('c1', 'never'))])
      throw new Error('rolled back')
    })
    await expect(rolledBack).rejects.toThrow('rolled back')
    await dataSource.transaction((manager) => outbox.add(manager, [fraudFeedback.event(feedback('c1', 'after'))]))
    await eventually(async () => (await comments()).length > 0)
    expect(await comments()).toEqual(['after'])
  })

  it('publishes tombstones', async () => {
    const { outbox, dataSource } = await ready()
    await dataSource.transaction((manager) => outbox.add(manager, [customers.tombstone('u1')]))
    const [record] = await eventually(async () => {
      const found = await backbone.records(customers)
      return found.length > 0 && found
    })
    expect(record).toMatchObject({ key: Buffer.from('u1'), value: null })
  })

  it('refuses what breaks the contract, and a call outside a transaction', async () => {
    const { outbox, dataSource } = await ready()
    const wrong = { ...feedback('c1', 'x'), given_at: 1.5 }
    await expect(dataSource.transaction((manager) => outbox.add(manager, [fraudFeedback.event(wrong)]))).rejects.toMatchObject({ code: 'AVRO_INVALID_VALUE' })
    await expect(outbox.add(dataSource.manager, [fraudFeedback.event(feedback('c1', 'x'))])).rejects.toMatchObject({ code: 'OUTBOX_OUTSIDE_TRANSACTION' })
  })

  it('keeps the order of each key, with several instances writing and relaying', async () => {
    const instances = [await ready(), await ready(), await ready()]
    const cards = ['a', 'b', 'c', 'd', 'e']
    await Promise.all(
      cards.map(async (card) => {
        for (let i = 0; i < 40; i++) {
          const { outbox, dataSource } = instances[i % instances.length]!
          await dataSource.transaction((manager) => outbox.add(manager, [fraudFeedback.event(feedback(card, String(i)))]))
        }
      }),
    )
    const all = await eventually(async () => {
      const found = await backbone.received(fraudFeedback)
      return found.length >= 200 && found
    })
    expect(all).toHaveLength(200)
    for (const card of cards) {
      expect(all.filter(({ key }) => key === card).map(({ value }) => value.comment)).toEqual(Array.from({ length: 40 }, (_, i) => String(i)))
    }
  })

  it('publishes rows that are too many bytes for one request', async () => {
    const { outbox, dataSource } = await ready()
    const large = Array.from({ length: 40 }, (_, i) => feedback('c1', `${i}:`.padEnd(60_000, 'x')))
    await dataSource.transaction((manager) => outbox.add(manager, large.map((value) => fraudFeedback.event(value))))
    await eventually(async () => (await pending(dataSource)) === 0)
    expect((await comments()).map((comment) => Number(comment?.split(':')[0]))).toEqual(large.map((_, i) => i))
  })

  it('publishes what was added last before it ends', async () => {
    const { service, outbox, dataSource } = await ready()
    const add = (comment: string) => dataSource.transaction((manager) => outbox.add(manager, [fraudFeedback.event(feedback('c1', comment))]))
    await add('hello')
    await eventually(async () => (await comments()).length === 1) // a service is ready before its relay is connected
    const wake = vi.spyOn(outbox, 'wake').mockImplementation(() => undefined)
    await add('last words')
    expect(wake).toHaveBeenCalledOnce()
    await service.stop()
    services.length = 0
    expect(await comments()).toEqual(['hello', 'last words'])
  })

  it('takes over when the instance that relays is gone', async () => {
    const first = await ready()
    const second = await ready()
    await first.service.stop()
    services.splice(services.indexOf(first.service), 1)
    await second.dataSource.transaction((manager) => second.outbox.add(manager, [fraudFeedback.event(feedback('c1', 'hello'))]))
    await eventually(async () => (await comments()).length > 0)
  })

  it('does not publish again what a killed relay had published but not deleted', async () => {
    const { outbox, dataSource, service } = await ready()
    await service.stop()
    services.length = 0
    const source = await new DataSource({ type: 'postgres', url: database.url }).initialize()
    const rows = ['one', 'two', 'three'].map((comment) => outbox.row(fraudFeedback.event(feedback('c1', comment))))
    for (const { topic, key, value, headers } of rows) {
      await source.query('INSERT INTO outbox (topic, key, value, headers) VALUES ($1, $2, $3, $4)', [topic, key, value, headers])
    }
    // As if killed after the broker's answer to the first two.
    await backbone.send(rows.slice(0, 2).map(({ key, value, headers }) => ({ topic: 'fraud_feedback', key: Buffer.from(key), value, headers: JSON.parse(headers) })))
    await source.destroy()
    expect(dataSource.isInitialized).toBe(false)
    const next = await ready()
    await eventually(async () => (await pending(next.dataSource)) === 0)
    expect(await comments()).toEqual(['one', 'two', 'three'])
  })

  it('does not publish again what a killed relay had published while a transaction was open on the topic, which hides it', async () => {
    const { outbox, service } = await ready()
    await service.stop()
    services.length = 0
    const open = await rawTransaction(uuidv7())
    await sendBy(open, `${backbone.namespace}fraud_feedback`, ['of a redrive that was killed'], 'c1')
    const source = await new DataSource({ type: 'postgres', url: database.url }).initialize()
    const { topic, key, value, headers } = outbox.row(fraudFeedback.event(feedback('c1', 'once')))
    await source.query('INSERT INTO outbox (topic, key, value, headers) VALUES ($1, $2, $3, $4)', [topic, key, value, headers])
    await backbone.send([{ topic: 'fraud_feedback', partition: 0, key: Buffer.from(key), value, headers: JSON.parse(headers) }])
    await source.destroy()
    const next = await ready()
    // It holds the rows of this topic only.
    await next.dataSource.transaction((manager) => next.outbox.add(manager, [customers.tombstone('u1')]))
    await eventually(async () => (await backbone.records(customers)).length === 1)
    await open.abort()
    await eventually(async () => (await pending(next.dataSource)) === 0)
    await eventually(async () => (await backbone.records(fraudFeedback)).some(({ partition }) => partition === 0))
    expect(await comments()).toEqual(['once'])
  })

  it('keeps what is added while Kafka is away', async () => {
    const away = await ready({ ...backbone.env, KAFKA_BROKERS: '127.0.0.1:1' })
    await away.dataSource.transaction((manager) => away.outbox.add(manager, ['1', '2', '3'].map((comment) => fraudFeedback.event(feedback('c1', comment)))))
    await away.service.stop()
    services.length = 0
    const back = await ready()
    await eventually(async () => (await pending(back.dataSource)) === 0)
    expect(await comments()).toEqual(['1', '2', '3'])
  })
})
