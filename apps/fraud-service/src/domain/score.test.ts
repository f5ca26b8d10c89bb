import fc from 'fast-check'
import { expect, it } from 'vitest'
import { MAX_SCORE, outcomeOf, scoreOf, severityOf } from './score.js'

it('adds the weights up to 1000', () => {
  expect(scoreOf([])).toBe(0)
  expect(scoreOf([600])).toBe(600)
  expect(scoreOf([600, 850])).toBe(1000)
})

it('stays between 0 and 1000, and never falls when one more rule fires', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 1000 })), fc.integer({ min: 1, max: 1000 }), (weights, more) => {
    expect(scoreOf(weights)).toBeGreaterThanOrEqual(0)
    expect(scoreOf(weights)).toBeLessThanOrEqual(MAX_SCORE)
    expect(scoreOf([...weights, more])).toBeGreaterThanOrEqual(scoreOf(weights))
  }))
})

it.each([
  [0, 'approve', 'info'],
  [499, 'approve', 'info'],
  [500, 'review', 'warning'],
  [799, 'review', 'warning'],
  [800, 'decline', 'critical'],
  [1000, 'decline', 'critical'],
] as const)('a score of %i means %s, an alert would be %s', (score, outcome, severity) => {
  expect(outcomeOf(score)).toBe(outcome)
  expect(severityOf(outcome)).toBe(severity)
})
