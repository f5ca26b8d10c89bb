import { randomBytes } from 'node:crypto'
import { createServer } from 'node:net'
import { topicDefinitions } from '@swipestream/contracts'
import { kafkaClient } from '@swipestream/messaging'
import { eventually } from '@swipestream/messaging/testing'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { run } from '../src/cli/run.js'

const client = kafkaClient({ KAFKA_BROKERS: (process.env['KAFKA_BROKERS'] ?? '').split(','), KAFKA_CLIENT: 'platformatic' }, 'test')
const admin = client.admin()
afterAll(() => admin.close())

async function create(): Promise<{ code: number; last: { topics?: { name: string; partitions: number; added: boolean }[]; broken: { rule: string }[] } }> {
  const out: string[] = []
  const code = await run(['create', '--replicas', '1', '--json'], { out: (line) => out.push(line), err: () => undefined })
  return { code, last: JSON.parse(out.at(-1) ?? 'null') }
}

function newNamespace(): string {
  const namespace = `topics-${randomBytes(4).toString('hex')}.`
  vi.stubEnv('KAFKA_NAMESPACE', namespace)
  return namespace
}

afterEach(() => void vi.unstubAllEnvs())

describe('npm run topics -- create', () => {
  it('creates every topic of the system once, with its partitions', async () => {
    const namespace = newNamespace()
    const wanted = topicDefinitions.map(({ name, partitions }) => ({ name: namespace + name, partitions }))

    expect(await create()).toMatchObject({ code: 0, last: { broken: [], topics: wanted.map((topic) => ({ ...topic, added: true })) } })
    // A broker learns of a new topic a moment after the controller has made it.
    await eventually(async () => (await admin.partitionsOf(wanted.map(({ name }) => name))).size === wanted.length)
    expect(await create()).toMatchObject({ code: 0, last: { broken: [], topics: wanted.map((topic) => ({ ...topic, added: false })) } })
  })

  it('says which topic was made with another number of partitions, and leaves it', async () => {
    const namespace = newNamespace()
    await admin.createTopics([{ name: `${namespace}cards`, partitions: 2, config: {} }], 1)
    await eventually(async () => (await admin.partitionsOf([`${namespace}cards`])).size === 1)

    const { code, last } = await create()
    expect(code).toBe(1)
    expect(last.broken).toEqual([{ topic: `${namespace}cards`, rule: 'PARTITIONS_DIFFER', message: expect.stringContaining('has 2 partitions and needs 6') }])
    expect(await admin.partitionsOf([`${namespace}cards`])).toEqual(new Map([[`${namespace}cards`, 2]]))
  })

  it('breaks its promise when no broker answers: 1, with the reason in the object', async () => {
    // A port that was free a moment ago.
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const address = server.address()
    await new Promise((resolve) => server.close(resolve))
    vi.stubEnv('KAFKA_BROKERS', `127.0.0.1:${typeof address === 'object' && address ? address.port : 1}`)

    expect(await create()).toMatchObject({ code: 1, last: { broken: [{ rule: 'KAFKA_UNAVAILABLE' }] } })
  })
})
