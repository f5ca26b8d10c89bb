import { randomBytes, randomUUID } from 'node:crypto'
import { Producer as RawProducer } from '@platformatic/kafka'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { kafkaClient } from '@swipestream/messaging'
import type { Consumer, ConsumerSink, KafkaClient, KafkaRecord, Producer, RecordToSend, TopicPartition } from '@swipestream/messaging'
import { eventually } from '@swipestream/messaging/testing'

const brokers = (process.env['KAFKA_BROKERS'] ?? '').split(',')
const sessionTimeoutMs = 6_000

let client: KafkaClient
let producer: Producer
const opened: Consumer[] = []

beforeAll(() => {
  client = kafkaClient({ KAFKA_BROKERS: brokers, KAFKA_CLIENT: 'platformatic' }, 'conformance')
  producer = client.producer()
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((consumer) => consumer.close()))
})
afterAll(() => producer.close())

async function newTopic(partitions = 1, config: Record<string, string> = {}): Promise<string> {
  const name = `conformance-${randomBytes(5).toString('hex')}`
  const admin = client.admin()
  await admin.createTopics([{ name, partitions, config }], 1)
  await admin.close()
  return name
}

function record(topic: string, key: string | null, value: string | null, more: Partial<RecordToSend> = {}): RecordToSend {
  return { topic, key: key === null ? null : Buffer.from(key), value: value === null ? null : Buffer.from(value), headers: {}, ...more }
}

/** A member of a group, and all it was told. */
function join(topics: string[], groupId: string = randomUUID()) {
  const consumer = client.consumer({ groupId, topics, sessionTimeoutMs })
  opened.push(consumer)
  const seen: KafkaRecord[] = []
  const held = new Set<string>()
  const complaints: string[] = []
  const name = ({ topic, partition }: TopicPartition) => `${topic}/${partition}`
  const sink: ConsumerSink = {
    assigned: (partitions) => {
      for (const partition of partitions) {
        held.add(name(partition))
        consumer.seek(partition, null)
      }
    },
    revoked: (partitions) => partitions.forEach((partition) => held.delete(name(partition))),
    records: (_, records) => void seen.push(...records),
    health: (error) => void complaints.push((error as { code?: string } | null)?.code ?? 'well'),
  }
  consumer.start(sink)
  return { consumer, seen, held, groupId, complaints, values: () => seen.map(({ value }) => value?.toString() ?? null) }
}

