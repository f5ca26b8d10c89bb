import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { KafkaClient, Producer, RecordToSend } from '@swipestream/messaging'
import { eventually } from '@swipestream/messaging/testing'
import { clusterNames, type Stack, startStack } from '@swipestream/stack'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { clientOfEnvironment } from './client-of-environment.js'
import { clientsInOutages } from './clients.js'
import { Cluster } from './cluster.js'
import { CommittingMember, newAccount } from './committing-member.js'

// Three brokers on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 })
const patience = { timeoutMs: 50_000, intervalMs: 50 }
const partitions = 6

/** Servers of its own: they are killed one by one. */
let stack: Stack
let cluster: Cluster

beforeAll(async () => {
  stack = await startStack({ servers: clusterNames })
  cluster = new Cluster(stack)
})
beforeEach(() => cluster.whole())
afterAll(async () => {
  await cluster.close()
  await stack.stop()
})

describe.each(clientsInOutages)('%s', (name) => {
  let client: KafkaClient
  let producer: Producer

  beforeAll(() => {
    client = clientOfEnvironment({ KAFKA_BROKERS: stack.env['KAFKA_BROKERS'] ?? '' }, name)
    producer = client.producer()
  })
  afterAll(() => producer.close())

  async function newTopic(count = 1): Promise<string> {
    const topic = `three-${randomBytes(5).toString('hex')}`
    const admin = client.admin()
    await admin.createTopics([{ name: topic, partitions: count, config: {} }], 3)
    await admin.close()
    return topic
  }

  /** The committed records of a partition, in order. */
  async function valuesOf(topic: string, partition = 0): Promise<string[]> {
    const reader = client.reader()
    onTestFinished(() => reader.close())
    const { first, end } = (await reader.bounds(topic))[partition] ?? { first: 0n, end: 0n }
    const values: string[] = []
    for await (const records of reader.read({ topic, partition }, first, end)) values.push(...records.map(({ value }) => String(value)))
    return values
  }

  it('writes and reads partitions that three brokers lead, and keeps the order of each', async () => {
    const topic = await newTopic(partitions)
    expect(new Set(await cluster.leadersOf(topic)).size).toBe(3)
    const sent = Array.from({ length: 20 }, (_, round) => producer.send(ofEach(topic, round * 10, round * 10 + 10)))
    await Promise.all(sent)
    const account = newAccount()
    const member = new CommittingMember(client, randomUUID(), topic, account)
    await eventually(() => account.values.size === 200 * partitions, patience)
    await member.close()
    expect(account.broken).toEqual([])
    for (let partition = 0; partition < partitions; partition++) expect(await valuesOf(topic, partition)).toEqual(numbered(`p${partition}`, 200))
  })

  it('goes on at another coordinator when the one of its group is killed: nothing is lost, and what was committed stays so', async () => {
    const topic = await newTopic(partitions)
    const groupId = randomUUID()
    const account = newAccount()
    const members = [new CommittingMember(client, groupId, topic, account), new CommittingMember(client, groupId, topic, account)]
    await eventually(() => members.every(({ held }) => held.size === 3), patience)
    await producer.send(ofEach(topic, 0, 50))
    await eventually(() => account.committed.size === partitions, patience)

    await cluster.kill(await cluster.groupCoordinator(groupId))
    for (let n = 50; n < 100; n++) await producer.send(ofEach(topic, n, n + 1))
    const all = () => account.values.size === 100 * partitions && [...account.committed.values()].every((offset) => offset === 100n)
    await eventually(all, patience)
    await eventually(() => members.every(({ trouble }) => trouble === null), patience)
    expect(account.broken).toEqual([])
    await Promise.all(members.map((member) => member.close()))

    // Who comes next begins where they ended.
    await producer.send(ofEach(topic, 100, 101))
    const later = newAccount()
    const next = new CommittingMember(client, groupId, topic, later)
    await eventually(() => later.values.size >= partitions, patience)
    await next.close()
    expect([...later.values.keys()].sort()).toEqual(Array.from({ length: partitions }, (_, partition) => `p${partition}:100`))
  })

  it('knows of every transaction whether it was committed when the coordinator of the transactions is killed', async () => {
    const [topic, input] = [await newTopic(), await newTopic()]
    const [groupId, transactionalId] = [randomUUID(), randomUUID()]
    const transactional = client.transactionalProducer(transactionalId)
    onTestFinished(() => transactional.close())
    await transactional.open()
    const failures: string[] = []
    let next = 0
    const coordinator = await cluster.transactionCoordinator(transactionalId)
    let killing: Promise<void> | undefined
    let killed = false
    let after = 0
    // Until it has gone on for a while without the broker.
    for (const deadline = Date.now() + patience.timeoutMs; after < 20 && Date.now() < deadline; ) {
      if (next === 20) killing ??= cluster.kill(coordinator).then(() => void (killed = true))
      try {
        await transactional.write([record(topic, 0, `t:${next}`), record(topic, 0, `u:${next}`)], { groupId, topic: input, partition: 0, offset: BigInt(next + 1) })
        next++
        if (killed) after++
      } catch (error) {
        const { code } = error as { code?: string }
        failures.push(String(code))
        if (code !== 'KAFKA_TRANSACTION_LOST' && code !== 'KAFKA_FENCED') continue
        await transactional.open()
        const committed = Number(await cluster.committed(groupId, input))
        // The one that was under way, or not.
        expect([next, next + 1]).toContain(committed)
        next = committed
      }
    }
    await killing
    expect(await cluster.transactionCoordinator(transactionalId)).not.toBe(coordinator)
    console.log(`${name}: transactions that ended by an error while their coordinator was killed: ${failures.join(', ') || 'none'}`)
    expect(after).toBe(20)
    expect(failures.filter((code) => !['KAFKA_TRANSACTION_LOST', 'KAFKA_UNAVAILABLE'].includes(code))).toEqual([])
    // The last one may be on its way to its readers: this settles it.
    await transactional.open()
    const expected = Array.from({ length: next }, (_, n) => [`t:${n}`, `u:${n}`]).flat()
    expect(await valuesOf(topic)).toEqual(expected)
    expect(await cluster.committed(groupId, input)).toBe(BigInt(next))
  })

  it('writes every record once and in order when the leader of the partition is killed', async () => {
    const topic = await newTopic()
    await producer.send([record(topic, 0, 'p0:0')])
    const [leader] = await cluster.leadersOf(topic)
    const sent: Promise<void>[] = []
    let killed: Promise<void> | undefined
    for (let n = 1; n < 500; n++) {
      // Several are under way when it dies.
      sent.push(producer.send([record(topic, 0, `p0:${n}`)]))
      if (n === 150 && leader) killed = cluster.kill(leader)
      if (n % 5 === 0) await delay(2)
    }
    await killed
    await Promise.all(sent)
    expect(await valuesOf(topic)).toEqual(numbered('p0', 500))
    expect(await cluster.leadersOf(topic)).not.toContain(leader)
  })
})

function record(topic: string, partition: number, value: string): RecordToSend {
  return { topic, partition, key: null, value: Buffer.from(value), headers: {} }
}

/** For each partition the records of these numbers. */
function ofEach(topic: string, from: number, to: number): RecordToSend[] {
  const records: RecordToSend[] = []
  for (let n = from; n < to; n++) for (let partition = 0; partition < partitions; partition++) records.push(record(topic, partition, `p${partition}:${n}`))
  return records
}

function numbered(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => `${prefix}:${n}`)
}
