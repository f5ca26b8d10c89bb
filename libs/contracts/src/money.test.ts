import { describe, expect, it } from 'vitest'
import { currencies, formatAmount, groupDigits, inUnits } from './money.js'

describe('currencies', () => {
  it('are each known to ICU, but for the accounting dinar of 2024', () => {
    const display = new Intl.DisplayNames('en', { type: 'currency', fallback: 'none' })
    expect(currencies.filter((code) => display.of(code) === undefined)).toEqual(['XAD'])
  })

  it('are all that ICU counts as current, without those withdrawn since and those without minor units', () => {
    const listed = new Set(currencies)
    const missing = Intl.supportedValuesOf('currency').filter((code) => !listed.has(code))
    expect(missing).toEqual(['ANG', 'BGN', 'CUC', 'HRK', 'SLL', 'XDR', 'XSU', 'ZWL'])
  })

  it('are there once each', () => {
    expect(new Set(currencies).size).toBe(currencies.length)
    expect(currencies).toHaveLength(165)
  })
})

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

it.each([['0', '0'], ['999', '999'], ['1000', '1,000'], ['12345', '12,345'], ['123456789', '123,456,789']])('the digits %s are read as %s', (digits, grouped) => {
  expect(groupDigits(digits)).toBe(grouped)
})

it.each([
  [150_050, 'EUR', 1500.5],
  [1500, 'JPY', 1500],
  [1500, 'KWD', 1.5],
  [1500, 'XXX', 15],
])('%i minor units of %s are %d of its units', (minor, currency, units) => {
  expect(inUnits(minor, currency)).toBe(units)
})
