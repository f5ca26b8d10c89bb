import { cards, ContractError, customers } from '@swipestream/contracts'
import { describe, expect, it, vi } from 'vitest'
import type { Follower, FollowerSink, KafkaClient, TopicPartition } from '../kafka/ports.js'
import { Tables } from './tables.js'

/** A cluster in memory, as far as tables see it: topics of two partitions. */
function cluster({ prepare = (): Promise<void> | undefined => undefined } = {}) {
  const follows: (TopicPartition & { from: bigint | null })[] = []
  const unfollowed: TopicPartition[] = []
  const troubles: string[] = []
  const told = { skipped: 0, released: 0 }
  let sink: FollowerSink | undefined
  const follower: Follower = {
    follow: (at, from) => void follows.push({ ...at, from: from ?? null }),
    unfollow: (at) => void unfollowed.push(at),
    close: () => Promise.resolve(),
  }
  const client = {
    follower: (given: FollowerSink) => ((sink = given), follower),
    reader: () => ({ bounds: () => Promise.resolve([{}, {}]), close: () => Promise.resolve() }),
  } as unknown as KafkaClient
  const tables = new Tables(
    {
      client,
      schemas: { prepare, decode: (_topic, bytes) => ({ is: bytes.toString() }) as never },
      physical: (name) => `ns.${name}`,
      observe: {
        trouble: (part, error) => void troubles.push(`${part}: ${error?.message ?? 'well'}`),
        held: () => undefined,
        skipped: () => told.skipped++,
        released: () => told.released++,
      },
    },
    [cards],
  )
  const write = (topic: string, partition: number, offset: number, key: string, value: string | null) => {
    const at = { topic: `ns.${topic}`, partition }
    const record = { ...at, offset: BigInt(offset), timestamp: 0, key: Buffer.from(key), value: value === null ? null : Buffer.from(value), headers: {} }
    sink?.records(at, [record], { next: BigInt(offset) + 1n, end: BigInt(offset) + 1n })
  }
  return { tables, follows, unfollowed, troubles, told, write, nothingIn: (topic: string, partition: number) => sink?.records({ topic: `ns.${topic}`, partition }, [], { next: 0n, end: 0n }) }
}

describe('a table that is read whole', () => {
  it('has the keys of all partitions, and is loaded when all of them are', async () => {
    const { tables, follows, write, nothingIn } = cluster()
    const loaded = tables.load()
    await vi.waitFor(() => expect(follows).toHaveLength(2))
    write('cards', 1, 0, 'a', '1')
    nothingIn('cards', 0)
    expect(await loaded).toBe(true)
    write('cards', 0, 0, 'b', '2')
    const table = tables.of(cards)
    expect([table.get('a'), table.get('b'), table.get('c'), table.size, [...table.values()]]).toEqual([{ is: '1' }, { is: '2' }, undefined, 2, [{ is: '2' }, { is: '1' }]])
  })

  it('tells what changed', async () => {
    const { tables, follows, write } = cluster()
    const changes: string[] = []
    tables.onChange(cards, (keys) => changes.push(...keys))
    void tables.load()
    await vi.waitFor(() => expect(follows).toHaveLength(2))
    write('cards', 0, 0, 'a', '1')
    write('cards', 0, 1, 'a', null)
    expect(changes).toEqual(['a', 'a'])
  })

  it('is not loaded when it is closed before', async () => {
    const { tables, follows, nothingIn } = cluster()
    const loaded = tables.load()
    await vi.waitFor(() => expect(follows).toHaveLength(2))
    await tables.close()
    for (const partition of [0, 1]) nothingIn('cards', partition)
    expect(await loaded).toBe(false)
  })

  it('must be listed', () => {
    expect(() => cluster().tables.of(customers)).toThrow('List customers under `tables`')
  })
})

