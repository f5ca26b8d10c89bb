import { cardProfiles, ContractError } from '@swipestream/contracts'
import { describe, expect, it } from 'vitest'
import type { KafkaRecord, Reader } from '../kafka/ports.js'
import { StateStore, type StateSource } from './state-store.js'

type Written = readonly [key: string | null, value: string | null]

/** Topics by name: as many partitions as lists, each with its records. */
function readerOf(topics: Readonly<Record<string, readonly (readonly Written[])[]>>): Reader {
  const log = (topic: string, partition: number): KafkaRecord[] =>
    (topics[topic]?.[partition] ?? []).map(([key, value], i) => ({
      topic, partition, offset: BigInt(i), timestamp: 0, key: key === null ? null : Buffer.from(key), value: value === null ? null : Buffer.from(value), headers: {},
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

async function restored(records: readonly Written[], { consumed = 1, state = 1 } = {}) {
  const skipped: bigint[] = []
  const source: StateSource = {
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
  const reader = readerOf({ 'ns.in': Array.from({ length: consumed }, () => []), [`ns.${cardProfiles.name}`]: Array.from({ length: state }, (_, i) => (i === 0 ? records : [])) })
  const store = new StateStore({ profiles: cardProfiles }, 0)
  const count = await store.restore(reader, source)
  return { count, skipped, get: (key: string) => store.views.profiles.get(key)?.card_id }
}

describe('a state that is restored', () => {
  it('is what was written last under each key; a tombstone ends it', async () => {
    const { count, get } = await restored([['a', 'a1'], ['b', 'b1'], ['a', 'a2'], ['b', null], ['c', null], ['c', 'c1'], [null, 'x']])
    expect([count, get('a'), get('b'), get('c')]).toEqual([7, 'a2', undefined, 'c1'])
  })

  it('has nothing under a key whose last record cannot be read: not what stood there before', async () => {
    const { skipped, get } = await restored([['a', 'a1'], ['a', 'garbage'], ['b', 'garbage'], ['b', 'b2']])
    expect([skipped, get('a'), get('b')]).toEqual([[1n, 2n], undefined, 'b2'])
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
    const store = new StateStore({ profiles: cardProfiles }, 3)
    store.views.profiles.set(profile('a'))
    expect(store.views.profiles.get('a')).toEqual(profile('a'))
    expect(store.changes()).toMatchObject([{ key: 'a', partition: 3, value: profile('a') }])
    store.drop()
    expect([store.views.profiles.get('a'), store.changes()]).toEqual([undefined, []])
    store.views.profiles.set(profile('a'))
    store.keep()
    expect([store.views.profiles.get('a'), store.changes()]).toEqual([profile('a'), []])
  })
})
