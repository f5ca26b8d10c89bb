import { describe, expect, it } from 'vitest'
import { Random } from './random.js'

const draws = (seed: number, count = 20_000): { random: Random; units: number[] } => {
  const random = new Random(seed)
  return { random, units: Array.from({ length: count }, () => random.unit()) }
}
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

describe('Random', () => {
  it('draws the same values from the same seed, others from another', () => {
    expect(draws(42, 100).units).toEqual(draws(42, 100).units)
    expect(draws(42, 100).units).not.toEqual(draws(43, 100).units)
  })

  it('draws evenly between 0 and 1, also from seeds next to each other', () => {
    for (const seed of [0, 1, 2, -1]) {
      const { units } = draws(seed)
      expect(Math.min(...units)).toBeGreaterThanOrEqual(0)
      expect(Math.max(...units)).toBeLessThan(1)
      expect(mean(units)).toBeCloseTo(0.5, 1)
    }
    expect(Math.abs(mean(draws(1, 500).units.map((unit, i) => (unit - 0.5) * ((draws(2, 500).units[i] ?? 0) - 0.5))))).toBeLessThan(0.02)
  })

  it('has the distributions it names', () => {
    const random = new Random(5)
    const normals = Array.from({ length: 20_000 }, () => random.normal())
    expect(mean(normals)).toBeCloseTo(0, 1)
    expect(mean(normals.map((value) => value ** 2))).toBeCloseTo(1, 1)
    expect(mean(Array.from({ length: 20_000 }, () => random.exponential(3)))).toBeCloseTo(3, 0)
    const below = Array.from({ length: 1000 }, () => random.below(3))
    expect(new Set(below)).toEqual(new Set([0, 1, 2]))
    expect(mean(Array.from({ length: 20_000 }, () => (random.chance(0.2) ? 1 : 0)))).toBeCloseTo(0.2, 1)
  })

  it('cannot pick from nothing', () => {
    expect(() => new Random(1).pick([])).toThrow(RangeError)
  })
})
