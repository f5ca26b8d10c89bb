import { randomUUID } from 'node:crypto'
import { Producer as RawProducer } from '@platformatic/kafka'
import { eventually } from '@swipestream/messaging/testing'
import { describe, expect, it, vi } from 'vitest'
import { type ClientName, clientNames, clientOf, record, sessionTimeoutMs, textOf, underTest } from './clients.js'

const other = (name: ClientName): ClientName => (name === 'kafkajs' ? 'platformatic' : 'kafkajs')

describe.each(clientNames)('%s: reader', (name) => {
  const on = underTest(name)

  it('reads any part of a partition without a group', async () => {
    const topic = await on.newTopic()
    await on.producer.send(['a', 'b', 'c', 'd'].map((value) => record(topic, 'k', value)))
    expect(await on.reader.bounds(topic)).toEqual([{ first: 0n, end: 4n }])
    const values: string[] = []
    for await (const records of on.reader.read({ topic, partition: 0 }, 1n, 3n)) values.push(...records.map(({ value }) => String(value)))
    expect(values).toEqual(['b', 'c'])
  })

  it('reads many records of many fetches, each once, in order', async () => {
    const topic = await on.newTopic()
    await on.producer.send(Array.from({ length: 8_000 }, (_, i) => record(topic, 'k', `${i}:`.padEnd(1_000, 'x'))))
    const read = (await on.read(topic)).map(({ value }) => Number(value?.toString().split(':')[0]))
    expect(read).toEqual(Array.from({ length: 8_000 }, (_, i) => i))
  })

  it('finds offsets by time; the end where nothing came since', async () => {
    const topic = await on.newTopic(2, { 'message.timestamp.type': 'LogAppendTime' })
    await on.producer.send([record(topic, null, 'a', { partition: 0 })])
    expect(await on.reader.offsetsAt(topic, 0)).toEqual([0n, 0n])
    expect(await on.reader.offsetsAt(topic, Date.now() + 60_000)).toEqual([1n, 0n])
  })

  it('is asked for several topics at the same time', async () => {
    const topics = await Promise.all([1, 2, 3, 4].map((partitions) => on.newTopic(partitions)))
    const reader = on.client.reader()
    const bounds = await Promise.all(topics.map((topic) => reader.bounds(topic)))
    expect(bounds.map(({ length }) => length)).toEqual([1, 2, 3, 4])
    await reader.close()
  })

  it('fails when it is closed while it reads', async () => {
    const topic = await on.newTopic()
    const reader = on.client.reader()
    const reading = (async () => {
      // There is nothing at this offset yet, nor will there be.
      for await (const records of reader.read({ topic, partition: 0 }, 0n, 5n)) expect(records).toEqual([])
    })()
    await reader.bounds(topic)
    await Promise.all([reader.close(), expect(reading).rejects.toMatchObject({ code: 'KAFKA_UNAVAILABLE' })])
  })
})

describe.each(clientNames)('%s: admin', (name) => {
  const on = underTest(name)

  it('creates what is not there and leaves what is', async () => {
    const topic = await on.newTopic(3)
    const admin = on.client.admin()
    await admin.createTopics([{ name: topic, partitions: 5, config: {} }], 1)
    expect(await admin.partitionsOf([topic, 'no-such-topic'])).toEqual(new Map([[topic, 3]]))
    await admin.close()
  })

  it('deletes what is there, and does not mind what is not', async () => {
    const topic = await on.newTopic()
    const admin = on.client.admin()
    await admin.deleteTopics([topic, 'no-such-topic'])
    expect(await admin.partitionsOf([topic])).toEqual(new Map())
    await admin.close()
  })
})

describe.each(clientNames)('%s: what a client has to say', (name) => {
  const on = underTest(name)

  it('comes as errors and as health: nothing is printed, and Node has nothing to warn of', async () => {
    const printed: unknown[] = []
    const streams = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write').mockImplementation((text) => printed.push(text) > 0))
    const loggers = (['log', 'info', 'warn', 'error', 'debug'] as const).map((level) => vi.spyOn(console, level).mockImplementation((text) => void printed.push(text)))
    const warned = (warning: Error) => void printed.push(warning)
    process.on('warning', warned)
    try {
      const topic = await on.newTopic()
      await on.producer.send([record(topic, 'k', 'v')])
      await expect(on.producer.send([record('no-such-topic', 'k', 'v')])).rejects.toMatchObject({ code: 'KAFKA_TOPIC_MISSING' })
      const member = on.join([topic])
      await eventually(() => member.seen.length === 1)
      const nowhere = clientOf(name, '127.0.0.1:1')
      const lost = nowhere.consumer({ groupId: 'nobody', topics: [topic], sessionTimeoutMs })
      const complaints: unknown[] = []
      lost.start({ assigned: () => undefined, revoked: () => undefined, records: () => undefined, health: (error) => complaints.push(error) })
      await eventually(() => complaints.length > 0)
      await lost.close()
    } finally {
      process.off('warning', warned)
      for (const spy of [...streams, ...loggers]) spy.mockRestore()
    }
    expect(printed).toEqual([])
  })
})

describe('kafkajs: a batch of more records than the client can read', () => {
  const on = underTest('kafkajs')

  it('is said to be so, by name, and holds up no other partition', async () => {
    const topic = await on.newTopic(2, { 'max.message.bytes': '10000000' })
    const raw = new RawProducer<Buffer, Buffer, Buffer, Buffer>({ clientId: 'raw', bootstrapBrokers: (process.env['KAFKA_BROKERS'] ?? '').split(',') })
    await raw.send({ acks: -1, messages: Array.from({ length: 200_000 }, () => ({ topic, partition: 0, value: Buffer.from('v') })) })
    await raw.close()
    await on.producer.send([record(topic, null, 'other', { partition: 1 })])
    await expect(on.read(topic)).rejects.toMatchObject({ code: 'KAFKA_UNSUPPORTED', kind: 'fatal' })
    const member = on.join([topic])
    await eventually(() => member.values().includes('other') && member.complaints.includes('KAFKA_UNSUPPORTED'))
  })
})

describe.each(clientNames)('%s: compression', (name) => {
  const on = underTest(name)

  it.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const)('by %s is read by this client and by the other', async (compression) => {
    const topic = await on.newTopic()
    const producer = clientOf(name, undefined, compression).producer()
    const values = Array.from({ length: 400 }, (_, i) => `${i}:${randomUUID()}${'x'.repeat(i)}`)
    await producer.send(values.map((value) => record(topic, 'k', value, { headers: { h: value } })))
    await producer.close()
    expect((await on.read(topic)).map(textOf)).toEqual(values)
    const reader = clientOf(other(name)).reader()
    const read: unknown[] = []
    for await (const records of reader.read({ topic, partition: 0 }, 0n, 400n)) read.push(...records.map((each) => [textOf(each), each.headers['h']?.toString()]))
    await reader.close()
    expect(read).toEqual(values.map((value) => [value, value]))
  })
})
