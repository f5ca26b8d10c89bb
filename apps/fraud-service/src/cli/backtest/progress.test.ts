import { expect, it } from 'vitest'
import { progressOf } from './progress.js'

const start = Date.UTC(2026, 0, 1)
const day = 86_400_000

/** What is told of a reading, five transactions a second, that has come so far. */
function told(source: { share: number }, end: number, ...reached: readonly [seconds: number, share: number, days: number][]): string[] {
  const lines: string[] = []
  let clock = 0
  const progress = progressOf(source, end, (line) => lines.push(line), () => clock)
  for (const [seconds, share, days] of reached) {
    clock = seconds * 1_000
    source.share = share
    progress(seconds * 5, start + days * day)
  }
  return lines
}

it('tells every five seconds how far it is, and what is left by the share that was read', () => {
  expect(told({ share: 0 }, Infinity, [1, 0.01, 0], [4, 0.1, 1], [5, 0.25, 2], [9, 0.4, 3], [300, 0.5, 4])).toEqual([
    '25 transactions, now of 2026-01-03, 5/s, about 15 s to go',
    '1,500 transactions, now of 2026-01-05, 5/s, about 300 s to go',
  ])
})

it('or by the days, when it ends before the source does', () => {
  expect(told({ share: 0 }, start + 4 * day, [1, 0.01, 0], [6, 0.1, 3])).toEqual(['30 transactions, now of 2026-01-04, 5/s, about 2 s to go'])
})

it('says nothing of what is left before anything is known', () => {
  expect(told({ share: 0 }, Infinity, [6, 0, 0])).toEqual(['30 transactions, now of 2026-01-01, 5/s'])
})
