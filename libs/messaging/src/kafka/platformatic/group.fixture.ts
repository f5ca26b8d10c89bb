import { EventEmitter } from 'node:events'
import type { PartitionOffset } from '../ports.js'
import type { Brokers } from './brokers.js'

interface Log {
  /** Values by offset, from offset 0. */
  readonly values: string[]
  first?: bigint
  leader?: number
  /** A broker's answer for this partition. */
  errorCode?: number
}

/** A group's coordinator and the brokers, as the client shows them. */
export const cluster = {
  partitions: [] as Log[],
  committed: new Map<number, bigint>(),
  /** null: does not answer. */
  coordinator: 'well' as Error | 'well' | null,
  commits: [] as { partition: number; offset: bigint }[],
  /** Brokers answer a fetch, as it was when it was asked for, after this. */
  answering: Promise.resolve(),
  /** Partitions of every request. */
  fetches: [] as number[][],
}

export class FakeClient extends EventEmitter {
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
  metadata = () =>
    Promise.resolve({
      topics: new Map([['t', { id: 'id-of-t', partitions: cluster.partitions.map(({ leader = 1 }) => ({ leader })) }]]),
      brokers: new Map([1, 2].map((node) => [node, { host: 'localhost', port: node }])),
    })
}

export async function fetched(partitions: readonly PartitionOffset[]) {
  cluster.fetches.push(partitions.map(({ partition }) => partition))
  const answers = await Promise.all(partitions.map(({ partition, offset }) => answer(partition, offset)))
  await Promise.all([cluster.answering, new Promise((resolve) => setTimeout(resolve, 5))])
  return new Map([['t', answers]])
}

async function coordinator(): Promise<void> {
  if (cluster.coordinator === null) await new Promise(() => undefined)
  if (cluster.coordinator instanceof Error) throw cluster.coordinator
}

async function answer(partitionIndex: number, from: bigint) {
  const { values, errorCode = 0, first = 0n } = cluster.partitions[partitionIndex]!
  const end = BigInt(values.length)
  const refused = from < first || from > end ? 1 : errorCode
  const records = refused !== 0 || from >= end ? Buffer.alloc(0) : await batch(from, values.slice(Number(from)))
  return { partitionIndex, errorCode: refused, highWatermark: end, lastStableOffset: end, abortedTransactions: [], records }
}

async function batch(firstOffset: bigint, values: readonly string[]): Promise<Buffer> {
  const records = values.map((value) => ({ topic: 't', key: null, value: Buffer.from(value), headers: {} }))
  // Loaded late: it loads what this stands in for.
  const { recordBatch } = await import('./record-batch.js')
  const bytes = await recordBatch(records, { producerId: -1n, epoch: -1, sequence: -1, transactional: false, compression: 'none', timestamp: 0 })
  bytes.writeBigInt64BE(firstOffset, 0)
  return bytes
}

/** They answer by the fakes above. */
export const brokers = { use: () => undefined, release: () => Promise.resolve(), at: (_: unknown, request: () => unknown) => request() } as unknown as Brokers
