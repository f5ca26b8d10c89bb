import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Producer as RawProducer } from '@platformatic/kafka'
import { kafkaClient } from '@swipestream/messaging'
import type { GroupOffset, KafkaClient, RecordToSend, TransactionalProducer } from '@swipestream/messaging'
import { eventually } from '@swipestream/messaging/testing'
import { startStack } from '@swipestream/stack'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'

let client: KafkaClient

beforeAll(() => {
  client = clientOf(process.env['KAFKA_BROKERS'] ?? '')
})

function clientOf(brokers: string): KafkaClient {
  return kafkaClient({ KAFKA_BROKERS: brokers.split(','), KAFKA_CLIENT: 'platformatic' }, 'transactions')
}

async function newTopic(partitions = 1, config: Record<string, string> = {}, of = client): Promise<string> {
  const name = `transactions-${randomBytes(5).toString('hex')}`
  const admin = of.admin()
  await admin.createTopics([{ name, partitions, config }], 1)
  await admin.close()
  return name
}

function producer(id: string, of = client): TransactionalProducer {
  const one = of.transactionalProducer(id)
  onTestFinished(() => one.close())
  return one
}

async function opened(id: string = randomUUID(), of = client): Promise<TransactionalProducer> {
  const one = producer(id, of)
  await one.open()
  return one
}

function record(topic: string, value: string, partition = 0): RecordToSend {
  return { topic, partition, key: null, value: Buffer.from(value), headers: {} }
}

/** Committed values there now, by partition. */
async function values(topic: string, of = client): Promise<string[][]> {
  const reader = of.reader()
  try {
    const bounds = await reader.bounds(topic)
    return await Promise.all(
      bounds.map(async ({ first, end }, partition) => {
        const found: string[] = []
        for await (const records of reader.read({ topic, partition }, first, end)) found.push(...records.map(({ value }) => String(value)))
        return found
      }),
    )
  } finally {
    await reader.close()
  }
}

/** Where a group stands: the offset of the first record its next member is given. */
async function committed({ groupId, topic, partition }: Omit<GroupOffset, 'offset'>, of = client): Promise<bigint> {
  const consumer = of.consumer({ groupId, topics: [topic], sessionTimeoutMs: 6_000 })
  const { promise, resolve } = Promise.withResolvers<bigint>()
  consumer.start({
    assigned: (partitions) => partitions.forEach((each) => consumer.seek(each, null)),
    revoked: () => undefined,
    records: (each, [first]) => first && each.partition === partition && resolve(first.offset),
    health: () => undefined,
  })
  try {
    return await promise
  } finally {
    await consumer.close()
  }
}

/** A process that has begun a transaction under the id, and says nothing more. */
async function danglingTransaction(transactionalId: string, topic: string): Promise<void> {
  const bootstrapBrokers = (process.env['KAFKA_BROKERS'] ?? '').split(',')
  const raw = new RawProducer<Buffer, Buffer, Buffer, Buffer>({ clientId: 'crashed', bootstrapBrokers, idempotent: true, transactionalId })
  onTestFinished(() => raw.close())
  const transaction = await raw.beginTransaction()
  await transaction.send({ acks: -1, messages: [{ topic, value: Buffer.from('dangling') }] })
}

describe('two producers of one transactional id', () => {
  it('the one that opened first can write nothing more, from the moment the second has opened', async () => {
    const topic = await newTopic()
    const id = randomUUID()
    const first = await opened(id)
    await first.write([record(topic, 'first')])
    const second = await opened(id)
    await expect(first.write([record(topic, 'zombie')])).rejects.toMatchObject({ code: 'KAFKA_FENCED', kind: 'transient' })
    await expect(first.write([record(topic, 'zombie')])).rejects.toMatchObject({ code: 'KAFKA_FENCED' })
    await second.write([record(topic, 'second')])
    expect(await values(topic)).toEqual([['first', 'second']])
  })

  it('the one that opens takes the id back', async () => {
    const topic = await newTopic()
    const id = randomUUID()
    const first = await opened(id)
    const second = await opened(id)
    await first.open()
    await first.write([record(topic, 'first')])
    await expect(second.write([record(topic, 'second')])).rejects.toMatchObject({ code: 'KAFKA_FENCED' })
    expect(await values(topic)).toEqual([['first']])
  })

  it('one that is fenced in the middle of its write leaves nothing of it', async () => {
    const topic = await newTopic(6)
    const id = randomUUID()
    const first = await opened(id)
    const written: number[] = []
    const writing = (async () => {
      for (let i = 0; ; i++) {
        await first.write(Array.from({ length: 600 }, (_, n) => record(topic, `${i}`, n % 6)))
        written.push(i)
      }
    })()
    const fenced = expect(writing).rejects.toMatchObject({ code: 'KAFKA_FENCED' })
    await eventually(() => written.length >= 2)
    await opened(id)
    await fenced
    const found = await values(topic)
    // The one that was under way may have been committed before the other opened, then wholly.
    for (const each of found) expect([written.length * 100, (written.length + 1) * 100]).toContain(each.length)
    expect(new Set(found.map(({ length }) => length)).size).toBe(1)
  })
})

