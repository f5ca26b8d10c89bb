import { cardProfiles, ContractError } from '@swipestream/contracts'
import { describe, expect, it } from 'vitest'
import type { KafkaRecord, Reader } from '../kafka/ports.js'
import { StateStore, type StateSource } from './state-store.js'

type Written = readonly [key: string | null, value: string | null, timestamp?: number]

/** Topics by name: as many partitions as lists, each with its records. */
function readerOf(topics: Readonly<Record<string, readonly (readonly Written[])[]>>): Reader {
  const log = (topic: string, partition: number): KafkaRecord[] =>
    (topics[topic]?.[partition] ?? []).map(([key, value, timestamp = 0], i) => ({
      topic, partition, offset: BigInt(i), timestamp, key: key === null ? null : Buffer.from(key), value: value === null ? null : Buffer.from(value), headers: {},
    }))
  return {
    bounds: (topic) => Promise.resolve((topics[topic] ?? []).map((records) => ({ first: 0n, end: BigInt(records.length) }))),
    written: () => Promise.resolve([]),
    offsetsAt: () => Promise.resolve([]),
    async *read({ topic, partition }, from, to) {
      for (const record of log(topic, partition)) if (record.offset >= from && record.offset < to) yield [record]
    },
    close: () => Promise.resolve(),
  }
}

function sourceOf(skipped: bigint[] = []): StateSource {
  return {
    schemas: {
      prepare: () => undefined,
      decode: (_, bytes) => {
        if (bytes.toString() === 'garbage') throw new ContractError('AVRO_UNDECODABLE', 'no')
        return { card_id: bytes.toString() } as never
      },
    },
    consumed: 'ns.in',
    physical: (name) => `ns.${name}`,
    onSkipped: ({ offset }) => skipped.push(offset),
  }
}

async function restored(records: readonly Written[], { consumed = 1, state = 1, ttlMs = Number.POSITIVE_INFINITY } = {}) {
  const skipped: bigint[] = []
  const reader = readerOf({ 'ns.in': Array.from({ length: consumed }, () => []), [`ns.${cardProfiles.name}`]: Array.from({ length: state }, (_, i) => (i === 0 ? records : [])) })
  const store = new StateStore({ profiles: cardProfiles }, 0, sourceOf(skipped), ttlMs)
  const count = await store.restore(reader, consumed)
  return { store, count, skipped, get: (key: string) => store.views.profiles.get(key)?.card_id }
}

describe('a state that is restored', () => {
  it('is what was written last under each key; a tombstone ends it', async () => {
    const { count, get } = await restored([['a', 'a1'], ['b', 'b1'], ['a', 'a2'], ['b', null], ['c', null], ['c', 'c1'], [null, 'x']])
    expect([count, get('a'), get('b'), get('c')]).toEqual([7, 'a2', undefined, 'c1'])
  })

  it('says how far it is, in offsets', async () => {
    const told: number[][] = []
    const reader = readerOf({ 'ns.in': [[]], [`ns.${cardProfiles.name}`]: [[['a', 'a1'], ['a', 'a2'], ['b', 'b1']]] })
    await new StateStore({ profiles: cardProfiles }, 0, sourceOf()).restore(reader, 1, (...progress) => told.push(progress))
    expect(told).toEqual([[1, 3], [2, 3], [3, 3]])
  })

  it('has nothing under a key whose last record cannot be read: not what stood there before', async () => {
    const { skipped, get } = await restored([['a', 'a1'], ['a', 'garbage'], ['b', 'garbage'], ['b', 'b2']])
    expect([get('a'), get('a'), get('b'), skipped]).toEqual([undefined, undefined, 'b2', [1n]])
  })

  it.each([
    ['more', { consumed: 2, state: 3 }],
    ['fewer', { consumed: 2, state: 1 }],
    ['no', { consumed: 1, state: 0 }],
  ])('is refused when its topic has %s partitions than the topic consumed: keys would not find their state', async (_, counts) => {
    await expect(restored([], counts)).rejects.toMatchObject({ code: 'STATE_PARTITIONS_DIFFER', kind: 'fatal' })
  })
})

