import { EventEmitter } from 'node:events'
import { NetworkError, ProtocolError } from '@platformatic/kafka'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ConsumerSink, KafkaRecord, TopicPartition } from '../ports.js'
import { recordBatch } from './record-batch.js'

interface Log {
  /** Values by offset, from offset 0. */
  readonly values: string[]
  first?: bigint
  leader?: number
  /** A broker's answer for this partition. */
  errorCode?: number
}

/** A group's coordinator and the brokers, as the client shows them. */
const cluster = {
  partitions: [] as Log[],
  committed: new Map<number, bigint>(),
  /** null: does not answer. */
  coordinator: 'well' as Error | 'well' | null,
  commits: [] as { partition: number; offset: bigint }[],
  /** Brokers answer a fetch, as it was when it was asked for, after this. */
  answering: Promise.resolve(),
  fetches: 0,
}

class FakeClient extends EventEmitter {
  static last: FakeClient
  memberId: string | null = null
  assignments: { topic: string; partitions: number[] }[] | null = null
  topics = { trackAll: () => undefined }
  connections = { close: () => Promise.resolve() }
  clearMetadata = () => undefined
  close = () => (cluster.coordinator === null ? new Promise<never>(() => undefined) : Promise.resolve())

  constructor() {
    super()
    FakeClient.last = this
  }
  async joinGroup() {
    await coordinator()
    this.getsAs('member-1', 0, 1)
  }
  /** The group gives this member partitions, under a name. */
  getsAs(memberId: string, ...partitions: number[]) {
    this.memberId = memberId
    this.assignments = [{ topic: 't', partitions }]
    this.emit('consumer:group:join', { memberId })
  }
  async commit({ offsets }: { offsets: typeof cluster.commits }) {
    await coordinator()
    cluster.commits.push(...offsets.map(({ partition, offset }) => ({ partition, offset })))
  }
  async listCommittedOffsets() {
    await coordinator()
    return new Map([['t', cluster.partitions.map((_, partition) => cluster.committed.get(partition) ?? -1n)]])
  }
  listOffsets = () => Promise.resolve(new Map([['t', cluster.partitions.map(({ first = 0n }) => first)]]))
  metadata = () => Promise.resolve({ brokers: new Map([1, 2].map((node) => [node, { host: 'localhost', port: node }])), topics: new Map([['t', { id: 'id-of-t', partitions: cluster.partitions.map(({ leader = 1 }) => ({ leader })) }]]) })
}

async function coordinator(): Promise<void> {
  if (cluster.coordinator === null) await new Promise(() => undefined)
  if (cluster.coordinator instanceof Error) throw cluster.coordinator
}

/** What the brokers answer. */
async function fetched(topics: readonly { readonly partitions: readonly { readonly partition: number; readonly fetchOffset: bigint }[] }[]) {
  const partitions = await Promise.all(topics.flatMap((topic) => topic.partitions).map(({ partition, fetchOffset }) => {
    const { values, errorCode = 0, first = 0n } = cluster.partitions[partition]!
    const outside = fetchOffset < first || fetchOffset > BigInt(values.length)
    return share(partition, fetchOffset, outside ? 1 : errorCode, values)
  }))
  cluster.fetches++
  await Promise.all([cluster.answering, new Promise((resolve) => setTimeout(resolve, 5))])
  return [{ topicId: 'id-of-t', partitions }]
}

async function share(partition: number, from: bigint, errorCode: number, values: readonly string[]) {
  const end = BigInt(values.length)
  const records = errorCode !== 0 ? [] : values.slice(Number(from)).map((value) => ({ topic: 't', key: null, value: Buffer.from(value), headers: {} }))
  const batches = records.length === 0 ? Buffer.alloc(0) : await recordBatch(records, { producerId: -1n, epoch: -1, sequence: -1, transactional: false, compression: 'none', timestamp: 0 })
  if (batches.length > 0) batches.writeBigInt64BE(from, 0)
  return { partition, errorCode, highWatermark: end, lastStableOffset: end, aborted: [], batches }
}

vi.mock('./fetch.js', () => ({ fetchBatches: (_brokers: unknown, _broker: unknown, { topics }: { topics: Parameters<typeof fetched>[0] }) => fetched(topics) }))
vi.mock('@platformatic/kafka', async (original) => ({
  ...(await original<typeof import('@platformatic/kafka')>()),
  Consumer: class {
    constructor() {
      return new FakeClient()
    }
  },
}))
const { PlatformaticConsumer } = await import('./consumer.js')

let consumer: InstanceType<typeof PlatformaticConsumer>
let told: string[]
let seen: string[]

