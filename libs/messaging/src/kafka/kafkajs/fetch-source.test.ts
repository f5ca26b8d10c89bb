import { beforeEach, describe, expect, it } from 'vitest'
import { nameOf } from '../ports.js'
import type { KafkajsCluster } from './cluster.js'
import { KafkajsFetchSource } from './fetch-source.js'
import type { FetchedPartition, Node } from './protocol.js'

/** Values by offset; null: an offset whose record compaction has taken. */
const logs: (string | null)[][] = []
/** What a broker, or the client, says of a partition instead of its records. */
const refusals = new Map<number, Error>()
/** Partitions by request, and the bytes that were asked for of each. */
const requests: { readonly partitions: number[]; readonly bytes: number }[] = []
/** What becomes of the question for such a partition alone. */
let whenAlone: Error | null = null
/** How many partitions a broker's answer has room for. */
let room = Infinity

function fetched(partition: number, from: number): FetchedPartition {
  const log = logs[partition] ?? []
  const found = log.flatMap((value, offset) =>
    value === null || offset < from ? [] : [{
      offset: String(offset), timestamp: '0', key: null, value: Buffer.from(value), headers: {}, isControlRecord: false,
      batchContext: { firstOffset: String(offset), lastOffsetDelta: 0, producerId: '-1', inTransaction: false },
    }],
  )
  const messages = found.length > 0 && room-- <= 0 ? [] : found
  return { partition, highWatermark: String(log.length), lastStableOffset: String(log.length), abortedTransactions: [], messages }
}

const node = {
  fetch: ({ topics }: Parameters<Node['fetch']>[0]) => {
    const asked = topics.flatMap(({ partitions }) => partitions)
    requests.push({ partitions: asked.map(({ partition }) => partition), bytes: asked[0]?.maxBytes ?? 0 })
    const refusal = asked.map(({ partition }) => refusals.get(partition)).find((each) => each !== undefined)
    if (refusal) return Promise.reject(asked.length === 1 ? (whenAlone ?? refusal) : refusal)
    return Promise.resolve({ responses: [{ topicName: 't', partitions: asked.map(({ partition, fetchOffset }) => fetched(partition, Number(fetchOffset))) }] })
  },
  offsetFetch: () => Promise.resolve({ responses: [{ topic: 't', partitions: [{ partition: 0, offset: '7' }, { partition: 1, offset: '-1' }] }] }),
} as unknown as Node

const cluster = {
  know: () => Promise.resolve([]),
  leaderOf: ({ partition }: { partition: number }) => {
    if (partition > 0) throw new Error('no leader')
    return 1
  },
  node: () => Promise.resolve(node),
  coordinator: () => Promise.resolve(node),
} as unknown as KafkajsCluster
const source = new KafkajsFetchSource(cluster, 'g')

beforeEach(() => {
  logs.length = 0
  requests.length = 0
  refusals.clear()
  room = Infinity
  whenAlone = null
})

const at = (partition: number, offset = 0n) => ({ topic: 't', partition, offset })

/** Values by partition, or what was said instead of them, and where reading goes on. */
async function answers(...asked: ReturnType<typeof at>[]): Promise<unknown[]> {
  const answered = await source.fetch(1, asked)
  return asked.map((each) => {
    const answer = answered.get(nameOf(each))
    if (answer === undefined || answer === 'gone') return answer
    return answer instanceof Error ? answer.message : [answer.records.map(({ value }) => String(value)).join(), Number(answer.next)]
  })
}

describe('a partition that is refused', () => {
  it.each<[string, Error, string]>([
    ['by a broker', Object.assign(new Error('not there'), { type: 'UNKNOWN_TOPIC_OR_PARTITION', retriable: true }), 'not there'],
    ['for it has no such offset', Object.assign(new Error('out of range'), { type: 'OFFSET_OUT_OF_RANGE', retriable: false }), 'gone'],
    ['for its compression', Object.assign(new Error('LZ4 compression not implemented'), { name: 'KafkaJSNotImplemented' }), 'LZ4 compression not implemented'],
  ])('%s holds up no other, and is named, alone or not', async (_, refusal, said) => {
    logs.push(['a0'], ['b0'], ['c0'])
    refusals.set(1, refusal)
    expect(await answers(at(0), at(1), at(2))).toEqual([['a0', 1], said, ['c0', 1]])
    expect(await answers(at(1))).toEqual([said])
  })

  it('is not what an answer that does not come is about', async () => {
    refusals.set(0, Object.assign(new Error('timed out'), { name: 'KafkaJSRequestTimeoutError' }))
    await expect(source.fetch(1, [at(0), at(1)])).rejects.toThrow('timed out')
    expect(requests).toHaveLength(1)
  })

  it('is not known when no answer comes to the question for it alone', async () => {
    refusals.set(0, Object.assign(new Error('not there'), { type: 'UNKNOWN_TOPIC_OR_PARTITION' }))
    whenAlone = Object.assign(new Error('timed out'), { name: 'KafkaJSRequestTimeoutError' })
    await expect(source.fetch(1, [at(0), at(1)])).rejects.toThrow('timed out')
  })
})

describe('offsets that compaction has emptied', () => {
  it('are gone past, to the next record or to the end', async () => {
    logs.push(['a0', null, null, null], ['b0', null, 'b2'], ['c0'])
    expect(await answers(at(0, 1n), at(1, 1n), at(2))).toEqual([['', 4], ['b2', 3], ['c0', 1]])
  })

  it('are not what an answer has no room for', async () => {
    logs.push(['a0'], ['b0'], [null, null])
    room = 1
    expect(await answers(at(0), at(1), at(2))).toEqual([['a0', 1], ['', 0], ['', 0]])
    expect(requests.map(({ partitions }) => partitions)).toEqual([[0, 1, 2]])
  })

  it('are looked at with all that is there only when a part of it did not tell', async () => {
    logs.push([null, null])
    await answers(at(0))
    expect(requests.map(({ partitions, bytes }) => [partitions, bytes / 1024 / 1024])).toEqual([[[0], 1], [[0], 1], [[0], 64]])
  })
})

it('tells where the group has left off, and who leads what, of those that are known', async () => {
  expect([...(await source.committed([at(0), at(1)]))]).toEqual([['t/0', 7n]])
  expect([...(await source.leaders([at(0), at(1)]))]).toEqual([['t/0', { node: 1, topicId: null }], ['t/1', expect.objectContaining({ message: expect.stringContaining('no leader') as string })]])
})
