import { compatibilityPartitioner, NetworkError } from '@platformatic/kafka'
import fc from 'fast-check'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { partitionOfKey } from '../key-hash.js'
import type { RecordToSend } from '../ports.js'
import { FakeCluster, fastRetries } from './cluster.fixture.js'

vi.mock('../retry-delay.js', () => fastRetries())
const { PlatformaticProducer } = await import('./producer.js')

let cluster: FakeCluster
let producer: InstanceType<typeof PlatformaticProducer>

beforeEach(begin)

function begin(): void {
  cluster = new FakeCluster()
  for (const topic of ['t', 'u']) cluster.topics.set(topic, 2)
  producer = new PlatformaticProducer(cluster.brokers, 'none')
}

const record = (value: string, more: Partial<RecordToSend> = {}): RecordToSend => ({ topic: 't', key: null, value: Buffer.from(value), headers: {}, ...more })
/** Keeps the next request under way until it is called, so that what is sent meanwhile shares the one after it. */
function hold(): () => void {
  const { promise, resolve } = Promise.withResolvers<void>()
  cluster.hold = (api) => (api === 'produce' ? promise : Promise.resolve())
  return resolve
}

describe('send', () => {
  it('sends what is handed over in any turn after an earlier send, and never leaves it lying', async () => {
    for (let turns = 0; turns < 20; turns++) {
      const first = producer.send([record('first')])
      await first
      for (let i = 0; i < turns; i++) await Promise.resolve()
      await producer.send([record('second')])
    }
    expect(cluster.produced.flat()).toHaveLength(40)
  })

  it('lets what comes while a request is under way share the next one, in order', async () => {
    await Promise.all(['1', '2', '3', '4'].map((value) => producer.send([record(value)])))
    expect(cluster.produced).toEqual([['1'], ['2', '3', '4']])
  })

  it('writes records in order whose bytes are too many for one request, and refuses none', async () => {
    const records = Array.from({ length: 5_000 }, (_, i) => record(`${i}:${'x'.repeat(1_000)}`, { partition: i % 2 }))
    await producer.send(records)
    for (const partition of [0, 1]) {
      const written = (cluster.log.get(`t/${partition}`) ?? []).map((value) => Number(value.split(':')[0]))
      expect(written).toEqual(records.map((_, i) => i).filter((i) => i % 2 === partition))
    }
  })

  it('writes every record once that is not too large alone, also where a topic takes less than a request holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.integer({ min: 1, max: 1_200 }), fc.integer({ min: 0, max: 1 })), { minLength: 1, maxLength: 20 }), async (drawn) => {
        begin()
        cluster.limit = 1_000
        // A batch's head, and the numbers of a record.
        const most = 1_000 - 61 - 9
        const records = drawn.map(([size, partition], i) => record(`${i}:`.padEnd(size, 'x'), { partition }))
        const outcomes = await Promise.allSettled(records.map((one) => producer.send([one])))
        for (const partition of [0, 1]) {
          const expected = records.filter((one) => one.partition === partition && (one.value?.length ?? 0) <= most).map(({ value }) => String(value))
          expect(cluster.log.get(`t/${partition}`) ?? []).toEqual(expected)
        }
        expect(outcomes.map(({ status }) => status)).toEqual(records.map(({ value }) => ((value?.length ?? 0) > most ? 'rejected' : 'fulfilled')))
      }),
    )
  })

  it('writes nothing that comes after a record that was refused in the same call and fitted into no request with it', async () => {
    const large = 'x'.repeat(1_100_000)
    await expect(producer.send([record('before'), record(large), record('after')])).rejects.toMatchObject({ code: 'KAFKA_RECORD_TOO_LARGE' })
    expect(cluster.log.get('t/0')).toEqual(['before'])
  })

  it('fails no one else when a topic is missing', async () => {
    const go = hold()
    const first = producer.send([record('first')])
    const others = [producer.send([record('a')]), producer.send([record('lost', { topic: 'none' })]), producer.send([record('b', { topic: 'u' })])]
    go()
    await first
    const outcomes = await Promise.allSettled(others)
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(outcomes[1]).toMatchObject({ reason: { code: 'KAFKA_TOPIC_MISSING', kind: 'transient' } })
    expect(cluster.produced.flat()).toEqual(['first', 'a', 'b'])
  })

  it('writes nothing twice of what shared a request with a topic that is deleted meanwhile', async () => {
    const go = hold()
    const first = producer.send([record('first')])
    const others = [producer.send([record('a')]), producer.send([record('lost', { topic: 'u' })])]
    cluster.fate = (api, time) => {
      if (api !== 'produce' || time !== 2) return null
      cluster.topics.delete('u')
      return 'answer lost'
    }
    go()
    await first
    expect(await Promise.allSettled(others)).toMatchObject([{ status: 'fulfilled' }, { reason: { code: 'KAFKA_TOPIC_MISSING' } }])
    expect(cluster.log.get('t/0')).toEqual(['first', 'a'])
  })

  it('fails all who share a request when the cluster is away for too long, and goes on as another when it is back', async () => {
    cluster.fate = (api) => (api === 'produce' ? 'answer lost' : null)
    const first = producer.send([record('1')])
    const outcomes = await Promise.allSettled([first, ...['2', '3'].map((value) => producer.send([record(value)]))])
    expect(outcomes).toMatchObject(Array.from({ length: 3 }, () => ({ reason: { code: 'KAFKA_UNAVAILABLE' } })))
    cluster.fate = () => null
    await producer.send([record('4')])
    expect(cluster.times('initProducerId')).toBe(3)
    expect(cluster.log.get('t/0')).toEqual(['1', '2', '3', '4'])
  })

  it('puts every key where the client itself would', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.integer({ min: 1, max: 1_000 }), (bytes, partitions) => {
        const key = Buffer.from(bytes)
        expect(partitionOfKey(key, partitions)).toBe(compatibilityPartitioner({ topic: 't' }, key) % partitions)
      }),
    )
  })

  it('refuses a partition that is not there, instead of putting the record elsewhere', async () => {
    await expect(producer.send([record('v', { partition: 2 })])).rejects.toMatchObject({ code: 'KAFKA_CLIENT' })
    expect(cluster.produced).toEqual([])
  })
})

