import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deadLetterTopic, type Service, services, topicDefinitions } from '@swipestream/contracts'
import { connectionConfig, type KafkaClient, kafkaClient, MessagingError } from '@swipestream/messaging'
import { eventually } from '@swipestream/messaging/testing'
import { type Stack, startStack } from '@swipestream/stack'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { users } from '../src/cli/acls/grants.js'
import { ran } from '../src/cli/ran.js'
import { run } from '../src/cli/run.js'

const namespace = `acls${randomBytes(3).toString('hex')}.`
const passwords = Object.fromEntries(users.map((user) => [user, randomBytes(18).toString('base64url')]))
const source = 'bank.core'
/** Of tables that a group reads, and of one that is only loaded. */
const tableTopics = ['cards', 'customers', 'merchants', 'accounts'].flatMap((table) => [`${source}.${table}`, deadLetterTopic(`${source}.${table}`)])
const allTopics = [...topicDefinitions.map(({ name }) => name), ...tableTopics]

/** Of the stack that tests share, which lets everyone in. */
const openBrokers = process.env['KAFKA_BROKERS'] ?? ''

let stack: Stack
let folder: string
let administrator: Record<string, string>

interface Last {
  readonly acls: readonly { readonly state: string; readonly user: string }[]
  readonly broken: readonly { readonly rule: string; readonly message: string }[]
}

const topicsCommand = (...args: string[]) => ran<Last>((output) => run([...args, '--json'], output))
const acls = (...args: string[]) => topicsCommand('acls', '--source', source, ...args)

function clientOf(env: Record<string, string>): KafkaClient {
  return kafkaClient(connectionConfig({ ...env, SCHEMA_REGISTRY_URL: 'http://none' }), 'test')
}

/** As a service of this user is connected. */
function clientAs(user: string): KafkaClient {
  return clientOf({ ...administrator, KAFKA_SASL_USERNAME: namespace + user, KAFKA_SASL_PASSWORD: passwords[user] ?? '' })
}

const record = (topic: string) => ({ topic: namespace + topic, partition: 0, key: Buffer.from('key'), value: Buffer.from('value'), headers: {} })

beforeAll(async () => {
  stack = await startStack({ servers: ['kafka-secured'] })
  folder = await mkdtemp(join(tmpdir(), 'acls-'))
  await writeFile(join(folder, 'passwords.json'), JSON.stringify(passwords))
  const { KAFKA_BROKERS = '', KAFKA_TLS = '', KAFKA_TLS_CA_FILE = '', KAFKA_SASL_MECHANISM = '', KAFKA_SASL_USERNAME = '', KAFKA_SASL_PASSWORD = '' } = stack.env
  administrator = { KAFKA_BROKERS, KAFKA_TLS, KAFKA_TLS_CA_FILE, KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD }
})
afterAll(async () => {
  await stack?.stop()
  await rm(folder, { recursive: true, force: true })
})
beforeEach(() => {
  for (const [name, value] of Object.entries({ ...administrator, KAFKA_NAMESPACE: namespace })) vi.stubEnv(name, value)
})
afterEach(() => void vi.unstubAllEnvs())

