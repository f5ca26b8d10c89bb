import { describe, expect, it } from 'vitest'
import { longHash, shortHash } from './hash.js'

const ids = Array.from({ length: 100_000 }, (_, i) => `01957c00-0000-7000-8000-${String(i).padStart(12, '0')}`)

describe('hashes', () => {
  it('fit the bits they say, and use them all', () => {
    const short = ids.map(shortHash)
    expect(Math.min(...short)).toBeGreaterThanOrEqual(-(2 ** 20))
    expect(Math.max(...short)).toBeLessThan(2 ** 20)
    const long = ids.map(longHash)
    for (let bit = 0; bit < 48; bit++) {
      const ones = long.filter((hash) => Math.floor(hash / 2 ** bit) % 2 === 1).length
      expect(ones / long.length).toBeCloseTo(0.5, 1)
    }
    expect(long.every((hash) => Number.isSafeInteger(hash) && hash >= 0 && hash < 2 ** 48)).toBe(true)
  })

  it('tell ids apart that differ in their last digits only', () => {
    expect(new Set(ids.map(longHash)).size).toBe(ids.length)
    // of 100,000 in 2^21 places about 2,350 must share one
    expect(ids.length - new Set(ids.map(shortHash)).size).toBeLessThan(2_800)
  })

  it('stay what they are: they stand in stored state', () => {
    expect([shortHash('DE'), shortHash('5812')]).toEqual([-703_563, 771_972])
    expect(longHash('01957c00-0000-7000-8000-000000000001')).toBe(197_965_546_687_454)
  })
})
