import { describe, expect, it } from 'vitest'
import { exampleTransaction } from '../example-transaction.js'
import { DEFAULT_LIMIT_MINOR, LARGE_AMOUNT_LIMITS, largeAmount } from './large-amount.js'

const rule = largeAmount()

describe('large_amount', () => {
  it.each([
    // amount, currency, what the evidence says: amount and limit in the currency's own unit
    [100_001, 'EUR', 1000.01, 1000],
    [1_250_000, 'EUR', 12_500, 1000],
    [90_001, 'GBP', 900.01, 900],
    [160_001, 'JPY', 160_001, 160_000],
    [300_001, 'KWD', 300.001, 300],
    [Number.MAX_SAFE_INTEGER, 'EUR', 90_071_992_547_409.91, 1000],
  ])('fires for %i minor units of %s', (amount_minor, currency, amount, limit) => {
    const { fired, notes } = rule.evaluate(exampleTransaction({ amount_minor, currency }), undefined)
    expect(fired?.evidence).toEqual([
      { name: 'amount', value: amount, unit: currency },
      { name: 'limit', value: limit, unit: currency },
    ])
    expect(notes).toEqual([])
  })

  it.each([
    [1, 'EUR'],
    [100_000, 'EUR'],
    [90_000, 'GBP'],
    [160_000, 'JPY'],
  ])('does not fire for %i minor units of %s, which is up to the limit', (amount_minor, currency) => {
    expect(rule.evaluate(exampleTransaction({ amount_minor, currency }), undefined)).toEqual({ notes: [] })
  })

  it('says why, with the numbers', () => {
    const { fired } = rule.evaluate(exampleTransaction({ amount_minor: 499_900 }), undefined)
    expect(fired?.text).toBe('The amount EUR 4,999.00 is above the limit of EUR 1,000.00.')
  })

  describe('in a currency without a limit', () => {
    it('judges by the default limit, and notes it', () => {
      const { fired, notes } = rule.evaluate(exampleTransaction({ amount_minor: DEFAULT_LIMIT_MINOR + 1, currency: 'GEL' }), undefined)
      expect(fired?.text).toBe('The amount GEL 1,000.01 is above the default limit of GEL 1,000.00, for want of one for GEL.')
      expect(notes).toEqual(['default_limit'])
    })

    it('notes it also when it does not fire', () => {
      expect(rule.evaluate(exampleTransaction({ currency: 'GEL' }), undefined)).toEqual({ notes: ['default_limit'] })
    })

    it('does not take a property every object has for a limit', () => {
      expect(rule.evaluate(exampleTransaction({ currency: 'constructor' }), undefined).notes).toEqual(['default_limit'])
    })
  })

  it('judges by the limits it is given', () => {
    const strict = largeAmount({ limits: { EUR: 500 }, defaultLimit: 100 })
    expect(strict.evaluate(exampleTransaction({ amount_minor: 501 }), undefined).fired).toBeDefined()
    expect(strict.evaluate(exampleTransaction({ amount_minor: 500 }), undefined).fired).toBeUndefined()
    expect(strict.evaluate(exampleTransaction({ amount_minor: 101, currency: 'USD' }), undefined).fired).toBeDefined()
  })

  it('cannot judge an amount that is not a whole number', () => {
    expect(() => rule.evaluate(exampleTransaction({ amount_minor: Number.NaN }), undefined)).toThrow(RangeError)
  })

  it('has whole limits, each under a currency code', () => {
    for (const [currency, limit] of Object.entries(LARGE_AMOUNT_LIMITS)) {
      expect(currency).toMatch(/^[A-Z]{3}$/)
      expect(limit).toSatisfy((value: number) => Number.isSafeInteger(value) && value > 0)
    }
  })
})
