import { describe, expect, test } from 'vitest'
import { mebibyte } from './bench.js'
import { type Sample, steady, summary } from './throughput.js'

/** A side that puts 10 lines of 1 MiB on the topic in 10 s, after a second in which nothing came. */
const samples: Sample[] = Array.from({ length: 12 }, (_, second) => ({ at: second * 1_000, lines: Math.max(0, second - 1), cpuUs: second * 500_000, rssMb: second < 8 ? 100 : 120 }))

describe('a run', () => {
  test('counts from the first tenth of the log to its end', () => {
    expect(steady(samples, 10, 10 * mebibyte)).toEqual({ mibPerSecond: 1, cpuSecondsPerMib: 0.5, memoryLateVsEarly: 1.2 })
  })

  test('without a steady part is refused', () => {
    expect(() => steady(samples.slice(-1), 10, 10)).toThrow('longer log')
    expect(() => steady([], 10, 10)).toThrow('longer log')
  })

  test('is told of by the median of several', () => {
    const run = (mibPerSecond: number) => ({ mibPerSecond, cpuSecondsPerMib: 0.02, wholeSeconds: 3, rssMb: 300, memoryLateVsEarly: 1 })
    expect(summary([run(3), run(1), run(2)])).toMatchObject({ mibPerSecond: 2, rounds: [3, 1, 2] })
  })
})