describe('npm run topics -- acls', () => {
  test('without anything more prints what services need, and asks no cluster', async () => {
    vi.stubEnv('KAFKA_BROKERS', undefined)
    const { code, out } = await ran((output) => run(['acls'], output))
    expect(code).toBe(0)
    expect(out).toContain(`User:${namespace}log-shipper may WRITE TOPIC ${namespace}server_logs`)
  })

  describe.each(['platformatic', 'kafkajs'])('by %s', (client) => {
    // Each of the two has users of its own.
    const own = `${client}-${namespace}`
    beforeEach(() => {
      vi.stubEnv('KAFKA_CLIENT', client)
      vi.stubEnv('KAFKA_NAMESPACE', own)
    })

    test('grants what is missing, once', async () => {
      const before = await acls('--check')
      expect(before.code).toBe(1)
      expect(new Set(before.last?.broken.map(({ rule }) => rule))).toEqual(new Set(['ACL_MISSING']))
      expect((await acls('--apply')).last?.acls.every(({ state }) => state === 'created')).toBe(true)
      expect((await acls('--apply')).last?.acls.every(({ state }) => state === 'there')).toBe(true)
      expect(await acls('--check')).toMatchObject({ code: 0, last: { broken: [] } })
    })

    test('takes away what no service needs, when it is told to, and nothing of others', async () => {
      const access = clientOf({ ...administrator, KAFKA_CLIENT: client }).access()
      const excess = { user: `${own}notifier`, resource: 'TOPIC', name: `${own}transactions_log`, pattern: 'LITERAL', operation: 'WRITE' } as const
      const others = { ...excess, user: `${own}another` } as const
      try {
        await access.createAcls([excess, others])
        expect(await acls('--check')).toMatchObject({ code: 1, last: { broken: [{ rule: 'ACL_NOT_NEEDED', message: expect.stringContaining(`notifier may WRITE TOPIC ${own}transactions_log`) }] } })
        expect(await acls('--apply')).toMatchObject({ code: 0 })
        expect(await access.acls()).toContainEqual(excess)
        expect((await acls('--apply', '--remove')).last?.acls.filter(({ state }) => state !== 'there')).toEqual([{ ...excess, state: 'removed' }])
        expect(await access.acls()).not.toContainEqual(excess)
        expect(await access.acls()).toContainEqual(others)
      } finally {
        await access.close()
      }
    })
  })

  test('is refused to who may not alter the cluster', async () => {
    await acls('--apply', '--passwords', join(folder, 'passwords.json'))
    vi.stubEnv('KAFKA_SASL_USERNAME', `${namespace}tools`)
    vi.stubEnv('KAFKA_SASL_PASSWORD', passwords['tools'])
    expect(await acls('--apply')).toMatchObject({ code: 1, last: { broken: [{ rule: 'KAFKA_REFUSED', message: expect.stringContaining('CLUSTER_AUTHORIZATION_FAILED') }] } })
  })

  test('says that a cluster without an authorizer has none', async () => {
    for (const name of Object.keys(administrator)) vi.stubEnv(name, undefined)
    vi.stubEnv('KAFKA_BROKERS', openBrokers)
    expect(await acls('--check')).toMatchObject({ code: 1, last: { broken: [{ rule: 'KAFKA_REFUSED', message: expect.stringContaining('SECURITY_DISABLED') }] } })
  })

  test.each([
    [{ 'nobody': 'x'.repeat(20) }, /names nobody; the users are transactions-api/],
    [{ notifier: 'short' }, /the password of notifier is no text of at least 16 characters/],
  ])('refuses passwords %j', async (given, message) => {
    const file = join(folder, 'wrong.json')
    await writeFile(file, JSON.stringify(given))
    const { code, err } = await acls('--apply', '--passwords', file)
    expect({ code, err: err.join('\n') }).toEqual({ code: 2, err: expect.stringMatching(message) })
    expect(err.join('\n')).not.toContain(Object.values(given)[0])
  })
})