beforeEach(() => {
  Object.assign(cluster, { partitions: [{ values: [] }, { values: [] }], committed: new Map(), coordinator: 'well', commits: [], answering: Promise.resolve(), fetches: 0 })
  told = []
  seen = []
  consumer = new PlatformaticConsumer({ clientId: 'c', bootstrapBrokers: ['localhost:1'] }, { groupId: 'g', topics: ['t'], sessionTimeoutMs: 6_000 })
})
afterEach(async () => {
  vi.useRealTimers()
  await consumer.close()
})

const names = (partitions: readonly TopicPartition[]) => partitions.map(({ partition }) => partition).join(',')
const sink: ConsumerSink = {
  assigned: (partitions) => {
    told.push(`assigned ${names(partitions)}`)
    for (const partition of partitions) consumer.seek(partition, null)
  },
  revoked: (partitions) => void told.push(`revoked ${names(partitions)}`),
  records: (_: TopicPartition, records: readonly KafkaRecord[]) => void seen.push(...records.map(({ value }) => String(value))),
  health: (error) => void told.push(error === null ? 'well' : `unwell: ${error.message}`),
}
const at = (partition: number) => ({ topic: 't', partition })

async function joined(): Promise<FakeClient> {
  consumer.start(sink)
  await vi.waitFor(() => expect(told).toContain('well'))
  return FakeClient.last
}

describe('a member that the group had dropped', () => {
  it('gets its partitions anew, also when they are the same: another may have had them meanwhile', async () => {
    cluster.partitions = [{ values: ['a0'] }, { values: ['b0'] }]
    const client = await joined()
    await vi.waitFor(() => expect(seen.toSorted()).toEqual(['a0', 'b0']))
    // Whoever had partition 0 meanwhile has come further; what this member would go on with is old.
    cluster.partitions = [{ values: ['a0', 'a1', 'a2'] }, { values: ['b0'] }]
    cluster.committed = new Map([[0, 2n], [1, 1n]])
    consumer.pause(at(0))
    consumer.pause(at(1))
    told.length = 0
    client.getsAs('member-2', 0, 1)
    expect(told).toEqual(['revoked 0,1', 'assigned 0,1'])
    await vi.waitFor(() => expect(seen.slice(2)).toContain('a2'))
    expect(seen.slice(-1)).toEqual(['a2'])
  })

  it('commits nothing of what it had, from the moment the client knows', async () => {
    const client = await joined()
    await consumer.commit([{ ...at(0), offset: 5n }])
    client.assignments = []
    client.memberId = null
    await consumer.commit([{ ...at(0), offset: 6n }])
    expect(cluster.commits).toEqual([{ partition: 0, offset: 5n }])
    expect(told.at(-1)).toBe('revoked 0,1')
  })
})

describe('health', () => {
  it('is not good while the coordinator is away, however well records come', async () => {
    const client = await joined()
    client.emit('consumer:heartbeat:error', { error: new NetworkError('coordinator gone') })
    cluster.partitions[0]!.values.push('a0')
    await vi.waitFor(() => expect(seen).toEqual(['a0']))
    await vi.waitFor(() => expect(told.at(-1)).toContain('coordinator gone'))
    client.emit('consumer:heartbeat:end')
    expect(told.at(-1)).toBe('well')
  })

  it('is not good before the group is joined', async () => {
    cluster.coordinator = new NetworkError('nobody there')
    consumer.start(sink)
    await vi.waitFor(() => expect(told).toHaveLength(1))
    expect(told[0]).toContain('nobody there')
    cluster.coordinator = 'well'
    await vi.waitFor(() => expect(told.at(-1)).toBe('well'))
  })

  it('is good during a rebalance: that is no trouble, and a commit then says what it is', async () => {
    const client = await joined()
    cluster.coordinator = new ProtocolError('REBALANCE_IN_PROGRESS')
    client.emit('error', cluster.coordinator)
    await expect(consumer.commit([{ ...at(0), offset: 1n }])).rejects.toMatchObject({ code: 'GROUP_REBALANCING', kind: 'transient' })
    expect(told.filter((each) => each.startsWith('unwell'))).toEqual([])
  })
})

