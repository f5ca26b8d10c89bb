import { Admin, Consumer, MessagesStreamModes, Producer, stringDeserializers, stringSerializers } from '@platformatic/kafka'
import { createTransport } from 'nodemailer'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startStack } from '../src/index.js'
import type { Stack } from '../src/index.js'

/** A stack of its own: other tests do not like their servers killed. */
let stack: Stack
const lines: string[] = []

beforeAll(async () => {
  stack = await startStack({ onProgress: (line) => lines.push(line) })
})
afterAll(() => stack.stop())

describe('Kafka', () => {
  const topic = 'kept'
  const bootstrapBrokers = (): string[] => [stack.env.KAFKA_BROKERS!]

  async function produce(values: string[]): Promise<void> {
    const producer = new Producer({ clientId: 'test', bootstrapBrokers: bootstrapBrokers(), serializers: stringSerializers })
    await producer.send({ messages: values.map((value) => ({ topic, value })), acks: -1 })
    await producer.close()
  }

  /** Reads the topic from its start, until it has this many records. */
  async function read(count: number): Promise<string[]> {
    const consumer = new Consumer({ clientId: 'test', groupId: `read-${count}`, bootstrapBrokers: bootstrapBrokers(), deserializers: stringDeserializers })
    const stream = await consumer.consume({ topics: [topic], mode: MessagesStreamModes.EARLIEST, autocommit: false })
    const values: string[] = []
    for await (const { value } of stream) {
      values.push(value)
      if (values.length === count) break
    }
    await consumer.close(true)
    return values
  }

  it('has its records, topics and port after kill -9 and a start', async () => {
    const admin = new Admin({ clientId: 'test', bootstrapBrokers: bootstrapBrokers() })
    await admin.createTopics({ topics: [topic], partitions: 1, replicas: 1 })
    await admin.close()
    await produce(['1', '2', '3'])

    await stack.kill('kafka')
    await expect(produce(['lost'])).rejects.toThrow()
    await stack.start('kafka')

    await produce(['4'])
    expect(await read(4)).toEqual(['1', '2', '3', '4'])
  })

  it('makes no topic for a typing error', async () => {
    const producer = new Producer({ clientId: 'test', bootstrapBrokers: bootstrapBrokers(), serializers: stringSerializers, retries: 0 })
    await expect(producer.send({ messages: [{ topic: 'tpoic', value: '1' }], acks: -1, autocreateTopics: true })).rejects.toThrow()
    await producer.close()
  })
})

