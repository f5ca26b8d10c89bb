import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nameOf } from '../ports.js'
import type { KafkajsCluster } from './cluster.js'
import { FetchLoop } from './fetch-loop.js'
import type { FetchedPartition, Node } from './protocol.js'

/** Values by offset; null: an offset whose record compaction has taken. */
const logs: (string | null)[][] = []
/** What a broker, or the client, says of a partition instead of its records. */
const refusals = new Map<number, Error>()
const requests: number[][] = []
const committed = new Map<number, number>()
const at = (partition: number) => ({ topic: 't', partition })

function fetched(partition: number, from: number): FetchedPartition {
  const log = logs[partition] ?? []
  const messages = log.flatMap((value, offset) =>
    value === null || offset < from ? [] : [{
      offset: String(offset), timestamp: '0', key: null, value: Buffer.from(value), headers: {}, isControlRecord: false,
      batchContext: { firstOffset: String(offset), lastOffsetDelta: 0, producerId: '-1', inTransaction: false },
    }],
  )
  return { partition, highWatermark: String(log.length), lastStableOffset: String(log.length), abortedTransactions: [], messages }
}

const node = {
  fetch: async ({ topics }: Parameters<Node['fetch']>[0]) => {
    await new Promise((resolve) => setTimeout(resolve, 5))
    const asked = topics.flatMap(({ partitions }) => partitions)
    requests.push(asked.map(({ partition }) => partition))
    for (const { partition } of asked) if (refusals.has(partition)) throw refusals.get(partition)
    return { responses: [{ topicName: 't', partitions: asked.map(({ partition, fetchOffset }) => fetched(partition, Number(fetchOffset))) }] }
  },
  offsetFetch: async () => ({ responses: [{ topic: 't', partitions: logs.map((_, partition) => ({ partition, offset: String(committed.get(partition) ?? -1) })) }] }),
} as unknown as Node

const cluster = {
  know: async () => [],
  leaderOf: () => 1,
  noteFailure: () => undefined,
  node: async () => node,
  coordinator: async () => node,
  offsets: async () => logs.map(() => 0n),
} as unknown as KafkajsCluster

let loop: FetchLoop
let seen: string[]
let progress: [string, bigint][]
let troubles: Map<string, string>

beforeEach(() => {
  logs.length = 0
  requests.length = 0
  for (const map of [refusals, committed]) map.clear()
  seen = []
  progress = []
  troubles = new Map()
  loop = new FetchLoop({
    cluster,
    groupId: 'g',
    records: (partition, records, { next }) => {
      seen.push(...records.map(({ value }) => String(value)))
      progress.push([nameOf(partition), next])
    },
    trouble: (part, error) => void (error ? troubles.set(part, error.code) : troubles.delete(part)),
  })
})
afterEach(() => loop.close())

function read(...partitions: number[]): void {
  for (const partition of partitions) {
    loop.add(at(partition))
    loop.seek(at(partition), null)
  }
}

describe('a partition', () => {
  it('is read from where the group has committed, else from its beginning, and not before it is sought', async () => {
    logs.push(['a0', 'a1'], ['b0', 'b1'], ['c0'])
    committed.set(1, 1)
    loop.add(at(2))
    read(0, 1)
    await vi.waitFor(() => expect(seen.toSorted()).toEqual(['a0', 'a1', 'b1']))
    expect(requests.flat()).not.toContain(2)
  })

  it('is read on behind offsets that compaction has emptied to the end', async () => {
    logs.push(['a0', null, null, null], ['b0'])
    read(0, 1)
    await vi.waitFor(() => expect(progress).toContainEqual(['t/0', 4n]))
    logs[0]?.push('a4')
    await vi.waitFor(() => expect(seen).toContain('a4'))
  })

  it('that is refused holds up no other, is named, and is read on when it is well again', async () => {
    logs.push(['a0'], ['b0'], ['c0'])
    refusals.set(1, Object.assign(new Error('not there'), { type: 'UNKNOWN_TOPIC_OR_PARTITION', retriable: true }))
    read(0, 1, 2)
    await vi.waitFor(() => expect(seen.toSorted()).toEqual(['a0', 'c0']))
    await vi.waitFor(() => expect([...troubles]).toEqual([['t/1', 'KAFKA_TOPIC_MISSING']]))
    logs[0]?.push('a1')
    await vi.waitFor(() => expect(seen).toContain('a1'))
    refusals.clear()
    await vi.waitFor(() => expect(seen).toContain('b0'))
    expect(troubles.size).toBe(0)
  })

  it('whose compression the client does not know is said to be so', async () => {
    logs.push(['a0'], ['b0'])
    refusals.set(1, Object.assign(new Error('LZ4 compression not implemented'), { name: 'KafkaJSNotImplemented' }))
    read(0, 1)
    await vi.waitFor(() => expect([...troubles]).toEqual([['t/1', 'KAFKA_UNSUPPORTED']]))
    expect(seen).toEqual(['a0'])
  })

  it('whose offset is gone is read from its beginning, and that is said', async () => {
    logs.push(['a0'])
    committed.set(0, 7)
    refusals.set(0, Object.assign(new Error('out of range'), { type: 'OFFSET_OUT_OF_RANGE', retriable: false }))
    const told = vi.spyOn(troubles, 'set')
    read(0)
    await vi.waitFor(() => expect(told).toHaveBeenCalledWith('t/0', 'KAFKA_CLIENT'))
    refusals.clear()
    await vi.waitFor(() => expect(seen).toEqual(['a0']))
  })

  it('that has gone, or was sought elsewhere, gets nothing of a request that is under way', async () => {
    logs.push(['a0', 'a1'], ['b0'])
    read(0, 1)
    loop.seek(at(0), 1n)
    loop.remove(at(1))
    await vi.waitFor(() => expect(seen).toEqual(['a1']))
    loop.seek(at(0), 0n)
    loop.seek(at(0), 1n)
    await vi.waitFor(() => expect(seen).toEqual(['a1', 'a1']))
  })
})
