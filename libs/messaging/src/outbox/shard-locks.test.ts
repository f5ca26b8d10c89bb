import { describe, expect, it } from 'vitest'
import { partOf, shardCount } from './shard-locks.js'

describe('the part of a relay', () => {
  it.each([1, 2, 3, 5, 16, 20])('is a fair one of %i: together they have every shard, and differ by one at the most', (relays) => {
    const parts = Array.from({ length: relays }, (_, rank) => partOf(rank, relays))
    expect(parts.reduce((sum, part) => sum + part, 0)).toBe(shardCount)
    expect(Math.max(...parts) - Math.min(...parts)).toBeLessThanOrEqual(1)
    expect(Math.max(...parts)).toBeLessThanOrEqual(Math.ceil(shardCount / relays))
  })

  it('is nothing while it is none of them', () => {
    expect(partOf(-1, 3)).toBe(0)
  })
})
