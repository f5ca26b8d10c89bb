import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { MessagingError } from '../errors.js'
import type { PartitionOffset } from '../kafka/ports.js'
import { Committer } from './committer.js'

const at = (partition: number, offset: bigint): PartitionOffset => ({ topic: 't', partition, offset })
const rebalancing = new MessagingError('GROUP_REBALANCING', 'again')

function committer(commit: (offsets: readonly PartitionOffset[]) => Promise<void>) {
  const health: unknown[] = []
  const committed: (readonly PartitionOffset[])[] = []
  const spied = async (offsets: readonly PartitionOffset[]) => {
    await commit(offsets)
    committed.push(offsets)
  }
  return { health, committed, committer: new Committer({ commit: spied }, (error) => health.push(error)) }
}

describe('Committer', () => {
  it('has one commit under way; what is handled meanwhile shares the next', async () => {
    const first = Promise.withResolvers<void>()
    const { committer: c, committed } = committer(() => first.promise)
    c.mark(at(0, 1n))
    c.mark(at(0, 2n))
    c.mark(at(1, 7n))
    c.mark(at(0, 3n))
    first.resolve()
    await c.close()
    expect(committed).toEqual([[at(0, 1n)], [at(0, 3n), at(1, 7n)]])
  })

  it('commits what is marked in any turn after an earlier commit', async () => {
    const { committer: c, committed } = committer(() => Promise.resolve())
    for (let turns = 0; turns < 20; turns++) {
      c.mark(at(0, BigInt(2 * turns)))
      for (let i = 0; i < turns; i++) await Promise.resolve()
      c.mark(at(0, BigInt(2 * turns + 1)))
      await vi.waitFor(() => expect(committed.at(-1)).toEqual([at(0, BigInt(2 * turns + 1))]))
    }
  })

  it('tries again, says why, and says when it works again', async () => {
    const away = new MessagingError('KAFKA_UNAVAILABLE', 'away')
    let failures = 3
    const { committer: c, committed, health } = committer(() => (failures-- > 0 ? Promise.reject(away) : Promise.resolve()))
    c.mark(at(0, 1n))
    await c.close()
    expect(committed).toEqual([[at(0, 1n)]])
    expect(health).toEqual([away, away, away, null])
  })

  it('does not commit for a partition that went while a commit failed', async () => {
    let failures = 1
    const { committer: c, committed } = committer(() => (failures-- > 0 ? Promise.reject(rebalancing) : Promise.resolve()))
    c.mark(at(0, 1n))
    c.mark(at(1, 1n))
    c.forget(at(0, 1n))
    await c.close()
    expect(committed).toEqual([[at(1, 1n)]])
  })

  it('that is closed during a rebalance waits for its end, and commits then: nothing is handled again for that', async () => {
    let failures = 4
    const { committer: c, committed } = committer(() => (failures-- > 0 ? Promise.reject(rebalancing) : Promise.resolve()))
    c.mark(at(0, 1n))
    await c.close()
    expect(committed).toEqual([[at(0, 1n)]])
  })

  it.each([
    ['fails', () => Promise.reject(rebalancing)],
    ['does not answer', () => new Promise<void>(() => undefined)],
  ])('closes within seconds when the commit %s, and commits nothing after that', async (_, commit) => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const tried: unknown[] = []
    const { committer: c } = committer((offsets) => {
      tried.push(offsets)
      return commit()
    })
    c.mark(at(0, 1n))
    const closed = c.close()
    await vi.advanceTimersByTimeAsync(2_000)
    await closed
    const before = tried.length
    c.mark(at(0, 2n))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(tried).toHaveLength(before)
  })
})
