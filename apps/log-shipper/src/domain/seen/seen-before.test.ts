import { describe, expect, test } from 'vitest'
import { SeenBefore, type Standing } from './seen-before.js'

const entries = (file: string, from: number, count: number): Standing[] => Array.from({ length: count }, (_, i) => ({ file, offset: (from + i) * 10, endOffset: (from + i + 1) * 10 }))
const all = (value: boolean, count: number) => Array.from({ length: count }, () => value)

describe('entries of a partition', () => {
  test('that was just assigned may all be in the index, until as many as a request holds were not', () => {
    const seen = new SeenBefore(4)
    for (const [from, there] of [[0, true], [3, false]] as const) {
      expect(seen.doubtful(entries('f', from, 3))).toEqual(all(true, 3))
      seen.answered(entries('f', from, 3), all(there, 3))
    }
    expect(seen.doubtful(entries('f', 6, 1))).toEqual([true])
    seen.answered(entries('f', 6, 1), [false])
    expect(seen.doubtful(entries('f', 7, 3))).toEqual(all(false, 3))
  })

  test('of a request that was not answered may be in the index', () => {
    const seen = new SeenBefore(2)
    seen.answered(entries('f', 0, 2), all(false, 2))
    expect(seen.doubtful(entries('f', 2, 2))).toEqual(all(false, 2))
    seen.unanswered()
    expect(seen.doubtful(entries('f', 2, 2))).toEqual(all(true, 2))
  })
})

describe('entries of a file', () => {
  const caughtUp = () => {
    const seen = new SeenBefore(2)
    seen.answered(entries('f', 0, 5), all(false, 5))
    return seen
  }

  test('that is seen for the first time may be in the index', () => {
    expect(caughtUp().doubtful([...entries('f', 5, 1), ...entries('g', 0, 2)])).toEqual([false, true, true])
  })

  test('that was shipped again may be in the index, up to the first that is not', () => {
    const seen = caughtUp()
    expect(seen.doubtful(entries('f', 3, 2))).toEqual([true, true])
    seen.answered(entries('f', 3, 2), [true, true])
    expect(seen.doubtful(entries('f', 5, 1))).toEqual([true])
    seen.answered(entries('f', 5, 2), all(false, 2))
    expect(seen.doubtful(entries('f', 7, 1))).toEqual([false])
  })

  test('that stand twice in one request are told', () => {
    expect(caughtUp().doubtful([...entries('f', 5, 1), ...entries('f', 5, 1)])).toEqual([false, true])
  })

  test('are looked up anew when many files came after it', () => {
    const seen = caughtUp()
    for (let i = 0; i < 10_000; i++) seen.answered(entries(`other ${i}`, 0, 1), [false])
    expect(seen.doubtful(entries('f', 5, 1))).toEqual([true])
  })
})
