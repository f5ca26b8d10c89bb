import { describe, expect, it } from 'vitest'
import { latencies } from './windows.js'

describe('latencies of windows', () => {
  it('are medians over the windows of a name', () => {
    const window = { name: 'a', perSecond: 10, lost: 0 }
    const found = latencies([{ ...window, latencies: [1, 3, 2] }, { ...window, latencies: [7] }, { ...window, latencies: [5] }, { ...window, name: 'b', latencies: [9] }])
    expect(found.get('a')).toMatchObject({ perSecond: 10, p50: 5, p99: 5, p999: 5, runs: [{ p50: 2, p99: 3, p999: 3 }, { p50: 7 }, { p50: 5 }] })
    expect(found.get('b')?.p99).toBe(9)
  })

  it('are none when something was lost', () => {
    expect(() => latencies([{ name: 'a', perSecond: 1, latencies: [1], lost: 2 }])).toThrow('a: 2 did not come out')
  })
})