describe('open', () => {
  it('ends what a crashed process had begun: readers of committed records go on at once', async () => {
    const topic = await newTopic()
    const id = randomUUID()
    await danglingTransaction(id, topic)
    const other = client.producer()
    await other.send([record(topic, 'after')])
    await other.close()
    // Nothing is read beyond the open transaction.
    expect(await values(topic)).toEqual([[]])
    const began = performance.now()
    const next = await opened(id)
    expect(await values(topic)).toEqual([['after']])
    expect(performance.now() - began).toBeLessThan(10_000)
    await next.write([record(topic, 'next')])
    expect(await values(topic)).toEqual([['after', 'next']])
  })

  it('is ended at once by its signal', async () => {
    const one = producer(randomUUID(), clientOf('127.0.0.1:1'))
    const abort = new AbortController()
    const opening = one.open(abort.signal)
    const reason = new Error('revoked')
    setTimeout(() => abort.abort(reason), 20)
    const began = performance.now()
    await expect(opening).rejects.toBe(reason)
    expect(performance.now() - began).toBeLessThan(2_000)
  })

  it('comes before everything: nothing can be written without', async () => {
    await expect(producer(randomUUID()).write([record(await newTopic(), 'v')])).rejects.toMatchObject({ code: 'KAFKA_TRANSACTION_LOST' })
  })
})

describe('write', () => {
  it('makes records of several topics and partitions and the offset of a group visible together', async () => {
    const [input, one, two] = [await newTopic(), await newTopic(3), await newTopic(6)]
    const plain = client.producer()
    await plain.send(Array.from({ length: 10 }, (_, i) => record(input, `${i}`)))
    await plain.close()
    const groupId = randomUUID()
    const transactions = await opened()
    const records = Array.from({ length: 30 }, (_, i) => [record(one, `one ${i}`, i % 3), record(two, `two ${i}`, i % 6)]).flat()
    await transactions.write(records, { groupId, topic: input, partition: 0, offset: 7n })
    expect((await values(one)).map(({ length }) => length)).toEqual([10, 10, 10])
    expect((await values(two)).map(({ length }) => length)).toEqual([5, 5, 5, 5, 5, 5])
    expect(await committed({ groupId, topic: input, partition: 0 })).toBe(7n)
  })

  it('stores an offset alone, and does nothing for nothing', async () => {
    const input = await newTopic()
    const plain = client.producer()
    await plain.send([record(input, 'a'), record(input, 'b')])
    await plain.close()
    const groupId = randomUUID()
    const transactions = await opened()
    await transactions.write([])
    await transactions.write([], { groupId, topic: input, partition: 0, offset: 1n })
    expect(await committed({ groupId, topic: input, partition: 0 })).toBe(1n)
  })

  it('stores the offset of a group that has members', async () => {
    const input = await newTopic()
    const groupId = randomUUID()
    const held = new Set<number>()
    const member = client.consumer({ groupId, topics: [input], sessionTimeoutMs: 6_000 })
    member.start({ assigned: (all) => all.forEach(({ partition }) => held.add(partition)), revoked: () => undefined, records: () => undefined, health: () => undefined })
    await eventually(() => held.size === 1)
    const transactions = await opened()
    await transactions.write([record(input, 'a'), record(input, 'b')], { groupId, topic: input, partition: 0, offset: 1n })
    await member.close()
    expect(await committed({ groupId, topic: input, partition: 0 })).toBe(1n)
  })

  it('leaves nothing when a record is too large, neither records nor offset, and the next one works', async () => {
    const topic = await newTopic(2)
    const groupId = randomUUID()
    const transactions = await opened()
    await transactions.write([record(topic, 'before')], { groupId, topic, partition: 0, offset: 0n })
    const refused = transactions.write([record(topic, 'x', 1), record(topic, 'y'.repeat(1_200_000))], { groupId, topic, partition: 0, offset: 1n })
    await expect(refused).rejects.toMatchObject({ code: 'KAFKA_RECORD_TOO_LARGE', kind: 'poison' })
    expect(await values(topic)).toEqual([['before'], []])
    expect(await committed({ groupId, topic, partition: 0 })).toBe(0n)
    await transactions.write([record(topic, 'after', 1), record(topic, 'after')])
    expect(await values(topic)).toEqual([['before', 'after'], ['after']])
  })

  it('names a topic that is missing, and the next one works', async () => {
    const topic = await newTopic()
    const transactions = await opened()
    await expect(transactions.write([record(topic, 'x'), record('no-such-topic', 'x')])).rejects.toMatchObject({ code: 'KAFKA_TOPIC_MISSING' })
    await transactions.write([record(topic, 'after')])
    expect(await values(topic)).toEqual([['after']])
  })

  it('writes records in order that are too many for one request, also where a topic takes less', async () => {
    const [large, small] = [await newTopic(2), await newTopic(1, { 'max.message.bytes': '10000' })]
    const transactions = await opened()
    const to = [large, large, small]
    await transactions.write(Array.from({ length: 6_000 }, (_, i) => record(to[i % 3] as string, `${i}:`.padEnd(1_000, 'x'), i % 3 === 1 ? 1 : 0)))
    const numbers = (all: readonly string[]) => all.map((value) => Number(value.split(':')[0]))
    const every = (from: number) => Array.from({ length: 2_000 }, (_, i) => i * 3 + from)
    expect((await values(large)).map(numbers)).toEqual([every(0), every(1)])
    expect((await values(small)).map(numbers)).toEqual([every(2)])
  })

  it('300 times in a row, and by ten at the same time, keeps order and count', async () => {
    const topic = await newTopic(10)
    await Promise.all(
      Array.from({ length: 10 }, async (_, partition) => {
        const transactions = await opened()
        for (let i = 0; i < (partition === 0 ? 300 : 30); i++) await transactions.write([record(topic, `${i}`, partition)])
      }),
    )
    const found = await values(topic)
    for (const [partition, each] of found.entries()) expect(each).toEqual(Array.from({ length: partition === 0 ? 300 : 30 }, (_, i) => `${i}`))
  })

  it('one call at a time', async () => {
    const topic = await newTopic()
    const transactions = await opened()
    const first = transactions.write([record(topic, 'a')])
    await expect(transactions.write([record(topic, 'b')])).rejects.toMatchObject({ code: 'KAFKA_CLIENT' })
    await first
    expect(await values(topic)).toEqual([['a']])
  })
})

