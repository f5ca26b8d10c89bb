import { describe, expect, it } from 'vitest'
import { median, percentile, rounded } from './statistics.js'

describe('median', () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[7], 7],
    [[], Number.NaN],
  ])('of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected)
  })
})

describe('percentile', () => {
  const values = Array.from({ length: 200 }, (_, i) => 200 - i)
  it.each([
    [50, 100],
    [99, 198],
    [100, 200],
    [0, 1],
  ])('%d of 1 to 200 is %d', (p, expected) => {
    expect(percentile(values, p)).toBe(expected)
  })

  it('of none is not a number', () => {
    expect(percentile([], 50)).toBeNaN()
  })
})

it('figures keep four digits', () => {
  expect([81_234.56, 0.123456].map((value) => rounded(value))).toEqual([81_230, 0.1235])
})