describe('tables of a partition', () => {
  it('have what others wrote of its keys, until they are released', async () => {
    const { tables, unfollowed, told, write } = cluster()
    const { views, loaded, release } = tables.open({ people: customers }, 1)
    write('customers', 1, 0, 'k', 'v')
    await loaded
    expect(views['people']?.get('k')).toEqual({ is: 'v' })
    release()
    write('customers', 1, 1, 'k', 'later')
    expect(views['people']?.get('k')).toEqual({ is: 'v' })
    expect([unfollowed, told.released]).toEqual([[{ topic: 'ns.customers', partition: 1 }], 1])
  })

  it('are read anew when the partition comes back before it was released, and stay when it is released late', async () => {
    const { tables, follows, unfollowed, told, write } = cluster()
    const first = tables.open({ people: customers }, 1)
    write('customers', 1, 0, 'k', 'v')
    const second = tables.open({ people: customers }, 1)
    expect([follows.length, unfollowed.length]).toEqual([2, 1])
    first.release()
    expect([unfollowed.length, told.released]).toEqual([1, 0])
    write('customers', 1, 0, 'k', 'v')
    await second.loaded
    expect(second.views['people']?.get('k')).toEqual({ is: 'v' })
    second.release()
    expect([unfollowed.length, told.released]).toEqual([2, 1])
  })
})

describe('a record whose schema is not known', () => {
  it('is waited for, however often the registry fails: its partition is read on from there', async () => {
    const answers = [Promise.reject(new ContractError('REGISTRY_UNAVAILABLE', 'down')), Promise.resolve()]
    const { tables, follows, unfollowed, troubles, write } = cluster({ prepare: () => answers.shift() })
    tables.open({ people: customers }, 0)
    write('customers', 0, 7, 'k', 'v')
    expect(unfollowed).toHaveLength(1)
    await vi.waitFor(() => expect(follows.at(-1)).toEqual({ topic: 'ns.customers', partition: 0, from: 7n }))
    expect(troubles).toEqual(['schema of a record of ns.customers/0: down', 'schema of a record of ns.customers/0: well'])
  })

  it('is skipped when nobody knows it', async () => {
    const answers = [Promise.reject(new ContractError('SCHEMA_UNKNOWN', 'never heard of'))]
    const { tables, follows, told, write } = cluster({ prepare: () => answers.shift() })
    tables.open({ people: customers }, 0)
    write('customers', 0, 7, 'k', 'v')
    await vi.waitFor(() => expect(follows.at(-1)).toEqual({ topic: 'ns.customers', partition: 0, from: 8n }))
    expect(told.skipped).toBe(1)
  })

  it('that nobody knows is a change of its key, of which the table tells why it cannot be read', async () => {
    const never = new ContractError('SCHEMA_UNKNOWN', 'never heard of')
    const answers = [() => undefined, () => Promise.reject(never)]
    const { tables, follows, write } = cluster({ prepare: () => answers.shift()?.() })
    const changes: string[] = []
    tables.onChange(cards, (keys) => changes.push(...keys))
    void tables.load()
    await vi.waitFor(() => expect(follows).toHaveLength(2))
    write('cards', 1, 0, 'k', 'v')
    write('cards', 1, 1, 'k', 'w')
    await vi.waitFor(() => expect(changes).toEqual(['k', 'k']))
    const table = tables.of(cards)
    expect([table.get('k'), table.unreadableBecause('k'), table.unreadableBecause('other')]).toEqual([undefined, never, undefined])
  })

  it('is waited for no more when its partition is released', async () => {
    const answer = Promise.withResolvers<void>()
    const answers = [answer.promise]
    const { tables, follows, troubles, write } = cluster({ prepare: () => answers.shift() })
    const { release } = tables.open({ people: customers }, 0)
    write('customers', 0, 7, 'k', 'v')
    release()
    answer.resolve()
    await vi.waitFor(() => expect(troubles).toHaveLength(1))
    expect(follows).toHaveLength(1)
  })
})
