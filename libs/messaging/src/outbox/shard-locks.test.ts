import type { Client } from 'pg'
import { describe, expect, it } from 'vitest'
import { partOf, shardCount, ShardLocks } from './shard-locks.js'

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

/** The list of locks of a database, as relay 1 sees it. */
function database() {
  const locks = { relays: [1], others: [] as number[] }
  const own = new Set<number>()
  const session = {
    query(statement: string | { text: string }, values: unknown[] = []) {
      const text = typeof statement === 'string' ? statement : statement.text
      if (text.includes('pg_locks')) return Promise.resolve({ rows: [{ self: 1, relays: locks.relays, taken: [...own, ...locks.others] }] })
      const shards = values[1] as number[]
      for (const shard of shards) if (text.includes('pg_try_advisory_lock')) own.add(shard)
      else own.delete(shard)
      return Promise.resolve({ rows: shards.map((shard) => ({ shard })) })
    },
  } as unknown as Client
  return { locks, session }
}

describe('the shards of a relay', () => {
  it('are its own at once where there is no other', async () => {
    expect(await new ShardLocks(database().session).share()).toHaveLength(shardCount)
  })

  it('that another has lost are its own from the next look on, also when that was the only other: what it sent is on its way', async () => {
    const { locks, session } = database()
    locks.relays = [1, 2]
    locks.others = [8, 9, 10, 11, 12, 13, 14, 15]
    const shards = new ShardLocks(session)
    await shards.share()
    expect(await shards.share()).toHaveLength(8)
    Object.assign(locks, { relays: [1], others: [] })
    expect(await shards.share()).toEqual([])
    expect(shards.owned).toHaveLength(8)
    expect(await shards.share()).toHaveLength(8)
    expect(shards.owned).toHaveLength(shardCount)
  })
})