describe('send with a signal', () => {
  it('that is aborted rejects at once with its reason; what has not left never does', async () => {
    const go = hold()
    const abort = new AbortController()
    const reason = new Error('revoked')
    const underWay = producer.send([record('under way')], abort.signal)
    const waiting = producer.send([record('waiting')], abort.signal)
    const other = producer.send([record('other')])
    await vi.waitFor(() => expect(cluster.times('produce')).toBe(1))
    abort.abort(reason)
    await expect(underWay).rejects.toBe(reason)
    await expect(waiting).rejects.toBe(reason)
    await expect(producer.send([record('late')], abort.signal)).rejects.toBe(reason)
    go()
    await other
    expect(cluster.produced.flat()).toEqual(['under way', 'other'])
  })

  it('that is aborted while the leader is away: what waited for it is not written when it is back', async () => {
    const abort = new AbortController()
    const { brokers } = cluster
    let tries = 0
    const at: typeof brokers.at = (broker, request) => {
      if (++tries === 3) abort.abort(new Error('revoked'))
      return tries > 3 ? brokers.at(broker, request) : Promise.reject(new NetworkError('Connection refused'))
    }
    producer = new PlatformaticProducer({ ...brokers, at } as typeof brokers, 'none')
    const givenUp = producer.send([record('1'), record('2', { partition: 1 })], abort.signal)
    const other = producer.send([record('3')])
    await expect(givenUp).rejects.toThrow('revoked')
    await other
    expect(cluster.log).toEqual(new Map([['t/0', ['3']]]))
  })
})
