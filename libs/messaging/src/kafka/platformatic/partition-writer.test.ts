import fc from 'fast-check'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { partitionOfKey } from '../key-hash.js'
import type { RecordToSend } from '../ports.js'
import { type Fate, fastRetries, FakeCluster } from './cluster.fixture.js'

vi.mock('../retry-delay.js', () => fastRetries())
const { byPartition, PartitionWriter } = await import('./partition-writer.js')
const { patience } = await import('./repeating.js')

let cluster: FakeCluster
let writer: InstanceType<typeof PartitionWriter>

beforeEach(begin)

function begin(): void {
  cluster = new FakeCluster()
  cluster.topics.set('t', 3)
  writer = new PartitionWriter(cluster.brokers, { transactionalId: 'id', producerId: 1n, epoch: 0 }, 'none')
}

const record = (value: string, partition = 0): RecordToSend => ({ topic: 't', partition, key: null, value: Buffer.from(value), headers: {} })

async function write(records: readonly RecordToSend[], apart = false): Promise<Map<RecordToSend, unknown>> {
  const partitions = byPartition(records, await cluster.brokers.metadata(['t']))
  return writer.write(partitions, patience(new AbortController().signal), apart)
}

const fates: fc.Arbitrary<Fate> = fc.constantFrom<Fate[]>(null, 'lost', 'answer lost', { error: 'NOT_LEADER_OR_FOLLOWER' }, { error: 'NOT_ENOUGH_REPLICAS' })

describe('write', () => {
  it('writes every record once and in order, whatever becomes of the requests', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fates, { maxLength: 20 }), fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 8 }), async (drawn, sizes) => {
        begin()
        cluster.fate = (_, time) => drawn[time - 1] ?? null
        let n = 0
        for (const size of sizes) expect(await write(Array.from({ length: size }, () => record(`${n}`, n++ % 3)))).toEqual(new Map())
        for (const partition of [0, 1, 2]) {
          const expected = Array.from({ length: n }, (_, i) => `${i}`).filter((_, i) => i % 3 === partition)
          expect(cluster.log.get(`t/${partition}`) ?? []).toEqual(expected)
        }
        expect(writer.unsure).toBe(false)
      }),
    )
  })

  it('repeats a batch as it was, byte by byte, and asks anew who leads', async () => {
    cluster.fate = (_, time) => (time === 1 ? 'answer lost' : null)
    await write([record('a'), record('b', 1)])
    const [first, second] = cluster.asked
    expect(second?.payload).toEqual(first?.payload)
    expect(cluster.metadataRequests).toBe(3)
  })

  it('splits what is too large together, and refuses only what is so alone', async () => {
    cluster.limit = 1_000
    const records = [200, 300, 950, 300, 200, 400, 400].map((length, i) => record(`${i}:`.padEnd(length, 'x')))
    const failed = await write(records, true)
    expect([...failed.keys()]).toEqual([records[2]])
    expect(cluster.log.get('t/0')?.map((value) => value[0])).toEqual(['0', '1', '3', '4', '5', '6'])
    expect(writer.unsure).toBe(false)
  })

  it('writes nothing to a partition after a record that was refused, but to the others', async () => {
    const large = record('x'.repeat(1_100_000))
    const after = record('after')
    const failed = await write([record('before'), large, after, record('other', 1)])
    expect([...failed.keys()]).toEqual([large, after])
    expect([cluster.log.get('t/0'), cluster.log.get('t/1')]).toEqual([['before'], ['other']])
  })

  it('gives up at once what stays refused; nobody knows then what was written', async () => {
    cluster.fate = () => ({ error: 'INVALID_PRODUCER_EPOCH' })
    const failed = await write([record('a')])
    expect([...failed.values()]).toMatchObject([{ apiId: 'INVALID_PRODUCER_EPOCH' }])
    expect(cluster.times('produce')).toBe(1)
    expect(writer.unsure).toBe(true)
  })

  it('gives up after half a minute what is not answered', async () => {
    cluster.fate = () => 'lost'
    expect((await write([record('a'), record('b')])).size).toBe(2)
    expect(cluster.times('produce')).toBe(31)
    expect(writer.unsure).toBe(true)
  })
})

describe('byPartition', () => {
  it('keeps the order of each partition, and puts keys where their hash says', async () => {
    const keyed = (key: string): RecordToSend => ({ topic: 't', key: Buffer.from(key), value: null, headers: {} })
    const other = (partitionOfKey(Buffer.from('card-1'), 3) + 1) % 3
    const found = byPartition([record('a', other), keyed('card-1'), record('b', other), keyed('card-1')], await cluster.brokers.metadata(['t']))
    expect(found.map(({ records }) => records.length)).toEqual([2, 2])
    expect(found[0]?.records.map(({ value }) => String(value))).toEqual(['a', 'b'])
  })

  it('refuses a partition that is not there', async () => {
    const metadata = await cluster.brokers.metadata(['t'])
    expect(() => byPartition([record('a', 3)], metadata)).toThrow(expect.objectContaining({ code: 'KAFKA_CLIENT' }))
  })
})
