import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addRecent, ALWAYS_KEPT, isRecent, KEPT_MS, lookBack, MAX_RECENT, NO_AMOUNT } from './recent.js'

const start = Date.UTC(2026, 2, 2, 10, 0)
const seconds = (count: number) => start + count * 1_000

interface Entry { at: number; id: number; amount: number }
const listOf = (entries: readonly Entry[]) => entries.reduce<number[]>((list, { at, id, amount }) => addRecent(list, at, id, amount), [])
const amounts = (...list: [number, number][]) => listOf(list.map(([second, amount], id) => ({ at: seconds(second), id, amount })))

describe('the last transactions', () => {
  it('are the newest first, as gaps', () => {
    expect(amounts([0, 500], [60, 700], [30, 600])).toEqual([seconds(60), 1, 700, 30_000, 2, 600, 30_000, 0, 500])
  })

  it('know those they have', () => {
    const list = amounts([0, 500], [60, 700])
    expect([isRecent(list, 0), isRecent(list, 1), isRecent(list, 2), isRecent(list, 500), isRecent([], 0)]).toEqual([true, true, false, false, false])
  })

  it(`are ${ALWAYS_KEPT} at least, however old`, () => {
    const list = listOf(Array.from({ length: 20 }, (_, id) => ({ at: start + id * 86_400_000, id, amount: 1 })))
    expect(list.filter((_, i) => i % 3 === 1)).toEqual([19, 18, 17, 16, 15, 14, 13, 12])
  })

  it(`are ${MAX_RECENT} at most, within the last hour`, () => {
    const list = listOf(Array.from({ length: 200 }, (_, id) => ({ at: seconds(id), id, amount: 1 })))
    expect(list.filter((_, i) => i % 3 === 1)).toEqual(Array.from({ length: MAX_RECENT }, (_, i) => 199 - i))
    const slow = listOf(Array.from({ length: 200 }, (_, id) => ({ at: seconds(id * 120), id, amount: 1 })))
    expect(slow.length / 3).toBe(KEPT_MS / 120_000 + 1)
  })

  it('are the same, in whatever order they came', () => {
    const anyEntries = fc.uniqueArray(
      fc.record({ at: fc.integer({ min: 0, max: 6 * 3_600 }).map(seconds), id: fc.nat(1_000), amount: fc.nat(9) }),
      { selector: ({ id }) => id, maxLength: 100 },
    )
    fc.assert(fc.property(anyEntries, (entries) => {
      const ordered = [...entries].sort((a, b) => a.at - b.at || a.id - b.id)
      expect(listOf(entries)).toEqual(listOf(ordered))
    }))
  })
})

describe('looking back', () => {
  it.each([
    ['nothing', [], 0, undefined, 0],
    ['the last one', [[0, 900]], 60, 0, 0],
    ['one in the same millisecond', [[0, 900]], 0, 0, 0],
    ['not one that came later', [[0, 900], [90, 900]], 60, 0, 0],
    ['a run of small amounts', [[0, 900], [10, 100], [20, 200], [30, 1]], 60, 30, 3],
    ['a run that a greater amount has ended', [[10, 100], [20, 100], [30, 201]], 60, 30, 0],
    ['a run that was cut by one', [[10, 100], [20, 201], [30, 100]], 60, 30, 1],
    ['a run that a pause has ended', [[0, 100], [10, 100]], 3_611, 10, 0],
    ['a run that was cut by a pause', [[0, 100], [3_601, 100], [7_201, 100]], 7_202, 7_201, 2],
    ['no run of amounts nobody can tell', [[10, NO_AMOUNT], [20, NO_AMOUNT]], 60, 20, 0],
  ] as [string, [number, number][], number, number | undefined, number][])('sees %s', (_, list, at, last, smallRun) => {
    expect(lookBack(amounts(...list), seconds(at), 200)).toEqual({ lastAt: last === undefined ? undefined : seconds(last), smallRun })
  })
})
