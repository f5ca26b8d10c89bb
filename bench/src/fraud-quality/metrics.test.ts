import { describe, expect, it } from 'vitest'
import { cardPrecision, type Scored, stepsOf } from './metrics.js'

/** `F9` is a fraud of score 9, `-3` another transaction of score 3. */
const scored = (...words: string[]) => words.map((word) => ({ fraud: word.startsWith('F'), score: Number(word.slice(1)) }))

describe('steps of a ranking', () => {
  it('are of one score each, greatest first, whatever the order of transactions', () => {
    expect(stepsOf(scored('-5', 'F9', 'F5', '-5', '-1'))).toEqual([{ score: 9, frauds: 1, others: 0 }, { score: 5, frauds: 1, others: 2 }, { score: 1, frauds: 0, others: 1 }])
  })
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
