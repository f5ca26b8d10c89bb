import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { Controller } from '@nestjs/common'
import { cardProfiles, type FraudFeedback, fraudFeedback } from '@swipestream/contracts'
import { Consume, type KafkaClient, type KafkaRecord, type Outgoing, type Received, type RecordToSend } from '@swipestream/messaging'
import { eventually, testBackbone } from '@swipestream/messaging/testing'
import { type Stack, startStack } from '@swipestream/stack'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { notReady, testService } from '../test-service.js'
import { testTopics } from '../test-topics.js'
import { input, output } from '../traffic.js'
import { clientOfEnvironment } from './client-of-environment.js'
import { clientNames, patience } from './clients.js'

const sessionTimeoutMs = 6_000

let stack: Stack

beforeAll(async () => {
  stack = await startStack({ servers: ['kafka-secured'] })
})
afterAll(() => stack.stop())

type Environment = Record<string, string>

/** By user name and password. */
function sasl(mechanism = 'SCRAM-SHA-512', password = given('KAFKA_SASL_PASSWORD')): Environment {
  return { ...tls(), KAFKA_BROKERS: given('KAFKA_BROKERS'), KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: given('KAFKA_SASL_USERNAME'), KAFKA_SASL_PASSWORD: password }
}

function tls(): Environment {
  return { KAFKA_BROKERS: given('KAFKA_SECURED_TLS_BROKERS'), KAFKA_TLS: 'true', KAFKA_TLS_CA_FILE: given('KAFKA_TLS_CA_FILE') }
}

/** By a certificate of the client's own. */
function mutualTls(): Environment {
  const own = { KAFKA_TLS_CERT_FILE: given('KAFKA_SECURED_CERT_FILE'), KAFKA_TLS_KEY_FILE: given('KAFKA_SECURED_KEY_FILE') }
  return { ...tls(), KAFKA_BROKERS: given('KAFKA_SECURED_MUTUAL_TLS_BROKERS'), ...own }
}

function given(name: string): string {
  return stack.env[name] ?? ''
}

async function newTopic(client: KafkaClient): Promise<string> {
  const name = `secured-${randomBytes(5).toString('hex')}`
  const admin = client.admin()
  await admin.createTopics([{ name, partitions: 1, config: {} }], 1)
  await admin.close()
  return name
}

function record(topic: string, value: string): RecordToSend {
  return { topic, partition: 0, key: null, value: Buffer.from(value), headers: {} }
}

/** A member of a group, with what it read and what it was told last. */
function memberOf(client: KafkaClient, topic: string) {
  const consumer = client.consumer({ groupId: randomUUID(), topics: [topic], sessionTimeoutMs })
  onTestFinished(() => consumer.close())
  const seen: KafkaRecord[] = []
  const told: (Error | null)[] = []
  consumer.start({
    assigned: (partitions) => partitions.forEach((partition) => consumer.seek(partition, null)),
    revoked: () => undefined,
    records: (_, records) => void seen.push(...records),
    health: (error) => void told.push(error),
  })
  return { consumer, told, values: () => seen.map(({ value }) => String(value)) }
}

