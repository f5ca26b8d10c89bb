import { averagePrecision, rocAuc } from '@swipestream/fraud-service/engine'
import { describe, expect, it } from 'vitest'
import { cardPrecision, type Scored, stepsOf } from './metrics.js'

/** `F9` is a fraud of score 9, `-3` another transaction of score 3. */
const scored = (words: string[]) => words.map((word) => ({ fraud: word.startsWith('F'), score: Number(word.slice(1)) }))
const ranked = (...words: string[]) => stepsOf(scored(words))

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

describe('card precision', () => {
  const tx = (day: number, customer: string, score: number, fraud = false): Scored => ({ day, customer, score, fraud })

  it('looks at the customers of the highest scores of each day, and is the mean of the days', () => {
    const day1 = [tx(1, '1', 9, true), tx(1, '2', 8), tx(1, '3', 7, true)]
    const day2 = [tx(2, '4', 5), tx(2, '5', 4)]
    expect(cardPrecision([...day2, ...day1], 2)).toBe((1 / 2 + 0) / 2)
  })

  it("takes a customer's highest score, and any fraud of the day", () => {
    expect(cardPrecision([tx(1, '1', 9), tx(1, '1', 1, true), tx(1, '2', 8, true)], 1)).toBe(1)
  })

  it('does not look again at who was found', () => {
    const found = [tx(1, '1', 9, true), tx(1, '2', 8)]
    expect(cardPrecision([...found, tx(2, '1', 9, true), tx(2, '2', 8)], 1)).toBe((1 + 0) / 2)
    // customer 2 was looked at without being found
    expect(cardPrecision([...found, tx(2, '2', 9, true)], 1)).toBe(1)
  })

  it('divides by k where there are fewer, and takes the smaller number first where scores are equal', () => {
    expect(cardPrecision([tx(1, '1', 9, true)], 4)).toBe(1 / 4)
    expect([cardPrecision([tx(1, '10', 5, true), tx(1, '9', 5)], 1), cardPrecision([tx(1, '10', 5), tx(1, '9', 5, true)], 1)]).toEqual([0, 1])
  })
})