describe('with these ACLs', () => {
  beforeAll(async () => {
    for (const [name, value] of Object.entries({ ...administrator, KAFKA_NAMESPACE: namespace })) vi.stubEnv(name, value)
    for (const { code, err } of [await topicsCommand('create', '--replicas', '1'), await acls('--apply', '--passwords', join(folder, 'passwords.json'))]) {
      if (code !== 0) throw new Error(err.join('\n'))
    }
    const client = clientOf(administrator)
    const admin = client.admin()
    await admin.createTopics(tableTopics.map((name) => ({ name: namespace + name, partitions: 1, config: {} })), 1)
    await admin.close()
    const producer = client.producer()
    await producer.send(allTopics.map(record))
    await producer.close()
  })

  const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name)
  const tables = (service: Service, what: 'read' | 'written'): readonly string[] => {
    const { sourceTables: role, group } = service
    if (role === undefined) return []
    if (role === 'writes' || (group === undefined && what === 'read')) return tableTopics
    if (group === undefined) return []
    return tableTopics.filter((name) => !name.includes('accounts') && name.endsWith('.dlq') === (what === 'written'))
  }

  /** By name, what was refused and what was not. A refusal must say that it is one, and what of. */
  async function allowed(topics: readonly string[], attempt: (topic: string) => Promise<unknown>): Promise<string[]> {
    const done: string[] = []
    for (const topic of topics) {
      try {
        await attempt(topic)
        done.push(topic)
      } catch (error) {
        expect(error, topic).toMatchObject({ code: 'KAFKA_REFUSED', kind: 'fatal', message: expect.stringMatching(new RegExp(`${namespace}${topic}.*TOPIC_AUTHORIZATION_FAILED.*npm run topics -- acls`)) })
      }
    }
    return done
  }

  describe.each(services)('the user $name', (service) => {
    const { name, consumes, follows, writes, outbox, group, transactions } = service

    test('reads the topics that the service reads, of all there are', async () => {
      const reader = clientAs(name).reader()
      const read = await allowed(allTopics, async (topic) => {
        for await (const records of reader.read({ topic: namespace + topic, partition: 0 }, 0n, 1n)) expect(records).toHaveLength(1)
      })
      await reader.close()
      const expected = [...names(consumes), ...names(follows), ...(outbox ? names(writes) : []), ...tables(service, 'read')]
      expect(read.sort()).toEqual([...new Set(expected)].sort())
    })

    test('writes the topics that the service writes, of all there are', async () => {
      const producer = clientAs(name).producer()
      const written = await allowed(allTopics, (topic) => producer.send([record(topic)]))
      await producer.close()
      const expected = [...names(writes), ...consumes.map((topic) => deadLetterTopic(topic.name)), ...tables(service, 'written')]
      expect(written.sort()).toEqual([...new Set(expected)].sort())
    })

    test('opens the transactional ids of the service only', async () => {
      const ids = ['fraud-service-transactions_log-0', 'fraud-service-rules', 'etl-extract-bank', 'etl-loader-etl_bank_rows-0', 'dlq-transactions_log', 'etl-forget', 'another']
      const opened: string[] = []
      for (const id of ids) {
        const producer = clientAs(name).transactionalProducer(namespace + id)
        try {
          await producer.open()
          opened.push(id)
        } catch (error) {
          expect(error).toMatchObject({ code: 'KAFKA_REFUSED', message: expect.stringContaining('TRANSACTIONAL_ID_AUTHORIZATION_FAILED') })
        }
        await producer.close()
      }
      expect(opened).toEqual(transactions === undefined ? [] : ids.filter((id) => id.startsWith(transactions)))
    })

    test('joins the group of the service only', async () => {
      const groups = [...new Set(services.flatMap((each) => each.group ?? []))]
      const topic = namespace + (consumes[0] ?? writes[0])?.name
      const joined: string[] = []
      for (const groupId of groups) {
        const told: (Error | null)[] = []
        const consumer = clientAs(name).consumer({ groupId: namespace + groupId, topics: [topic], sessionTimeoutMs: 6_000 })
        consumer.start({ assigned: () => undefined, revoked: () => undefined, records: () => undefined, health: (error) => void told.push(error) })
        // The coordinator may be on its way still: that passes.
        const settled = () => told.find((error) => error === null || (error instanceof MessagingError && error.kind !== 'transient'))
        await eventually(() => settled() !== undefined)
        await consumer.close()
        if (settled() === null) joined.push(groupId)
        else expect(settled()).toMatchObject({ code: 'KAFKA_REFUSED', kind: 'fatal', message: expect.stringMatching(/GROUP_AUTHORIZATION_FAILED|TOPIC_AUTHORIZATION_FAILED/) })
      }
      expect(joined).toEqual(group === undefined ? [] : [group])
    })
  })

  test.each([
    ['fraud-service', 'reads', 'customers'],
    ['notifier', 'writes', 'transactions_log'],
  ])('%s never %s %s', async (user, does, topic) => {
    const attempt = async (client: KafkaClient) => {
      if (does === 'writes') await client.producer().send([record(topic)])
      else for await (const _ of client.reader().read({ topic: namespace + topic, partition: 0 }, 0n, 1n)) expect.unreachable()
    }
    for (const KAFKA_CLIENT of ['platformatic', 'kafkajs']) {
      const client = clientOf({ ...administrator, KAFKA_CLIENT, KAFKA_SASL_USERNAME: namespace + user, KAFKA_SASL_PASSWORD: passwords[user] ?? '' })
      await expect(attempt(client)).rejects.toMatchObject({ code: 'KAFKA_REFUSED', message: expect.stringMatching(new RegExp(`${topic}.*TOPIC_AUTHORIZATION_FAILED`)) })
    }
  })

  test('nobody but the tools makes a topic of the system', async () => {
    for (const user of users.filter((each) => each !== 'tools')) {
      const admin = clientAs(user).admin()
      await expect(admin.createTopics([{ name: `${namespace}typo`, partitions: 1, config: {} }], 1), user).rejects.toMatchObject({ code: 'KAFKA_REFUSED', message: expect.stringContaining('typo') })
      await admin.close()
    }
  })
})
