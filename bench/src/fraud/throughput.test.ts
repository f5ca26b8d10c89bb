import { describe, expect, it } from 'vitest'
import { logLength, steady, summary } from './throughput.js'

const samples = [
  { at: 0, done: 0, cpuUs: 1_000 },
  { at: 1_000, done: 50, cpuUs: 9_000 },
  { at: 2_000, done: 120, cpuUs: 12_000 },
  { at: 3_000, done: 220, cpuUs: 14_000 },
  { at: 4_000, done: 230, cpuUs: 20_000 },
]

describe('throughput of the fraud bench', () => {
  it('counts what comes after the warm-up, and not the end', () => {
    expect(steady(samples, 100, 100)).toEqual({ perSecond: 100, cpuUsPerRecord: 20 })
  })

  it('needs enough records', () => {
    expect(() => steady(samples, 100, 200)).toThrow('no steady part')
    expect(() => steady(samples, 60, 20)).toThrow('no steady part')
    expect(logLength(1_000_000)).toBe(2_100_000)
  })

  it('takes medians of the rounds', () => {
    const run = { perSecond: 10, cpuUsPerRecord: 1, rssMb: 100, commitSpacingMs: 5, alerts: 3 }
    expect(summary([run, { ...run, perSecond: 30 }, { ...run, perSecond: 20, rssMb: 300 }])).toEqual({ ...run, perSecond: 20, rounds: [10, 30, 20] })
  })
})
