import { describe, expect, it } from 'vitest'
import { formatMoney, inUnits } from './money.js'

describe('money', () => {
  it.each([
    [150_050, 'EUR', 1500.5, 'EUR 1,500.50'],
    [1, 'USD', 0.01, 'USD 0.01'],
    [1500, 'JPY', 1500, 'JPY 1,500'],
    [1500, 'KWD', 1.5, 'KWD 1.500'],
    [1500, 'CLF', 0.15, 'CLF 0.1500'],
    [1500, 'XXX', 15, 'XXX 15.00'],
  ])('%i minor units of %s', (minor, currency, units, text) => {
    expect(inUnits(minor, currency)).toBe(units)
    expect(formatMoney(minor, currency)).toBe(text)
  })
})
