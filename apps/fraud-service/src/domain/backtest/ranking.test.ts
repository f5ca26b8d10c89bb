import { describe, expect, it } from 'vitest'
import { averagePrecision, type RankStep, rocAuc } from './ranking.js'

/** `F9` is a fraud of score 9, `-3` another transaction of score 3. */
function ranked(...words: string[]): RankStep[] {
  const byScore = Map.groupBy(words, (word) => Number(word.slice(1)))
  return [...byScore].sort(([a], [b]) => b - a).map(([, step]) => ({ frauds: step.filter((word) => word.startsWith('F')).length, others: step.filter((word) => word.startsWith('-')).length }))
}

describe('AUC ROC', () => {
  it.each([
    ['frauds all above', ranked('F9', 'F8', '-7', '-1'), 1],
    ['frauds all below', ranked('F1', '-2'), 0],
    ['one of four pairs the wrong way', ranked('F9', '-5', 'F4', '-1'), 0.75],
    ['equal scores, half of each pair', ranked('F5', '-5'), 0.5],
    // pairs: F9 beats 3; F5 beats 1 and ties 2
    ['a step of both kinds', ranked('F9', 'F5', '-5', '-5', '-1'), (3 + 1 + 2 * 0.5) / 6],
  ])('%s', (_, steps, expected) => expect(rocAuc(steps)).toBeCloseTo(expected, 12))

  it('is none of one kind alone', () => expect([rocAuc(ranked('F1')), rocAuc(ranked('-1'))]).toEqual([Number.NaN, Number.NaN]))
})

describe('average precision', () => {
  it.each([
    ['frauds all above', ranked('F9', 'F8', '-7'), 1],
    // thresholds 9: precision 1, recall 1/2; 4: precision 2/3, recall 1
    ['one other in between', ranked('F9', '-5', 'F4', '-1'), 1 / 2 + 2 / 3 / 2],
    // one threshold for both: precision 1/2, recall 1
    ['equal scores are one threshold, whatever their order', ranked('-5', 'F5'), 1 / 2],
    // the example of scikit-learn's documentation: 0.83
    ['an example of scikit-learn', ranked('-0.1', '-0.4', 'F0.35', 'F0.8'), 0.8333333333333333],
  ])('%s', (_, steps, expected) => expect(averagePrecision(steps)).toBeCloseTo(expected, 12))

  it('is none without frauds', () => expect(averagePrecision(ranked('-1'))).toBeNaN())
})
