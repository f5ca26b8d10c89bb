import { expect, it } from 'vitest'
import { bulkRecord } from './bulk-records.js'

it('the bulk has every record of every key once, in the order of its sequence', () => {
  const next = new Map<string, number>()
  for (let n = 0; n < 5_000; n++) {
    const { key, sequence } = bulkRecord(1, n)
    expect(sequence).toBe(next.get(key) ?? 0)
    next.set(key, sequence + 1)
  }
  expect([next.size, new Set(next.values())]).toEqual([1_000, new Set([5])])
})

it('the bulk of another seed has other values', () => {
  const values = [1, 2].map((seed) => Array.from({ length: 100 }, (_, n) => bulkRecord(seed, n).value))
  expect(values[0]).not.toEqual(values[1])
})
