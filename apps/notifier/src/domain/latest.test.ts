import { describe, expect, it } from 'vitest'
import { netChanges } from './latest.js'

const row = (name: string, updated_at: number) => ({ name, updated_at })

describe('a batch of changes', () => {
  it.each([
    ['keeps the newest of a key', [row('a', 1), row('a', 2)], [], [row('a', 2)]],
    ['does not let an older one replace a newer', [row('a', 2), row('a', 1)], [], [row('a', 2)]],
    ['lets a later one of the same time replace', [row('a', 1), { ...row('a', 1), also: 'x' }], [], [{ ...row('a', 1), also: 'x' }]],
    ['deletes after a tombstone', [row('a', 1), 'a'], ['a'], []],
    ['deletes, then writes what came after the tombstone, be it older', [row('a', 2), 'a', row('a', 1)], ['a'], [row('a', 1)]],
    ['keeps keys apart', [row('a', 2), 'b', row('c', 1)], ['b'], [row('a', 2), row('c', 1)]],
    ['of nothing is nothing', [], [], []],
  ])('%s', (_what, records, deleted, upserts) => {
    const changes = records.map((record) => (typeof record === 'string' ? { key: record, value: null } : { key: record.name, value: record }))
    expect(netChanges(changes)).toEqual({ deleted, upserts })
  })
})