describe('producer and consumer', () => {
  it('keep the order of a partition, and hand on key, value, headers, offset and time', async () => {
    const topic = await newTopic(1, { 'message.timestamp.type': 'LogAppendTime' })
    const before = Date.now()
    await producer.send([record(topic, 'k', 'one', { headers: { text: 'ü', bytes: Buffer.from([0, 255]) } }), record(topic, 'k', 'two')])
    const member = join([topic])
    await eventually(() => member.seen.length === 2)
    const [one, two] = member.seen
    expect(one).toMatchObject({ topic, partition: 0, offset: 0n, key: Buffer.from('k'), value: Buffer.from('one') })
    expect(one?.headers).toEqual({ text: Buffer.from('ü'), bytes: Buffer.from([0, 255]) })
    expect(one?.timestamp).toBeGreaterThanOrEqual(before - 5_000)
    expect(two).toMatchObject({ offset: 1n, value: Buffer.from('two') })
  })

  it('carry tombstones and records without a key', async () => {
    const topic = await newTopic()
    await producer.send([record(topic, 'k', null), record(topic, null, 'v'), record(topic, 'k', '')])
    const member = join([topic])
    await eventually(() => member.seen.length === 3)
    expect(member.seen.map(({ key, value }) => [key?.toString() ?? null, value?.toString() ?? null])).toEqual([['k', null], [null, 'v'], ['k', '']])
  })

  it('put a key where the Java clients put it (murmur2)', async () => {
    const topic = await newTopic(6)
    const keys = ['card-1', 'card-2', 'ä', 'a much longer key than the others']
    await producer.send(keys.map((key) => record(topic, key, key)))
    const member = join([topic])
    await eventually(() => member.seen.length === keys.length)
    for (const { key, partition } of member.seen) expect(partition).toBe((murmur2(key ?? Buffer.alloc(0)) & 0x7fffffff) % 6)
  })

  it('send to the partition asked for', async () => {
    const topic = await newTopic(6)
    await producer.send([record(topic, 'k', 'v', { partition: 4 })])
    const member = join([topic])
    await eventually(() => member.seen.length === 1)
    expect(member.seen[0]?.partition).toBe(4)
  })

  it('refuse a record that is too large, and pass those sent beside it', async () => {
    const topic = await newTopic()
    const large = producer.send([record(topic, 'k', 'x'.repeat(2_000_000))])
    const small = producer.send([record(topic, 'k', 'small')])
    await expect(large).rejects.toMatchObject({ code: 'KAFKA_RECORD_TOO_LARGE', kind: 'poison' })
    await small
    const member = join([topic])
    await eventually(() => member.values().includes('small'))
  })

  it('write records that are too many bytes for one request, in order', async () => {
    const topic = await newTopic()
    await producer.send(Array.from({ length: 3_000 }, (_, i) => record(topic, 'k', `${i}:`.padEnd(1_000, 'x'))))
    const member = join([topic])
    await eventually(() => member.seen.length === 3_000)
    expect(member.values().map((value) => Number(value?.split(':')[0]))).toEqual(Array.from({ length: 3_000 }, (_, i) => i))
  })

  it('write once what shares a request with a record that is refused, also for other partitions', async () => {
    const topic = await newTopic(3, { 'max.message.bytes': '10000' })
    // All but the first share one request.
    const sent = [0, 1, 2, 3, 4, 5].map((i) => producer.send([record(topic, null, i === 2 ? 'x'.repeat(20_000) : `v${i}`, { partition: i % 3 })]))
    const outcomes = await Promise.allSettled(sent)
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled'])
    const reader = client.reader()
    expect((await reader.bounds(topic)).map(({ end }) => end)).toEqual([2n, 2n, 1n])
    await reader.close()
  })

  it('say that a topic is missing', async () => {
    await expect(producer.send([record('no-such-topic', 'k', 'v')])).rejects.toMatchObject({ code: 'KAFKA_TOPIC_MISSING', kind: 'transient' })
  })
})

