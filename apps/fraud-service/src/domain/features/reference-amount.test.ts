import { currencies } from '@swipestream/contracts/money'
import { expect, it } from 'vitest'
import { MAX_REFERENCE, referenceAmount, UNITS_PER_EURO } from './reference-amount.js'

it.each([
  [2_350, 'EUR', 2_350],
  [1_200, 'USD', 1_000],
  [180, 'JPY', 100],
  [350, 'KWD', 100],
  [1_900_000, 'IDR', 100],
  [1, 'IDR', 0],
  [Number.MAX_SAFE_INTEGER, 'EUR', MAX_REFERENCE],
])('%i minor units of %s are %i reference cents', (amount, currency, expected) => {
  expect(referenceAmount(amount, currency)).toBe(expected)
})

it.each(['XYZ', 'ZWG', '', 'constructor'])('has no amount for %j, which has no rate', (currency) => {
  expect(referenceAmount(100, currency)).toBeUndefined()
})

it('has rates above 0 of currencies that ISO 4217 lists or listed', () => {
  for (const [currency, rate] of Object.entries(UNITS_PER_EURO)) {
    expect([...currencies, 'BGN']).toContain(currency)
    expect(rate).toBeGreaterThan(0)
  }
})

it('squares its greatest amount, in euros, without a rounding error', () => {
  expect(Number.isSafeInteger((MAX_REFERENCE / 100) ** 2)).toBe(true)
})
