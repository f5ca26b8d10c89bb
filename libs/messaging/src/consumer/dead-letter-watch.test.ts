import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Reader } from '../kafka/ports.js'
import { DeadLetterWatch } from './dead-letter-watch.js'

const cluster = { bounds: new Map<string, { first: bigint; end: bigint }>(), closed: false }
let found: [string, number][]
let watch: DeadLetterWatch

beforeEach(() => {
  vi.useFakeTimers()
  Object.assign(cluster, { bounds: new Map([['a.dlq', { first: 2n, end: 5n }], ['b.dlq', { first: 0n, end: 0n }]]), closed: false })
  found = []
  const reader = {
    bounds: (topic: string) => {
      const bounds = cluster.bounds.get(topic)
      return bounds === undefined ? Promise.reject(new Error('away')) : Promise.resolve([bounds])
    },
    close: () => Promise.resolve(void (cluster.closed = true)),
  } as unknown as Reader
  watch = new DeadLetterWatch({ reader: () => reader, topics: ['a', 'b'], found: (topic, records) => found.push([topic, records]) })
  watch.start()
})
afterEach(async () => {
  await watch.close()
  vi.useRealTimers()
})

describe('DeadLetterWatch', () => {
  it('says how much stands on the dead-letter topic of each topic, again and again', async () => {
    await vi.advanceTimersByTimeAsync(30_000)
    expect(found).toEqual([['a', 3], ['b', 0]])
    cluster.bounds.set('b.dlq', { first: 0n, end: 1n })
    await vi.advanceTimersByTimeAsync(30_000)
    expect(found.slice(2)).toEqual([['a', 3], ['b', 1]])
  })

  it('says nothing of a topic that cannot be asked for, and asks again', async () => {
    cluster.bounds.delete('a.dlq')
    await vi.advanceTimersByTimeAsync(30_000)
    expect(found).toEqual([['b', 0]])
    cluster.bounds.set('a.dlq', { first: 0n, end: 1n })
    await vi.advanceTimersByTimeAsync(30_000)
    expect(found.slice(1)).toEqual([['a', 1], ['b', 0]])
  })

  it('closes what it has opened, and asks no more', async () => {
    await vi.advanceTimersByTimeAsync(30_000)
    await watch.close()
    await vi.advanceTimersByTimeAsync(90_000)
    expect(cluster.closed).toBe(true)
    expect(found).toHaveLength(2)
  })
})