/** A way to a broker that counts who comes by it. */
async function countingDoor(broker: string) {
  const sockets: Socket[] = []
  const server = createServer((client) => {
    const [host = '', port] = broker.split(':')
    const onwards = connect(Number(port), host)
    sockets.push(client)
    client.pipe(onwards).pipe(client)
    for (const [socket, other] of [[client, onwards], [onwards, client]] as const) socket.on('error', () => other.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, opened: () => sockets.length }
}

/** What is asked of a broker once, for whoever waits for the answer. */
const asks: Record<string, (client: KafkaClient) => Promise<unknown>> = {
  'admin that asks': (client) => closing(client.admin(), (admin) => admin.partitionsOf(['any'])),
  'admin that makes a topic': (client) => closing(client.admin(), (admin) => admin.createTopics([{ name: 'refused', partitions: 1, config: {} }], 1)),
  'admin that deletes a topic': (client) => closing(client.admin(), (admin) => admin.deleteTopics(['any'])),
  'reader': (client) => closing(client.reader(), (reader) => reader.bounds('any')),
  'producer': (client) => closing(client.producer(), (producer) => producer.send([record('any', 'value')])),
  'transactional producer': (client) => closing(client.transactionalProducer(randomUUID()), (producer) => producer.open()),
}

async function closing<T extends { close(): Promise<void> }>(resource: T, use: (resource: T) => Promise<unknown>): Promise<unknown> {
  try {
    return await use(resource)
  } finally {
    await resource.close()
  }
}

describe.each(clientNames)('%s', (name) => {
  describe.each<[string, () => Environment]>([
    ['TLS', tls],
    ['TLS and a certificate of its own', mutualTls],
    ['SCRAM-SHA-512', () => sasl('SCRAM-SHA-512')],
    ['SCRAM-SHA-256', () => sasl('SCRAM-SHA-256')],
    ['PLAIN', () => sasl('PLAIN')],
  ])('let in by %s', (_, env) => {
    it('makes a topic, writes, writes in transactions, reads and commits', async () => {
      const client = clientOfEnvironment(env(), name)
      const topic = await newTopic(client)
      const producer = client.producer()
      onTestFinished(() => producer.close())
      await producer.send([record(topic, 'plainly')])
      const transactional = client.transactionalProducer(`${topic}-writer`)
      onTestFinished(() => transactional.close())
      await transactional.open()
      await transactional.write([record(topic, 'in a transaction')], { groupId: `${topic}-group`, topic, partition: 0, offset: 1n })
      const member = memberOf(client, topic)
      await eventually(() => member.values().length === 2)
      expect(member.values()).toEqual(['plainly', 'in a transaction'])
      await member.consumer.commit([{ topic, partition: 0, offset: 2n }])
    })
  })

  describe('with a wrong password', () => {
    const client = (mechanism: string) => clientOfEnvironment(sasl(mechanism, 'not-the-password'), name)
    const refusal = { code: 'KAFKA_REFUSED', kind: 'fatal', message: expect.stringContaining('Check the credentials') as string }

    it.each(['SCRAM-SHA-512', 'SCRAM-SHA-256', 'PLAIN'])('for %s is refused as a producer, and says so without the password', async (mechanism) => {
      const producer = client(mechanism).producer()
      onTestFinished(() => producer.close())
      const error: unknown = await producer.send([record('any', 'value')]).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject(refusal)
      expect(String(error)).not.toContain('not-the-password')
    })

    it.each(Object.entries(asks))('is refused as %s, and does not try again', async (_, ask) => {
      const door = await countingDoor(given('KAFKA_BROKERS'))
      await expect(ask(clientOfEnvironment({ ...sasl('PLAIN', 'not-the-password'), KAFKA_BROKERS: door.address }, name))).rejects.toMatchObject(refusal)
      // kafkajs looks who leads what twice.
      expect(door.opened()).toBeLessThanOrEqual(2)
    })

    it('is refused as member of a group', async () => {
      const member = memberOf(client('SCRAM-SHA-512'), 'any')
      await eventually(() => member.told.length > 0)
      expect(member.told[0]).toMatchObject(refusal)
    })
  })

  describe.each<[string, () => Environment]>([
    ['', () => ({ KAFKA_BROKERS: given('KAFKA_SECURED_TLS_BROKERS') })],
    [' but with a password', () => ({ KAFKA_BROKERS: given('KAFKA_BROKERS'), KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512', KAFKA_SASL_USERNAME: 'ann', KAFKA_SASL_PASSWORD: 'any' })],
  ])('without TLS%s', (__, env) => {
    const refusal = { code: 'KAFKA_REFUSED', kind: 'fatal', message: expect.stringContaining('KAFKA_TLS=true') as string }

    it.each(Object.entries(asks))('is told so as %s, and does not try again', async (_, ask) => {
      const door = await countingDoor(env()['KAFKA_BROKERS'] ?? '')
      await expect(ask(clientOfEnvironment({ ...env(), KAFKA_BROKERS: door.address }, name))).rejects.toMatchObject(refusal)
      // kafkajs looks who leads what twice.
      expect(door.opened()).toBeLessThanOrEqual(2)
    })

    it('is told so as member of a group', async () => {
      const member = memberOf(clientOfEnvironment(env(), name), 'any')
      await eventually(() => member.told.length > 0)
      expect(member.told[0]).toMatchObject(refusal)
    })
  })

  describe('that cannot trust the broker, or is not trusted', () => {
    it('says which variable names whom it trusts', async () => {
      const client = clientOfEnvironment({ KAFKA_BROKERS: given('KAFKA_SECURED_TLS_BROKERS'), KAFKA_TLS: 'true' }, name)
      const refusal = { code: 'KAFKA_REFUSED', kind: 'fatal', message: expect.stringContaining('KAFKA_TLS_CA_FILE') as string }
      const [admin, producer, member] = [client.admin(), client.producer(), memberOf(client, 'any')]
      await expect(producer.send([record('any', 'value')])).rejects.toMatchObject(refusal)
      await expect(admin.partitionsOf(['any'])).rejects.toMatchObject(refusal)
      await eventually(() => member.told.length > 0)
      expect(member.told[0]).toMatchObject(refusal)
      await Promise.all([admin.close(), producer.close()])
    })

    it.each<[string, () => Environment]>([
      // By TLS 1.3 the broker says so when the client already takes itself for connected: it may see a closed connection.
      ['without the certificate that the broker asks for', () => ({ ...tls(), KAFKA_BROKERS: given('KAFKA_SECURED_MUTUAL_TLS_BROKERS') })],
      ['without a password', () => ({ ...tls(), KAFKA_BROKERS: given('KAFKA_BROKERS') })],
      ['by TLS where the broker has none', () => ({ ...tls(), KAFKA_BROKERS: process.env['KAFKA_BROKERS'] ?? '' })],
    ])('does not come in %s, and says which variables to look at', async (_, env) => {
      const member = memberOf(clientOfEnvironment(env(), name), 'any')
      await eventually(() => member.told.length > 0, patience)
      expect(member.told[0]).toMatchObject({ code: expect.stringMatching(/^KAFKA_(UNAVAILABLE|REFUSED)$/) as string, message: expect.stringMatching(/check .*KAFKA_TLS_CERT_FILE/) as string })
    })

    it('says before it connects when a key is another certificate’s', () => {
      const env = { ...mutualTls(), KAFKA_TLS_CERT_FILE: given('KAFKA_TLS_CA_FILE') }
      expect(() => clientOfEnvironment(env, name)).toThrow(/KAFKA_TLS_KEY_FILE cannot be used for TLS/)
    })
  })

  it('serves in a service whose environment says how the broker is reached', async () => {
    const backbone = await testBackbone(testTopics, { ...sasl(), KAFKA_CLIENT: name, SCHEMA_REGISTRY_URL: process.env['SCHEMA_REGISTRY_URL'] })
    onTestFinished(() => backbone.close())
    const handled: string[] = []
    @Controller()
    class Listen {
      @Consume(fraudFeedback)
      handle({ value }: Received<FraudFeedback>): Outgoing[] {
        handled.push(value.card_id)
        return [output(value)]
      }
    }
    const service = await testService({ env: backbone.env, controllers: [Listen], produces: [cardProfiles] })
    onTestFinished(() => service.stop())
    await backbone.publish([fraudFeedback.event(input('card-1', 0))])
    await eventually(async () => (await backbone.received(cardProfiles)).length === 1)
    expect(handled).toEqual(['card-1'])
    expect(await notReady(service)).toBe('')
  })
})
