import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ACCOUNTS_PER_BIN, cardNumber, isLuhnValid, TEST_BINS } from './card-number.js'

describe('isLuhnValid', () => {
  it.each(['4111111111111111', '5555555555554444', '378282246310005', '79927398713', '0'])('takes %s', (number) => {
    expect(isLuhnValid(number)).toBe(true)
  })

  it.each(['4111111111111112', '79927398710', '', '4111 1111 1111 1111', '411111111111111a'])('refuses %j', (number) => {
    expect(isLuhnValid(number)).toBe(false)
  })
})

describe('cardNumber', () => {
  const account = fc.integer({ min: 0, max: ACCOUNTS_PER_BIN - 1 })

  it('is the published test number of its account', () => {
    expect(cardNumber(TEST_BINS.csv, 111_111_111)).toBe('4111111111111111')
    expect(cardNumber(TEST_BINS.story, 555_555_444)).toBe('5555555555554444')
  })

  it('has 16 digits, the BIN first, and a check digit that fits', () => {
    fc.assert(fc.property(account, fc.constantFrom(...Object.values(TEST_BINS)), (n, bin) => {
      const number = cardNumber(bin, n)
      expect(number).toMatch(new RegExp(`^${bin}\\d{10}$`))
      expect(isLuhnValid(number)).toBe(true)
    }))
  })

  it('is different for every account', () => {
    fc.assert(fc.property(account, account, (a, b) => {
      expect(cardNumber(TEST_BINS.csv, a) === cardNumber(TEST_BINS.csv, b)).toBe(a === b)
    }))
  })

  it.each([-1, 0.5, ACCOUNTS_PER_BIN, Number.NaN])('refuses account %d', (n) => {
    expect(() => cardNumber(TEST_BINS.csv, n)).toThrow(RangeError)
  })
})
