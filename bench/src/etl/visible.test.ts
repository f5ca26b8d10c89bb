import { describe, expect, it } from 'vitest'
import { visibleAt } from './visible.js'

const change = (id: number, version: number, removes = false) => ({ table: 't', id, version, removes })
const record = (partition: number, offset: number, id: number, version: number | null) => ({ table: 't', partition, offset, id, version })
const batch = (at: number, next: Readonly<Record<number, number>>, topic = 'topic of t') => ({ topic, at, records: 1, next: new Map(Object.entries(next).map(([partition, offset]) => [Number(partition), offset])) })
const seen = (...[changes, records, batches]: [Parameters<typeof visibleAt>[0], Parameters<typeof visibleAt>[1], Parameters<typeof visibleAt>[2]]) => visibleAt(changes, records, batches, (table) => `topic of ${table}`)

describe('a change is visible', () => {
  it('when the batch with its record is in the warehouse', () => {
    expect(seen([change(1, 5)], [record(0, 9, 1, 4), record(0, 10, 1, 5)], [batch(100, { 0: 10 }), batch(200, { 0: 11 })])).toEqual([200])
  })

  it('by a later state of its row, where it was overtaken', () => {
    expect(seen([change(1, 5)], [record(0, 10, 1, 7)], [batch(200, { 0: 11 })])).toEqual([200])
    expect(seen([change(1, 5)], [record(0, 10, 1, null)], [batch(200, { 0: 11 })])).toEqual([200])
  })

  it('of its own partition and topic', () => {
    expect(seen([change(1, 5)], [record(1, 10, 1, 5)], [batch(100, { 0: 50 }), batch(150, { 1: 50 }, 'another'), batch(200, { 1: 11 })])).toEqual([200])
  })

  it('when the row is gone, where it removes it', () => {
    const records = [record(0, 1, 1, 5), record(0, 2, 1, null)]
    expect(seen([change(1, 5, true)], records, [batch(100, { 0: 2 }), batch(200, { 0: 3 })])).toEqual([200])
  })

  it('never, when there is no such record, or it was not loaded', () => {
    expect(seen([change(1, 5), change(2, 6)], [record(0, 1, 1, 4), record(0, 2, 2, 6)], [batch(100, { 0: 2 })])).toEqual([undefined, undefined])
  })
})
