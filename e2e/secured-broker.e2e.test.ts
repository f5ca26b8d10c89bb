import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { services } from '@swipestream/contracts'
import { Play, startSystem, type System, tellStory } from '@swipestream/demo'
import { connectionConfig, kafkaClient } from '@swipestream/messaging'
import { startServiceProcess } from '@swipestream/messaging/testing'
import { type Stack, startStack } from '@swipestream/stack'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

let stack: Stack
let folder: string

beforeAll(async () => {
  stack = await startStack({ servers: ['kafka-secured'] })
  folder = await mkdtemp(join(tmpdir(), 'secured-'))
})
afterAll(async () => {
  await stack?.stop()
  await rm(folder, { recursive: true, force: true })
})

/** A command, as a person gives it. */
async function command(file: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, file), ...args], { env, timeout: 120_000 })
  return stdout
}

/** One client for each change; both with EVERY_VARIANT. */
const clients = process.env['EVERY_VARIANT'] === 'true' ? ['platformatic', 'kafkajs'] : ['platformatic']

describe.each(clients)('on a broker that asks for TLS and a password and allows what ACLs say, by %s', (client) => {
  const namespace = `secured${randomBytes(4).toString('hex')}.`
  const passwords = Object.fromEntries([...services.map(({ name }) => name), 'tools'].map((user) => [user, randomBytes(18).toString('base64url')]))
  /** Of the administrator; the services' users are added to it. Registry, databases, mailbox and SMS simulator are the shared ones. */
  const environment = () => ({ ...process.env, ...stack.env, KAFKA_CLIENT: client })
  const as = (user: string) => ({ KAFKA_SASL_USERNAME: namespace + user, KAFKA_SASL_PASSWORD: passwords[user] ?? '' })
  let system: System

  beforeAll(async () => {
    const file = join(folder, `${client}.json`)
    await writeFile(file, JSON.stringify(passwords), { mode: 0o600 })
    const source = `bank.bank${namespace.replaceAll('.', '_')}`
    // kafkajs sets no passwords: an administrator takes the other client.
    await command('libs/messaging/dist/cli/topics.js', ['acls', '--apply', '--passwords', file, '--source', source], { ...stack.env, KAFKA_NAMESPACE: namespace })
    system = await startSystem({ environment: environment(), namespace, as, etl: true, logs: true, onProgress: () => undefined })
  })
  afterAll(() => system?.stop())

  test('all services do their work, each as a user of its own that may do nothing else', async () => {
    const play = new Play(system)
    const { customers, cards, steps } = tellStory(Date.now(), system.secrets.tokenOf)
    await play.seed(customers, cards)
    for (const step of steps) await play.swipe(step)
    await play.settle(() => undefined)
    expect(play.outcome.decisions.size).toBe(steps.length)
    expect(play.outcome.alerts.size).toBeGreaterThan(0)
    // Through the tables' topics and the system's own, to the warehouse.
    expect(await system.etl?.ask()).toMatchObject({ decisions: steps.length })
    for (const one of Object.values(system.logs?.services ?? {})) await one.ready()
  })

  test('commands do theirs as the user of the tools', async () => {
    const env = { ...environment(), SCHEMA_REGISTRY_URL: process.env['SCHEMA_REGISTRY_URL'], KAFKA_NAMESPACE: namespace, ...as('tools') }
    expect(await command('libs/messaging/dist/cli/topics.js', ['create', '--replicas', '1'], env)).toContain('was there')
    expect(await command('libs/messaging/dist/cli/dlq.js', ['list'], env)).toBeDefined()
    expect(await command('apps/fraud-service/dist/cli/rules.js', ['list'], env)).toContain('large_amount')
  })

  describe('a service that lacks a right ends, and says which', () => {
    const start = (user: string) => startServiceProcess(join(root, 'apps/fraud-service/dist/main.js'), {
      ...environment(), SCHEMA_REGISTRY_URL: process.env['SCHEMA_REGISTRY_URL'], KAFKA_NAMESPACE: namespace, ...as(user),
    }, { timeoutMs: 90_000 })

    test('to read a topic that it follows', async () => {
      const access = kafkaClient(connectionConfig({ ...stack.env, SCHEMA_REGISTRY_URL: 'http://none' }), 'test').access()
      await access.deleteAcls([{ user: `${namespace}fraud-service`, resource: 'TOPIC', name: `${namespace}fraud_rules`, pattern: 'LITERAL', operation: 'READ' }])
      await access.close()
      await expect(start('fraud-service')).rejects.toThrow(new RegExp(`ended with exit code 1[^]*${namespace}fraud_rules/0\\): TOPIC_AUTHORIZATION_FAILED`))
    })

    test('to be in its consumer group', async () => {
      await expect(start('etl-load')).rejects.toThrow(/ended with exit code 1[^]*KAFKA_REFUSED[^]*AUTHORIZATION_FAILED/)
    })
  })
})
