import type { Consumer as Client } from '@platformatic/kafka'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { AddedPartitions } from './added-partitions.js'

/** Number of partitions of the topic; null: no broker answers. */
let partitions: number | null
let changes: number
let added: AddedPartitions

beforeEach(() => {
  vi.useFakeTimers()
  partitions = 2
  changes = 0
  const metadata = async () => {
    if (partitions === null) throw new Error('away')
    return { topics: new Map([['t', { partitionsCount: partitions }]]) }
  }
  added = new AddedPartitions({ metadata } as unknown as Client, ['t'], () => void changes++)
})
afterEach(() => {
  added.close()
  vi.useRealTimers()
})

const look = () => vi.advanceTimersByTimeAsync(10_000)

describe('added partitions', () => {
  it('are told of by the member that shares them out', async () => {
    added.joined(true)
    await look()
    expect(changes).toBe(0)
    partitions = 3
    await look()
    expect(changes).toBe(1)
    added.joined(false)
    partitions = 4
    await look()
    expect(changes).toBe(1)
  })

  it('are looked for also when it was not known at the joining how many there were', async () => {
    partitions = null
    added.joined(true)
    await look()
    expect(changes).toBe(0)
    partitions = 3
    await look()
    expect(changes).toBe(1)
    added.joined(true)
    await look()
    expect(changes).toBe(1)
  })
})