describe('a partition that cannot be read', () => {
  it('leaves the others of its broker their records, is told, and is read again when it can be', async () => {
    cluster.partitions = [{ values: ['a0'], errorCode: 6 }, { values: ['b0'] }]
    await joined()
    await vi.waitFor(() => expect(seen).toEqual(['b0']))
    expect(told.at(-1)).toContain('t/0')
    cluster.partitions[1]!.values.push('b1')
    await vi.waitFor(() => expect(seen).toEqual(['b0', 'b1']))
    delete cluster.partitions[0]!.errorCode
    await vi.waitFor(() => expect(seen).toEqual(['b0', 'b1', 'a0']))
    expect(told.at(-1)).toBe('well')
  })

  it('for it has no leader leaves the others theirs', async () => {
    cluster.partitions = [{ values: ['a0'], leader: -1 }, { values: ['b0'] }]
    await joined()
    await vi.waitFor(() => expect(seen).toEqual(['b0']))
    expect(told.at(-1)).toContain('no leader')
    cluster.partitions[0]!.leader = 2
    await vi.waitFor(() => expect(seen).toEqual(['b0', 'a0']))
    expect(told.at(-1)).toBe('well')
  })

  it('that is gone is no trouble any more', async () => {
    cluster.partitions = [{ values: [], errorCode: 6 }, { values: [] }]
    const client = await joined()
    await vi.waitFor(() => expect(told.at(-1)).toContain('t/0'))
    client.getsAs('member-1', 1)
    await vi.waitFor(() => expect(told.at(-1)).toBe('revoked 0'))
    expect(told.filter((each) => each.includes('well')).at(-1)).toBe('well')
  })

  it('where the group left off is read from its first record, and that is told', async () => {
    cluster.partitions = [{ values: ['a0', 'a1', 'a2'], first: 2n }, { values: [] }]
    cluster.committed = new Map([[0, 1n]])
    await joined()
    await vi.waitFor(() => expect(seen).toEqual(['a2']))
    expect(told.find((each) => each.startsWith('unwell'))).toContain('records were lost')
    expect(told.at(-1)).toBe('well')
  })
})

describe('seek', () => {
  /** A member of one partition, with the answer to a fetch under way. */
  async function fetching(): Promise<{ answers: () => void }> {
    cluster.partitions = [{ values: ['a0', 'a1', 'a2'] }]
    const { promise, resolve } = Promise.withResolvers<void>()
    cluster.answering = promise
    const client = await joined()
    client.getsAs('member-1', 0)
    await vi.waitFor(() => expect(cluster.fetches).toBe(1))
    // What is asked for from here on is answered with these.
    cluster.partitions = [{ values: ['b0', 'b1', 'b2'] }]
    return { answers: resolve }
  }

  it.each([
    ['another offset', 1n, ['b1', 'b2']],
    ['the same offset', 0n, ['b0', 'b1', 'b2']],
    ['where the group left off, elsewhere', null, ['b2']],
  ])('to %s: an answer that was asked for before it comes no more', async (_, offset, expected) => {
    const { answers } = await fetching()
    cluster.committed = new Map([[0, 2n]])
    consumer.seek(at(0), offset)
    answers()
    await vi.waitFor(() => expect(seen).toEqual(expected))
  })

  it('to where the group left off, when that is where it was: an answer that was asked for before it comes no more', async () => {
    const { answers } = await fetching()
    consumer.seek(at(0), null)
    await vi.waitFor(() => Promise.resolve())
    answers()
    await vi.waitFor(() => expect(seen).toEqual(['b0', 'b1', 'b2']))
  })

  it('keeps a paused partition paused, and commits go on', async () => {
    const { answers } = await fetching()
    consumer.pause(at(0))
    consumer.seek(at(0), 1n)
    answers()
    await consumer.commit([{ ...at(0), offset: 1n }])
    expect(cluster.commits).toEqual([{ partition: 0, offset: 1n }])
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(seen).toEqual([])
    consumer.resume(at(0))
    await vi.waitFor(() => expect(seen).toEqual(['b1', 'b2']))
  })

  it('again while the last one is being looked up: the last one holds', async () => {
    const { answers } = await fetching()
    answers()
    await vi.waitFor(() => expect(seen.length).toBeGreaterThan(0))
    seen.length = 0
    consumer.seek(at(0), null)
    consumer.seek(at(0), 2n)
    await vi.waitFor(() => expect(seen).toEqual(['b2']))
  })

  it('of a partition that is not held does nothing', async () => {
    await joined()
    consumer.seek(at(7), 3n)
    await consumer.commit([{ ...at(7), offset: 3n }])
    expect(cluster.commits).toEqual([])
  })
})

describe('close', () => {
  it('does not wait for brokers that do not answer', async () => {
    await joined()
    vi.useFakeTimers()
    cluster.coordinator = null
    FakeClient.last.getsAs('member-2', 0, 1)
    await vi.advanceTimersByTimeAsync(10)
    const closed = consumer.close()
    await vi.advanceTimersByTimeAsync(10_000)
    await closed
    told.length = 0
    FakeClient.last.getsAs('member-3', 0, 1)
    expect(told).toEqual([])
  })
})
