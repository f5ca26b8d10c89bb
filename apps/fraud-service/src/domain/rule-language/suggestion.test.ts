import { expect, it } from 'vitest'
import { editDistance, nearestName } from './suggestion.js'

it.each([
  ['', '', 0],
  ['abc', 'abc', 0],
  ['', 'abc', 3],
  ['abc', 'abd', 1],
  ['abc', 'ab', 1],
  ['abc', 'xabc', 1],
  ['amuont', 'amount', 1],
  ['kitten', 'sitting', 3],
])('from %j to %j are %i edits, both ways', (a, b, edits) => {
  expect(editDistance(a, b)).toBe(edits)
  expect(editDistance(b, a)).toBe(edits)
})

const known = ['tx.amount', 'tx.country', 'card.mean_30d', 'tx.speed_kmh']

it.each([
  ['tx.amuont', 'tx.amount'],
  ['card.amount', 'tx.amount'],
  ['amount', 'tx.amount'],
  ['speed', 'tx.speed_kmh'],
  ['card.mean_7d', 'card.mean_30d'],
  ['tx.weather', undefined],
  ['x', undefined],
])('for %s it suggests %s', (unknown, suggestion) => {
  expect(nearestName(unknown, known)).toBe(suggestion)
})
