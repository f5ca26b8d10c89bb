import { describe, expect, it } from 'vitest'
import { eventually } from '@swipestream/messaging/testing'
import { clientNames, record, textOf, underTest } from './clients.js'

describe.each(clientNames)('%s: producer and consumer', (name) => {
  const on = underTest(name)

  it('keep the order of a partition, and hand on key, value, headers, offset and time', async () => {
    const topic = await on.newTopic(1, { 'message.timestamp.type': 'LogAppendTime' })
    const before = Date.now()
    await on.producer.send([record(topic, 'k', 'one', { headers: { text: 'ü', bytes: Buffer.from([0, 255]) } }), record(topic, 'k', 'two')])
    const member = on.join([topic])
    await eventually(() => member.seen.length === 2)
    const [one, two] = member.seen
    expect(one).toMatchObject({ topic, partition: 0, offset: 0n, key: Buffer.from('k'), value: Buffer.from('one') })
    expect(one?.headers).toEqual({ text: Buffer.from('ü'), bytes: Buffer.from([0, 255]) })
    expect(one?.timestamp).toBeGreaterThanOrEqual(before - 5_000)
    expect(two).toMatchObject({ offset: 1n, value: Buffer.from('two') })
    expect(member.end()).toBe(2n)
  })

  it('carry tombstones and records without a key', async () => {
    const topic = await on.newTopic()
    await on.producer.send([record(topic, 'k', null), record(topic, null, 'v'), record(topic, 'k', '')])
    const member = on.join([topic])
    await eventually(() => member.seen.length === 3)
    expect(member.seen.map(({ key, value }) => [key?.toString() ?? null, value?.toString() ?? null])).toEqual([['k', null], [null, 'v'], ['k', '']])
  })

  it('put a key where the Java clients put it (murmur2)', async () => {
    const topic = await on.newTopic(6)
    const keys = ['card-1', 'card-2', 'ä', 'a much longer key than the others']
    await on.producer.send(keys.map((key) => record(topic, key, key)))
    const member = on.join([topic])
    await eventually(() => member.seen.length === keys.length)
    for (const { key, partition } of member.seen) expect(partition).toBe((murmur2(key ?? Buffer.alloc(0)) & 0x7fffffff) % 6)
  })

  it('keep the order of each key, whoever sends at the same time', async () => {
    const topic = await on.newTopic(3)
    const keys = Array.from({ length: 12 }, (_, i) => `card-${i}`)
    for (let n = 0; n < 20; n++) void on.producer.send(keys.map((key) => record(topic, key, String(n))))
    await on.producer.send([record(topic, null, 'last')])
    const member = on.join([topic])
    await eventually(() => member.seen.length === 20 * keys.length + 1)
    for (const key of keys) {
      const values = member.seen.filter((each) => each.key?.toString() === key).map(textOf)
      expect(values).toEqual(Array.from({ length: 20 }, (_, n) => String(n)))
    }
  })

  it('send to the partition asked for', async () => {
    const topic = await on.newTopic(6)
    await on.producer.send([record(topic, 'k', 'v', { partition: 4 })])
    const member = on.join([topic])
    await eventually(() => member.seen.length === 1)
    expect(member.seen[0]?.partition).toBe(4)
  })

  it('refuse a partition that is not there', async () => {
    const topic = await on.newTopic(2)
    await expect(on.producer.send([record(topic, 'k', 'v', { partition: 2 })])).rejects.toMatchObject({ code: 'KAFKA_CLIENT' })
  })

  it('refuse a record that is too large, and pass those sent beside it', async () => {
    const topic = await on.newTopic()
    const large = on.producer.send([record(topic, 'k', 'x'.repeat(2_000_000))])
    const small = on.producer.send([record(topic, 'k', 'small')])
    await expect(large).rejects.toMatchObject({ code: 'KAFKA_RECORD_TOO_LARGE', kind: 'poison' })
    await small
    const member = on.join([topic])
    await eventually(() => member.values().includes('small'))
  })

  it('write records that are too many bytes for one request, in order', async () => {
    const topic = await on.newTopic()
    await on.producer.send(Array.from({ length: 3_000 }, (_, i) => record(topic, 'k', `${i}:`.padEnd(1_000, 'x'))))
    const member = on.join([topic])
    await eventually(() => member.seen.length === 3_000)
    expect(member.values().map((value) => Number(value?.split(':')[0]))).toEqual(Array.from({ length: 3_000 }, (_, i) => i))
  })

  it('write once what shares a request with a record that is refused, also for other partitions', async () => {
    const topic = await on.newTopic(3, { 'max.message.bytes': '10000' })
    // All but the first share one request.
    const sent = [0, 1, 2, 3, 4, 5].map((i) => on.producer.send([record(topic, null, i === 2 ? 'x'.repeat(20_000) : `v${i}`, { partition: i % 3 })]))
    const outcomes = await Promise.allSettled(sent)
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled'])
    expect((await on.reader.bounds(topic)).map(({ end }) => end)).toEqual([2n, 2n, 1n])
    // What comes after it is not taken for a repetition of what was refused.
    await on.producer.send([0, 1, 2].map((partition) => record(topic, null, 'after', { partition })))
    expect((await on.reader.bounds(topic)).map(({ end }) => end)).toEqual([3n, 3n, 2n])
  })

  it('say at once that a topic is missing, and write what was sent beside it', async () => {
    const topic = await on.newTopic()
    const outcomes = await Promise.allSettled([topic, 'no-such-topic', topic].map((each) => on.producer.send([record(each, 'k', 'v')])))
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(outcomes[1]).toMatchObject({ reason: { code: 'KAFKA_TOPIC_MISSING', kind: 'transient' } })
  })

  it('say that a topic is missing', async () => {
    await expect(on.producer.send([record('no-such-topic', 'k', 'v')])).rejects.toMatchObject({ code: 'KAFKA_TOPIC_MISSING', kind: 'transient' })
  })

  it('stop waiting at once when the signal is aborted', async () => {
    const topic = await on.newTopic()
    const reason = new Error('revoked')
    const abort = new AbortController()
    const sent = [on.producer.send([record(topic, 'k', 'under way')], abort.signal), on.producer.send([record(topic, 'k', 'waiting')], abort.signal)]
    abort.abort(reason)
    for (const each of await Promise.allSettled(sent)) expect(each).toEqual({ status: 'rejected', reason })
    await on.producer.send([record(topic, 'k', 'other')])
    expect((await on.read(topic)).map(textOf)).not.toContain('waiting')
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
