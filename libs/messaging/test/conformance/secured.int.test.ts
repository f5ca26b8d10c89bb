import { randomBytes, randomUUID } from 'node:crypto'
import { Controller } from '@nestjs/common'
import { cardProfiles, type FraudFeedback, fraudFeedback } from '@swipestream/contracts'
import { Consume, type KafkaClient, type KafkaRecord, type Outgoing, type Received, type RecordToSend } from '@swipestream/messaging'
import { eventually, testBackbone } from '@swipestream/messaging/testing'
import { type Stack, startStack } from '@swipestream/stack'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { notReady, testService } from '../test-service.js'
import { input, output } from '../traffic.js'
import { clientOfEnvironment } from './client-of-environment.js'
import { clientNames } from './clients.js'

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

    it.each(['SCRAM-SHA-512', 'SCRAM-SHA-256', 'PLAIN'])('for %s is refused at once as a producer, and says so without the password', async (mechanism) => {
      const producer = client(mechanism).producer()
      onTestFinished(() => producer.close())
      const began = performance.now()
      const error: unknown = await producer.send([record('any', 'value')]).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject(refusal)
      expect(String(error)).not.toContain('not-the-password')
      // A producer whose cluster is away tries for half a minute.
      expect(performance.now() - began).toBeLessThan(10_000)
    })

    it('is refused as admin, as transactional producer and as member of a group', async () => {
      const admin = client('SCRAM-SHA-512').admin()
      const transactional = client('SCRAM-SHA-512').transactionalProducer(randomUUID())
      const member = memberOf(client('SCRAM-SHA-512'), 'any')
      await Promise.all([
        expect(admin.partitionsOf(['any'])).rejects.toMatchObject(refusal),
        expect(transactional.open()).rejects.toMatchObject(refusal),
        eventually(() => member.told.length > 0),
      ])
      expect(member.told[0]).toMatchObject(refusal)
      await Promise.all([admin.close(), transactional.close()])
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

    it('does not come in without the certificate that the broker asks for', async () => {
      // By TLS 1.3 the broker says so when the client already takes itself for connected: it sees a closed connection.
      const member = memberOf(clientOfEnvironment({ ...tls(), KAFKA_BROKERS: given('KAFKA_SECURED_MUTUAL_TLS_BROKERS') }, name), 'any')
      await eventually(() => member.told.length > 0)
      expect(member.told[0]).toMatchObject({ code: expect.stringMatching(/^KAFKA_(UNAVAILABLE|REFUSED)$/) as string })
    })

    it('says before it connects when a key is another certificate’s', () => {
      const env = { ...mutualTls(), KAFKA_TLS_CERT_FILE: given('KAFKA_TLS_CA_FILE') }
      expect(() => clientOfEnvironment(env, name)).toThrow(/KAFKA_TLS_KEY_FILE cannot be used for TLS/)
    })
  })

  it('serves in a service whose environment says how the broker is reached', async () => {
    const backbone = await testBackbone(undefined, { ...sasl(), KAFKA_CLIENT: name, SCHEMA_REGISTRY_URL: process.env['SCHEMA_REGISTRY_URL'] })
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
