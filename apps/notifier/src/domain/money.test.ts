import { describe, expect, it } from 'vitest'
import { formatAmount } from './money.js'

describe('an amount', () => {
  it.each([
    [149_900, 'EUR', 'EUR 1,499.00'],
    [1, 'EUR', 'EUR 0.01'],
    [149_900, 'JPY', 'JPY 149,900'],
    [1_500, 'KWD', 'KWD 1.500'],
    [12_345, 'CLF', 'CLF 1.2345'],
    [5_000_000, 'LBP', 'LBP 50,000.00'],
    [Number.MAX_SAFE_INTEGER, 'USD', 'USD 90,071,992,547,409.91'],
  ])('of %i minor units of %s is written %s', (amount, currency, written) => {
    expect(formatAmount(amount, currency)).toBe(written)
  })

  it('has two decimals in a currency that is not listed, also one named like a property of every object', () => {
    expect(formatAmount(123, 'XXX')).toBe('XXX 1.23')
    expect(formatAmount(123, 'constructor')).toBe('constructor 1.23')
  })
})