describe('a consumer group', () => {
  it('reads on where it committed, also in another process', async () => {
    const topic = await newTopic()
    await producer.send(['a', 'b', 'c'].map((value) => record(topic, 'k', value)))
    const first = join([topic])
    await eventually(() => first.seen.length === 3)
    await first.consumer.commit([{ topic, partition: 0, offset: 2n }])
    await first.consumer.close()
    const second = join([topic], first.groupId)
    await eventually(() => second.seen.length > 0)
    expect(second.values()).toEqual(['c'])
  })

  it('does not fetch a paused partition, and fetches it again when it is resumed', async () => {
    const topic = await newTopic(2)
    const member = join([topic])
    await eventually(() => member.held.size === 2)
    await producer.send([record(topic, null, 'a0', { partition: 0 })])
    await eventually(() => member.values().includes('a0'))
    member.consumer.pause({ topic, partition: 0 })
    // What was asked for before the pause may still come: this one flushes it out.
    await producer.send([record(topic, null, 'b1', { partition: 1 })])
    await eventually(() => member.values().includes('b1'))
    await producer.send([record(topic, null, 'c0', { partition: 0 }), record(topic, null, 'c1', { partition: 1 })])
    await eventually(() => member.values().includes('c1'))
    expect(member.values()).not.toContain('c0')
    member.consumer.resume({ topic, partition: 0 })
    await eventually(() => member.values().includes('c0'))
  })

  it('shares the partitions between its members, and gives those of one that leaves to the other', async () => {
    const topic = await newTopic(4)
    const first = join([topic])
    await eventually(() => first.held.size === 4)
    const second = join([topic], first.groupId)
    await eventually(() => first.held.size === 2 && second.held.size === 2)
    expect(new Set([...first.held, ...second.held]).size).toBe(4)
    await second.consumer.close()
    await eventually(() => first.held.size === 4)
    await producer.send([0, 1, 2, 3].map((partition) => record(topic, null, `p${partition}`, { partition })))
    await eventually(() => new Set(first.values()).size === 4)
  })

  it('never sees a record of an aborted transaction, also of one that spans many fetches', async () => {
    const topic = await newTopic()
    const raw = new RawProducer<Buffer, Buffer, Buffer, Buffer>({
      clientId: 'raw', bootstrapBrokers: brokers, idempotent: true, transactionalId: randomUUID(),
    })
    const member = join([topic])
    await eventually(() => member.held.size === 1)
    const value = Buffer.alloc(1_000, 'x')
    const aborted = await raw.beginTransaction()
    for (let i = 0; i < 30; i++) {
      await aborted.send({ acks: -1, messages: Array.from({ length: 500 }, () => ({ topic, value })) })
    }
    await aborted.abort()
    const committed = await raw.beginTransaction()
    await committed.send({ acks: -1, messages: [{ topic, value: Buffer.from('committed') }] })
    await committed.commit()
    await raw.close()
    await eventually(() => member.seen.length > 0)
    expect(member.values()).toEqual(['committed'])
    // One that reads it all afterwards, from the beginning.
    const late = join([topic])
    await eventually(() => late.seen.length > 0)
    expect(late.values()).toEqual(['committed'])
  })

  it('waits for a topic that is not there yet', async () => {
    const topic = `conformance-${randomBytes(5).toString('hex')}`
    const member = join([topic])
    await eventually(() => member.complaints.includes('KAFKA_TOPIC_MISSING'))
    const admin = client.admin()
    await admin.createTopics([{ name: topic, partitions: 1, config: {} }], 1)
    await admin.close()
    await producer.send([record(topic, 'k', 'v')])
    await eventually(() => member.seen.length === 1)
  })
})

describe('reader', () => {
  it('reads any part of a partition without a group', async () => {
    const topic = await newTopic()
    await producer.send(['a', 'b', 'c', 'd'].map((value) => record(topic, 'k', value)))
    const reader = client.reader()
    expect(await reader.bounds(topic)).toEqual([{ first: 0n, end: 4n }])
    const values: string[] = []
    for await (const records of reader.read({ topic, partition: 0 }, 1n, 3n)) values.push(...records.map(({ value }) => String(value)))
    expect(values).toEqual(['b', 'c'])
    await reader.close()
  })

  it('finds offsets by time; the end where nothing came since', async () => {
    const topic = await newTopic(2, { 'message.timestamp.type': 'LogAppendTime' })
    await producer.send([record(topic, null, 'a', { partition: 0 })])
    const reader = client.reader()
    expect(await reader.offsetsAt(topic, 0)).toEqual([0n, 0n])
    expect(await reader.offsetsAt(topic, Date.now() + 60_000)).toEqual([1n, 0n])
    await reader.close()
  })
})

describe('admin', () => {
  it('creates what is not there and leaves what is', async () => {
    const topic = await newTopic(3)
    const admin = client.admin()
    await admin.createTopics([{ name: topic, partitions: 5, config: {} }], 1)
    expect(await admin.partitionsOf([topic, 'no-such-topic'])).toEqual(new Map([[topic, 3]]))
    await admin.close()
  })
})

/** Murmur2 as Java's Kafka client has it (org.apache.kafka.common.utils.Utils.murmur2), by its definition. */
function murmur2(data: Buffer): number {
  const m = 0x5bd1e995
  let h = 0x9747b28c ^ data.length
  const words = data.length - (data.length % 4)
  for (let i = 0; i < words; i += 4) {
    let k = Math.imul(data.readInt32LE(i), m)
    k ^= k >>> 24
    h = Math.imul(h, m) ^ Math.imul(k, m)
  }
  for (let i = data.length - 1; i >= words; i--) h ^= (data[i] ?? 0) << (8 * (i - words))
  if (data.length > words) h = Math.imul(h, m)
  h ^= h >>> 13
  h = Math.imul(h, m)
  return h ^ (h >>> 15)
}