describe('the registry', () => {
  const register = async (subject: string, field: string): Promise<number> => {
    const schema = JSON.stringify({ type: 'record', name: 'Record', fields: [{ name: field, type: 'string' }] })
    const response = await fetch(`${stack.env.SCHEMA_REGISTRY_URL}/subjects/${subject}/versions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/vnd.schemaregistry.v1+json' },
      body: JSON.stringify({ schema }),
    })
    expect(response.status).toBe(200)
    return ((await response.json()) as { id: number }).id
  }
  const fieldOf = async (id: number): Promise<string> => {
    const response = await fetch(`${stack.env.SCHEMA_REGISTRY_URL}/schemas/ids/${id}`)
    const { schema } = (await response.json()) as { schema: string }
    return (JSON.parse(schema) as { fields: [{ name: string }] }).fields[0].name
  }

  it('keeps its ids over kill -9 and a start', async () => {
    const [a, b] = [await register('a', 'field_a'), await register('b', 'field_b')]
    expect(a).not.toBe(b)

    await stack.kill('registry')
    await stack.start('registry')

    expect([await fieldOf(a), await fieldOf(b)]).toEqual(['field_a', 'field_b'])
    expect(await register('a', 'field_a')).toBe(a)
    expect(await register('c', 'field_c')).toBeGreaterThan(Math.max(a, b))
  })
})

describe('PostgreSQL', () => {
  async function query(url: string, sql: string): Promise<unknown[]> {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    try {
      return (await client.query(sql)).rows
    } finally {
      await client.end()
    }
  }

  it('has its rows and port after kill -9 and a start, and after a restart', async () => {
    const url = await stack.createDatabase('kept "rows"')
    await query(url, 'CREATE TABLE kept AS SELECT 1 AS n')
    await stack.kill('postgres')
    await expect(query(url, 'SELECT 1')).rejects.toThrow()
    await stack.start('postgres')
    await query(url, 'INSERT INTO kept VALUES (2)')
    await stack.restart('postgres')
    expect(await query(url, 'SELECT n FROM kept ORDER BY n')).toEqual([{ n: 1 }, { n: 2 }])
  })

  it('makes a database once, also when two ask for it at the same time', async () => {
    const urls = await Promise.all([stack.createDatabase('once'), stack.createDatabase('once')])
    expect(urls[0]).toBe(urls[1])
    expect(await stack.createDatabase('once')).toBe(urls[0])
    expect(await query(urls[0]!, 'SELECT current_database()')).toEqual([{ current_database: 'once' }])
  })

  it('is durable (fsync), for UTF-8, in UTC, and closed to whoever does not know the password', async () => {
    const show = async (name: string): Promise<unknown> => Object.values((await query(stack.env.POSTGRES_URL!, `SHOW ${name}`))[0]!)[0]
    expect(await show('fsync')).toBe('on')
    expect(await show('synchronous_commit')).toBe('on')
    expect(await show('server_encoding')).toBe('UTF8')
    expect(await show('TimeZone')).toBe('UTC')
    const stranger = new URL(stack.env.POSTGRES_URL!)
    stranger.password = 'guess'
    await expect(query(stranger.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/)
  })
})

describe('the mailbox', () => {
  it('has its mail after kill -9 and a start', async () => {
    const transport = createTransport(stack.env.SMTP_URL)
    const send = (subject: string) => transport.sendMail({ from: 'bank@example.com', to: 'ada@example.com', subject, text: 'x' })
    await send('1')
    await send('2')
    await stack.kill('mailbox')
    await expect(send('lost')).rejects.toThrow()
    await stack.start('mailbox')
    await send('3')
    const mails = (await (await fetch(`${stack.env.MAILBOX_URL}/api/email?sort=asc`)).json()) as { subject: string }[]
    expect(mails.map(({ subject }) => subject).sort()).toEqual(['1', '2', '3'])
  })
})

describe('the Twilio simulator', () => {
  it('has its messages after kill -9 and a start, and delivers those that were on their way', async () => {
    const { TWILIO_ACCOUNT_SID: sid, TWILIO_AUTH_TOKEN: token, TWILIO_FROM: from, TWILIO_API_URL: url } = stack.env
    const messages = `${url}/2010-04-01/Accounts/${sid}/Messages.json`
    const headers = { authorization: `Basic ${Buffer.from(`${sid}:${token}`).toString('base64')}` }
    const send = async (body: string): Promise<number> =>
      (await fetch(messages, { method: 'POST', headers, body: new URLSearchParams({ To: '+436641234567', From: from!, Body: body }) })).status
    expect([await send('1'), await send('2')]).toEqual([201, 201])
    await stack.kill('twilio')
    await expect(send('lost')).rejects.toThrow()
    await stack.start('twilio')
    await expect
      .poll(async () => ((await (await fetch(messages, { headers })).json()) as { messages: { body: string; status: string }[] }).messages, { timeout: 10_000 })
      .toEqual([expect.objectContaining({ body: '2', status: 'delivered' }), expect.objectContaining({ body: '1', status: 'delivered' })])
  })
})

it('says when a server ends that was not asked to', async () => {
  const before = lines.length
  const client = new pg.Client({ connectionString: stack.env.POSTGRES_URL })
  client.on('error', () => {})
  await client.connect()
  const { rows } = await client.query<{ pid: number }>("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int AS pid")
  process.kill(rows[0]!.pid, 'SIGQUIT')
  await expect.poll(() => lines.slice(before), { timeout: 10_000 }).toContainEqual(expect.stringMatching(/^postgres: ended unexpectedly/))
  await stack.start('postgres')
})
