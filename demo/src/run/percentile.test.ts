import { expect, it } from 'vitest'
import { percentile } from './percentile.js'

it.each([
  [[], 50, null],
  [[7], 99, 7],
  [[4, 1, 3, 2], 50, 2],
  [[4, 1, 3, 2], 99, 4],
  [Array.from({ length: 100 }, (_, i) => i + 1), 99, 99],
])('%j at %d is %s', (values, p, expected) => {
  expect(percentile(values, p)).toBe(expected)
})
