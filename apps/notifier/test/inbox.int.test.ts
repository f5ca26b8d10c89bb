import { readFileSync } from 'node:fs'
import { runInNewContext } from 'node:vm'
import { fraudAlerts, notifications, uuidv7 } from '@swipestream/contracts'
import { eventually } from '@swipestream/messaging/testing'
import type { RunningService } from '@swipestream/platform'
import type { DataSource } from 'typeorm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CustomerTokens } from '../src/app/customer-tokens.js'
import { mostStreams } from '../src/app/inbox-streams.js'
import { InboxRepository } from '../src/db/inbox.repository.js'
import { deliver, InboxClient, type InboxStream, ledgerRow } from './inbox-client.js'
import { alertFor, known, newHolder, NotifierUnderTest } from './notifier-under-test.js'

describe("the app's inbox", () => {
  let notifier: NotifierUnderTest
  let one: RunningService
  let other: RunningService
  let database: DataSource
  let customers = 0

  beforeAll(async () => {
    notifier = await NotifierUnderTest.create()
    database = notifier.database
    one = await notifier.start()
    other = await notifier.start()
  })
  afterAll(() => notifier?.close())

  /** Of nobody else. */
  const newCustomer = (): string => `inbox-${++customers}`
  const came = (stream: InboxStream, ids: readonly string[]) => eventually(() => stream.ids.length >= ids.length && (expect(stream.ids).toEqual(ids), true))

  it('has an alert as soon as it is planned, and tells of it; one that comes again is there once', async () => {
    const holder = newHolder()
    const alert = alertFor(holder)
    const { customer_id: customer } = holder.customer
    const client = await InboxClient.of(one, customer)
    const stream = await client.stream()
    await notifier.publish(...known(holder), fraudAlerts.event(alert))
    const [id = ''] = await eventually(() => stream.ids.length > 0 && stream.ids)
    expect((await client.send('GET', '/v1/inbox')).body).toMatchObject({
      unread: 1, messages: [{ id, body: expect.stringContaining('Orchard Electronics') as string, read_at: null, question: { state: 'open' } }],
    })
    const told = async () => (await notifier.backbone.received(notifications)).map(({ value }) => value).filter(({ alert_id, channel }) => alert_id === alert.alert_id && channel === 'app')
    expect(await eventually(async () => (await told())[0])).toMatchObject({ status: 'delivered', attempt: 1, provider_message_id: id })

    const after = alertFor(holder)
    await notifier.publish(fraudAlerts.event(alert), fraudAlerts.event(after))
    await eventually(() => stream.ids.length === 2)
    expect(await client.ids()).toEqual([stream.ids[1], id])
    stream.close()
  })

  it('is listed newest first, by page, in both directions', async () => {
    const customer = newCustomer()
    const ids: string[] = []
    for (let i = 0; i < 7; i++) ids.unshift(await deliver(one, database, customer))
    const client = await InboxClient.of(other, customer)
    const pages = async (query: string) => {
      const seen: string[][] = []
      for (let next: string | null = `/v1/inbox?${query}`; next !== null; ) {
        const { body } = await client.send('GET', next)
        seen.push((body['messages'] as { id: string }[]).map(({ id }) => id))
        next = body['next'] as string | null
      }
      return seen
    }
    expect(await pages('limit=3')).toEqual([ids.slice(0, 3), ids.slice(3, 6), ids.slice(6)])
    expect(await pages(`limit=2&after=${ids[5]}`)).toEqual([ids.slice(3, 5), ids.slice(1, 3), ids.slice(0, 1)])
    expect(await client.ids(`?before=${ids[6]}`)).toEqual([])
    expect(await client.ids(`?after=${ids[0]}`)).toEqual([])
  })

  it('marks a message as read, once, and only its own', async () => {
    const customer = newCustomer()
    const id = await deliver(one, database, customer)
    await deliver(one, database, customer)
    const client = await InboxClient.of(one, customer)
    const stranger = await InboxClient.of(one, newCustomer())
    expect(await stranger.send('POST', `/v1/inbox/${id}/read`)).toMatchObject({ status: 404 })
    expect((await client.send('GET', '/v1/inbox')).body).toMatchObject({ unread: 2 })
    const readAt = async () => (await client.send('GET', `/v1/inbox?before=${BigInt(id) + 1n}`)).body
    expect(await client.send('POST', `/v1/inbox/${id}/read`)).toMatchObject({ status: 204 })
    const first = await readAt()
    expect(first).toMatchObject({ unread: 1, messages: [{ id, read_at: expect.any(String) as string }] })
    expect(await client.send('POST', `/v1/inbox/${id}/read`)).toMatchObject({ status: 204 })
    expect(await readAt()).toEqual(first)
  })

  it('tells of each message what it asks, and what came of that', async () => {
    const customer = newCustomer()
    const ask = async (of: string, expires: string, verdict: string | null = null) => {
      const alertId = uuidv7()
      await deliver(one, database, customer, { alertId })
      await database.query(
        `INSERT INTO questions (alert_id, customer_id, expires_at, answered_at, verdict, source) VALUES ($1, $2, now() + $3::interval, CASE WHEN $4::text IS NOT NULL THEN now() END, $4, CASE WHEN $4::text IS NOT NULL THEN 'customer_sms' END)`,
        [alertId, of, expires, verdict],
      )
    }
    await ask(customer, '1 hour')
    await ask(customer, '-1 hour')
    await ask(customer, '-1 hour', 'confirmed_fraud')
    await ask(customer, '1 hour', 'legitimate')
    // The card has changed hands since.
    await ask(newCustomer(), '1 hour')
    const { body } = await (await InboxClient.of(one, customer)).send('GET', '/v1/inbox')
    expect((body['messages'] as { question: { state: string; answer: string | null } | null }[]).map(({ question }) => question && [question.state, question.answer])).toEqual([
      null, ['answered', 'yes'], ['answered', 'no'], ['expired', null], ['open', null],
    ])
  })

  it('streams what comes from now on, whichever instance it comes by, to its customer alone', async () => {
    const customer = newCustomer()
    await deliver(one, database, customer)
    const streams = await Promise.all([one, other].map(async (service) => (await InboxClient.of(service, customer)).stream()))
    const stranger = await (await InboxClient.of(one, newCustomer())).stream()
    const ids = [await deliver(one, database, customer), await deliver(other, database, customer)]
    for (const stream of streams) {
      await came(stream, ids)
      expect(stream.events[0]).toMatchObject({ event: 'message', data: { id: ids[0], title: 'Title', question: null } })
    }
    expect(stranger.events).toEqual([])
    for (const stream of [...streams, stranger]) stream.close()
  })

  it('resumes behind the last message a client has, over reconnects to either instance, while messages come by both: none is missing, none is there twice, all in order', async () => {
    const customer = newCustomer()
    const clients = await Promise.all([one, other].map((service) => InboxClient.of(service, customer)))
    const total = 300
    const written = Promise.all(
      [one, other].flatMap((service) =>
        Array.from({ length: 3 }, async () => {
          for (let i = 0; i < total / 6; i++) await deliver(service, database, customer)
        }),
      ),
    )
    const seen: string[] = []
    for (let turn = 0; seen.length < total; turn++) {
      const stream = await clients[turn % 2]!.stream(seen.at(-1) ?? '0')
      await eventually(() => stream.ids.length > 0, { intervalMs: 1 })
      stream.close()
      seen.push(...stream.ids)
    }
    await written
    const rows = await database.query<{ id: string }[]>('SELECT id FROM inbox WHERE customer_id = $1 ORDER BY id', [customer])
    expect(rows).toHaveLength(total)
    expect(seen).toEqual(rows.map(({ id }) => id))
  })

  it("lets a customer's later message not be seen before an earlier one that is still being written", async () => {
    const [customer, stranger] = [newCustomer(), newCustomer()]
    const stream = await (await InboxClient.of(one, customer)).stream()
    const slow = await ledgerRow(database, customer)
    const runner = database.createQueryRunner()
    await runner.startTransaction()
    const ids = await other.app.get(InboxRepository).add(runner.manager, [{ deliveryId: slow, customerId: customer, title: 'First', body: '' }])
    const first = ids.get(slow) ?? ''
    const second = deliver(other, database, customer)
    // Nobody else waits.
    await deliver(other, database, stranger)
    await eventually(async () => (await database.query(`SELECT FROM pg_stat_activity WHERE wait_event = 'advisory' AND datname = current_database()`)).length === 1)
    expect(stream.ids).toEqual([])
    await runner.commitTransaction()
    await runner.release()
    await came(stream, [first, await second])
    stream.close()
  })

  it('goes on when the connection that hears of new messages is lost', async () => {
    const customer = newCustomer()
    const stream = await (await InboxClient.of(one, customer)).stream()
    const listening = `FROM pg_stat_activity WHERE application_name = 'notifier notices' AND datname = current_database()`
    await eventually(async () => (await database.query(`SELECT ${listening}`)).length === 2)
    await database.query(`SELECT pg_terminate_backend(pid) ${listening}`)
    const ids = [await deliver(other, database, customer)]
    await came(stream, ids)
    ids.push(await deliver(other, database, customer))
    await came(stream, ids)
    stream.close()
  })

  it('ends a stream with its token, and says so', async () => {
    const customer = newCustomer()
    const id = await deliver(one, database, customer)
    const stream = await (await InboxClient.of(one, customer, 5)).stream('0')
    await stream.ended
    expect(stream.events.map(({ event, id: of }) => [event, of])).toEqual([['message', id], ['expired', undefined]])
  })

  it('is followed by the client of docs/notifier.md over tokens that end and instances that differ', async () => {
    const page = readFileSync(new URL('../../../docs/notifier.md', import.meta.url), 'utf8')
    const [, code = ''] = /```js\n([^]*?)```/.exec(page) ?? []
    const customer = newCustomer()
    const ids = [await deliver(one, database, customer)]
    const seen: string[] = []
    let connections = 0
    const fetchFromEither = (path: string, init: RequestInit) => fetch(`${[one, other][++connections % 2]!.url}${path}`, init)
    type Follow = (options: { newToken: () => Promise<string>; lastId: string; onMessage: (message: { id: string }) => void }) => Promise<never>
    const follow = runInNewContext(`${code}; follow`, { fetch: fetchFromEither, AbortSignal, TextDecoderStream, setTimeout, console }) as Follow
    // It goes on for ever: without a token it waits.
    let goesOn = true
    const newToken = () => (goesOn ? one.app.get(CustomerTokens).issue(customer, Date.now() - 897_000) : new Promise<never>(() => undefined))
    void follow({ newToken, lastId: '0', onMessage: ({ id }) => seen.push(id) })
    for (const connection of [1, 2, 3]) {
      await eventually(() => connections >= connection)
      ids.push(await deliver(other, database, customer))
      await eventually(() => seen.length === ids.length)
    }
    goesOn = false
    expect(seen).toEqual(ids)
  })

  it('refuses who has no token of a customer', async () => {
    const forged = new InboxClient(one, 'c1', 'a.b.c')
    expect(await forged.send('GET', '/v1/inbox')).toMatchObject({ status: 401, body: { code: 'TOKEN_INVALID' } })
    expect((await forged.stream()).status).toBe(401)
    const ended = await InboxClient.of(one, 'c1', -60)
    expect(await ended.send('GET', '/v1/inbox')).toMatchObject({ status: 401, body: { code: 'TOKEN_EXPIRED' } })
  })

  it('takes so many streams of a customer, and another one when one is closed', async () => {
    const client = await InboxClient.of(one, newCustomer())
    const streams = await Promise.all(Array.from({ length: mostStreams.ofCustomer }, () => client.stream()))
    expect(streams.map(({ status }) => status)).toEqual(Array.from(streams, () => 200))
    expect((await client.stream()).status).toBe(429)
    streams.pop()?.close()
    streams.push(await eventually(async () => {
      const stream = await client.stream()
      return stream.status === 200 && stream
    }))
    for (const stream of streams) stream.close()
  })

  it('ends its streams in order when an instance stops, and they go on at another', async () => {
    const customer = newCustomer()
    const third = await notifier.start()
    const stream = await (await InboxClient.of(third, customer)).stream()
    const ids = [await deliver(one, database, customer)]
    await came(stream, ids)
    await third.stop()
    await stream.ended
    ids.push(await deliver(one, database, customer))
    const again = await (await InboxClient.of(other, customer)).stream(ids[0])
    await came(again, ids.slice(1))
    again.close()
  })
})
