import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bucketOf, Checksum } from '../../domain/checksum.js'
import { countDifferences } from '../../domain/row-difference.js'
import { look, type LookLimits, lookAgain, sumOf } from './look.js'
import type { Place, Places } from './places.js'

const md5 = (text: string): string => createHash('md5').update(text).digest('hex')

/** A place that has these rows: by key, what each says. */
function placeOf(rows: readonly (readonly [string, number])[]): Place {
  const hashed = rows.map(([key, row]) => [md5(key), md5(String(row))] as const)
  return {
    totals() {
      const totals = new Map<string, Checksum>()
      for (const [key, row] of hashed) {
        const total = totals.get(bucketOf(key)) ?? new Checksum()
        total.add(row)
        totals.set(bucketOf(key), total)
      }
      return Promise.resolve(totals)
    },
    rows(buckets, take) {
      for (const [key, row] of hashed) if (buckets.has(bucketOf(key))) take(key, row)
      return Promise.resolve()
    },
  }
}

type Rows = Readonly<Record<string, number>>

function placesOf(source: Rows | null, topic: Rows, warehouse: Rows, more: { readonly refused?: readonly string[]; readonly unreadable?: readonly string[]; readonly keepsDeleted?: boolean } = {}): Places {
  const { refused = [], unreadable = [], keepsDeleted = false } = more
  const there = Object.entries(topic).filter(([key]) => !unreadable.includes(key)).map(([key, row]) => [md5(key), md5(String(row))] as const)
  return {
    source: source === null ? null : placeOf(Object.entries(source)),
    topic: { read: (wanted) => Promise.resolve({ rows: new Map(there.filter(([key]) => wanted(key))), refused: new Set(unreadable.map(md5).filter(wanted)) }) },
    warehouse: placeOf(Object.entries(warehouse)),
    refused: new Set(refused.map(md5)),
    keepsDeleted,
  }
}

function sumOfRows(rows: Rows) {
  const sum = new Checksum()
  for (const row of Object.values(rows)) sum.add(md5(String(row)))
  return sumOf(sum)
}

const differences = ({ different }: Awaited<ReturnType<typeof look>>) => countDifferences(different.values())

describe('a look', () => {
  const rows = fc.dictionary(fc.constantFrom(...Array.from({ length: 30 }, (_, i) => `k${i}`)), fc.integer({ min: 0, max: 2 }))
  const limits: LookLimits = { keys: 4, compared: 3, different: 1_000 }

  test('finds each row that is not the same everywhere, and sums of all, however little it holds in memory', async () => {
    await fc.assert(
      fc.asyncProperty(fc.option(rows), rows, rows, async (source, topic, warehouse) => {
        const seen = await look(placesOf(source, topic, warehouse), limits)
        const keys = [...new Set([...Object.keys(source ?? {}), ...Object.keys(topic), ...Object.keys(warehouse)])]
        const different = keys.filter((key) => topic[key] !== warehouse[key] || (source !== null && source[key] !== topic[key]))
        expect([...seen.different.keys()].sort()).toEqual(different.map(md5).sort())
        expect([seen.source === null ? null : sumOf(seen.source), sumOf(seen.topic), sumOf(seen.warehouse)]).toEqual([source === null ? null : sumOfRows(source), sumOfRows(topic), sumOfRows(warehouse)])
        expect(seen.complete).toBe(true)
      }),
    )
  })

  test('tells how rows differ', async () => {
    const seen = await look(placesOf({ a: 1, b: 1, c: 1, d: 1, e: 1 }, { a: 1, b: 2, d: 1, e: 1, f: 1 }, { a: 1, b: 2, d: 2, f: 1, g: 1 }))
    expect(differences(seen)).toEqual({ otherAtSource: 1, notOnTopic: 1, notAtSource: 1, otherInWarehouse: 1, notInWarehouse: 1, onlyInWarehouse: 1 })
  })

  test('finds a row that is in the warehouse twice', async () => {
    const once = placesOf({ a: 1, b: 1 }, { a: 1, b: 1 }, { a: 1, b: 1 })
    const twice = { ...once, warehouse: placeOf([...Object.entries({ a: 1, b: 1 }), ['b', 1]]) }
    const seen = await look(twice)
    expect({ ...differences(seen), rows: seen.warehouse.rows }).toEqual({ twiceInWarehouse: 1, rows: 3 })
    expect((await lookAgain(twice, seen)).different.size).toBe(1)
    expect([(await lookAgain(once, seen)).different.size, (await lookAgain(once, seen)).warehouse.rows]).toEqual([0, 1])
  })

  test('leaves out rows in the quarantine, whatever the places have of them, and counts them', async () => {
    // p was refused by extract, q by load.
    const seen = await look(placesOf({ a: 1, p: 5, q: 6 }, { a: 1, p: 4, q: 6 }, { a: 1, p: 4 }, { refused: ['p'], unreadable: ['q'] }))
    expect({ different: seen.different.size, leftOut: seen.leftOut, source: sumOf(seen.source as Checksum), topic: sumOf(seen.topic), warehouse: sumOf(seen.warehouse) }).toEqual({ different: 0, leftOut: 2, source: sumOfRows({ a: 1 }), topic: sumOfRows({ a: 1 }), warehouse: sumOfRows({ a: 1 }) })
  })

  test('does not miss at the source what the topic is to keep', async () => {
    expect((await look(placesOf({ a: 1 }, { a: 1, b: 1 }, { a: 1, b: 1 }, { keepsDeleted: true }))).different.size).toBe(0)
    expect((await look(placesOf({ a: 1 }, { a: 1, b: 1 }, { a: 1 }, { keepsDeleted: true }))).different.size).toBe(1)
  })

  test('ends where more differs than it may hold, and says so', async () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, i]))
    const seen = await look(placesOf(many, {}, {}), { ...limits, different: 10 })
    expect({ size: seen.different.size, complete: seen.complete, source: seen.source?.rows }).toEqual({ size: 10, complete: false, source: 50 })
  })
})

describe('a second look', () => {
  test('keeps what is as it was, and leaves out what has moved', async () => {
    const before = await look(placesOf({ stays: 1, came: 1, changed: 1, went: 1, lost: 1 }, { stays: 1, changed: 0, went: 1, lost: 1, came: 0 }, { stays: 1, changed: 0, came: 0 }))
    expect([...before.different.keys()].sort()).toEqual(['came', 'changed', 'went', 'lost'].map(md5).sort())
    const after = await lookAgain(placesOf({ stays: 1, came: 1, changed: 2, lost: 1 }, { stays: 1, came: 1, changed: 0, lost: 1 }, { stays: 1, came: 1, changed: 0 }), before)
    expect([...after.different.keys()]).toEqual([md5('lost')])
    expect([after.source, after.topic, after.warehouse].map((sum) => sum?.rows)).toEqual([2, 2, 1])
    expect(after.source?.text).toBe(after.topic.text)
  })

  test('leaves out what has come to the quarantine meanwhile', async () => {
    const before = await look(placesOf({ a: 2 }, { a: 1 }, { a: 1 }))
    expect((await lookAgain(placesOf({ a: 2 }, { a: 1 }, { a: 1 }, { refused: ['a'] }), before)).different.size).toBe(0)
  })
})