describe('a broker that is killed and started again while transactions are written', () => {
  it('has every write that was acknowledged once, and of the others nothing or the whole, as the committed offset says', async () => {
    const stack = await startStack({ servers: ['kafka'] })
    onTestFinished(() => stack.stop())
    const of = clientOf(stack.env['KAFKA_BROKERS'] ?? '')
    const [input, output] = [await newTopic(1, {}, of), await newTopic(3, {}, of)]
    const most = 10_000
    const plain = of.producer()
    await plain.send(Array.from({ length: most }, (_, i) => record(input, `${i}`)))
    await plain.close()
    const groupId = randomUUID()
    const transactions = await opened(randomUUID(), of)
    let [next, acknowledged, lost, stop] = [0, 0, 0, false]
    const writing = (async () => {
      while (!stop && next < most - 1) {
        const records = [0, 1, 2].map((partition) => record(output, `${next}`, partition))
        try {
          await transactions.write(records, { groupId, topic: input, partition: 0, offset: BigInt(next + 1) })
          next++
          acknowledged++
        } catch (error) {
          const { code } = error as { code?: string }
          if (code !== 'KAFKA_FENCED' && code !== 'KAFKA_TRANSACTION_LOST') {
            expect(code).toBe('KAFKA_UNAVAILABLE')
            continue
          }
          lost++
          await reopened(transactions)
          next = Number(await committed({ groupId, topic: input, partition: 0 }, of))
        }
      }
    })()
    for (let kill = 1; kill <= 3; kill++) {
      const before = acknowledged
      await eventually(() => acknowledged > before + 20, { timeoutMs: 60_000 })
      await stack.kill('kafka')
      await sleep(kill * 100)
      await stack.start('kafka')
    }
    const before = acknowledged
    await eventually(() => acknowledged > before + 20, { timeoutMs: 60_000 })
    stop = true
    await writing
    console.log(`broker killed 3 times: ${acknowledged} writes acknowledged, ${lost} times lost and opened again`)
    const expected = Array.from({ length: next }, (_, i) => `${i}`)
    for (const each of await values(output, of)) expect(each).toEqual(expected)
    expect(await committed({ groupId, topic: input, partition: 0 }, of)).toBe(BigInt(next))
  }, 180_000)
})

async function reopened(transactions: TransactionalProducer): Promise<void> {
  await eventually(async () => {
    try {
      await transactions.open()
      return true
    } catch (error) {
      expect(error).toMatchObject({ kind: 'transient' })
      return false
    }
  }, { timeoutMs: 60_000 })
}
