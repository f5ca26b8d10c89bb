import { expect, it } from 'vitest'
import { Seeded } from '../seeded.js'
import { drawn } from './bag.js'

function first(count: number, seed: number): string[] {
  const kinds = drawn(['a', 'b', 'c', 'c'], new Seeded(seed))
  return Array.from({ length: count }, () => kinds.next().value)
}

it('every kind comes as often as it is there before any comes more often', () => {
  const kinds = first(40, 1)
  for (let from = 0; from < 40; from += 4) expect(kinds.slice(from, from + 4).toSorted()).toEqual(['a', 'b', 'c', 'c'])
})

it('the same seed gives the same order, another one another', () => {
  expect(first(40, 1)).toEqual(first(40, 1))
  expect(first(40, 1)).not.toEqual(first(40, 2))
})
