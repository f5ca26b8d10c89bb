import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Reader, TopicPartition } from '../kafka/ports.js'
import { LagWatch } from './lag-watch.js'

const cluster = { ends: [5n, 9n], asked: 0, away: false, closed: false }
let paused: TopicPartition[]
let grown: [number, bigint][]
let watch: LagWatch

beforeEach(() => {
  vi.useFakeTimers()
  Object.assign(cluster, { asked: 0, away: false, closed: false })
  paused = []
  grown = []
  const reader = {
    bounds: () => {
      cluster.asked++
      return cluster.away ? Promise.reject(new Error('away')) : Promise.resolve(cluster.ends.map((end) => ({ first: 0n, end })))
    },
    close: () => Promise.resolve(void (cluster.closed = true)),
  } as unknown as Reader
  watch = new LagWatch({ reader: () => reader, paused: () => paused, grown: ({ partition }, end) => grown.push([partition, end]) })
})
afterEach(async () => {
  await watch.close()
  vi.useRealTimers()
})

describe('LagWatch', () => {
  it('asks for the ends of paused partitions, once a topic, and for nothing else', async () => {
    await vi.advanceTimersByTimeAsync(20_000)
    expect(cluster.asked).toBe(0)
    paused = [0, 1].map((partition) => ({ topic: 't', partition }))
    await vi.advanceTimersByTimeAsync(5_000)
    expect(cluster.asked).toBe(1)
    expect(grown).toEqual([[0, 5n], [1, 9n]])
  })

  it('asks again when the brokers were away', async () => {
    paused = [{ topic: 't', partition: 1 }]
    cluster.away = true
    await vi.advanceTimersByTimeAsync(5_000)
    cluster.away = false
    await vi.advanceTimersByTimeAsync(5_000)
    expect(grown).toEqual([[1, 9n]])
  })

  it('closes what it has opened', async () => {
    paused = [{ topic: 't', partition: 1 }]
    await vi.advanceTimersByTimeAsync(5_000)
    await watch.close()
    expect(cluster.closed).toBe(true)
  })
})