describe('what a batch sets', () => {
  const profile = (card: string) => ({ card_id: card }) as never

  it('is seen at once, published to the partition of the state, and gone when the batch fails', () => {
    const store = new StateStore({ profiles: cardProfiles }, 3, sourceOf())
    store.views.profiles.set(profile('a'))
    expect(store.views.profiles.get('a')).toEqual(profile('a'))
    expect(store.changes(0)).toMatchObject([{ key: 'a', partition: 3, value: profile('a') }])
    store.drop()
    expect([store.views.profiles.get('a'), store.changes(0)]).toEqual([undefined, []])
    store.views.profiles.set(profile('a'))
    store.keep(0)
    expect([store.views.profiles.get('a'), store.changes(0)]).toEqual([profile('a'), []])
  })
})

describe('what a batch removes', () => {
  const told = (changes: readonly { key: string; value: unknown; partition?: number }[]) => changes.map(({ key, value, partition }) => [key, value, partition])

  it('is gone at once, by a tombstone in the partition of the state, and there again when the batch fails', async () => {
    const { store, get } = await restored([['a', 'a1'], ['b', 'b1']])
    store.views.profiles.delete('a')
    expect([get('a'), told(store.changes(0))]).toEqual([undefined, [['a', null, 0]]])
    store.drop()
    expect([get('a'), store.changes(0)]).toEqual(['a1', []])
    store.views.profiles.delete('a')
    store.keep(0)
    expect([get('a'), get('b'), store.changes(0)]).toEqual([undefined, 'b1', []])
  })

  it('can be set again by the same batch; what was never there leaves nothing behind', async () => {
    const { store, get } = await restored([['a', 'a1']])
    store.views.profiles.delete('a')
    store.views.profiles.set({ card_id: 'a' } as never)
    store.views.profiles.set({ card_id: 'x' } as never)
    store.views.profiles.delete('x')
    store.views.profiles.delete('y')
    expect([get('a'), get('x'), told(store.changes(0)).map(([key]) => key)]).toEqual(['a', undefined, ['a']])
  })
})

describe('a key that is not written for longer than the state lives', () => {
  const set = (store: Awaited<ReturnType<typeof restored>>['store'], key: string) => store.views.profiles.set({ card_id: key } as never)
  const told = (changes: readonly { key: string; value: unknown }[]) => changes.map(({ key, value }) => (value === null ? `-${key}` : `+${key}`))

  it('is removed with the next batch, by a tombstone in its partition', async () => {
    const { store, get } = await restored([['a', 'a1', 100], ['b', 'b1', 200], ['c', 'c1', 300]], { ttlMs: 1_000 })
    set(store, 'x')
    const changes = store.changes(1_250)
    expect([told(changes), changes.map(({ partition }) => partition)]).toEqual([['+x', '-a', '-b'], [0, 0, 0]])
    store.keep(1_250)
    expect([get('a'), get('b'), get('c'), told(store.changes(1_250))]).toEqual([undefined, undefined, 'c1', []])
  })

  it('stays when the batch sets it, and from then on for as long again', async () => {
    const { store, get } = await restored([['a', 'a1', 100], ['b', 'b1', 200]], { ttlMs: 1_000 })
    set(store, 'a')
    expect(told(store.changes(1_250))).toEqual(['+a', '-b'])
    store.keep(1_250)
    expect([get('a'), told(store.changes(2_250)), told(store.changes(2_251))]).toEqual(['a', [], ['-a']])
  })

  it('stays when the batch fails, and goes with the next', async () => {
    const { store, get } = await restored([['a', 'a1', 100]], { ttlMs: 1_000 })
    expect(told(store.changes(1_200))).toEqual(['-a'])
    store.drop()
    expect([get('a'), told(store.changes(1_200))]).toEqual(['a1', ['-a']])
  })

  it('goes with a later batch when there are many: no batch grows much by them', async () => {
    const { store } = await restored(Array.from({ length: 250 }, (_, i) => [`k${i}`, 'v', 1] as const), { ttlMs: 10 })
    const removed = [1, 2, 3].map(() => {
      const { length } = store.changes(100)
      store.keep(100)
      return length
    })
    expect(removed).toEqual([100, 100, 50])
  })
})
