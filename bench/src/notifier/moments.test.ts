import { describe, expect, it } from 'vitest'
import { seededNumbers } from './moments.js'

describe('moments to kill at', () => {
  const first = (seed: number): number[] => {
    const numbers = seededNumbers(seed)
    return Array.from({ length: 1_000 }, () => numbers.next().value)
  }

  it('are the same for the same seed, and others for another', () => {
    expect(first(1)).toEqual(first(1))
    expect(first(1)).not.toEqual(first(2))
  })

  it('lie anywhere between the limits', () => {
    const numbers = first(1)
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true)
    for (let tenth = 0; tenth < 10; tenth++) {
      expect(numbers.filter((number) => Math.floor(number * 10) === tenth).length).toBeGreaterThan(50)
    }
  })
})
