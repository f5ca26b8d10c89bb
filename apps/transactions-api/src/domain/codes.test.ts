import { describe, expect, it } from 'vitest'
import { countries } from './countries.js'
import { currencies } from './currencies.js'

/** What ICU, an independent source, has a name for. */
const names = (type: 'currency' | 'region', codes: readonly string[]): Set<string> => {
  const display = new Intl.DisplayNames('en', { type, fallback: 'none' })
  return new Set(codes.filter((code) => display.of(code) !== undefined))
}

describe('currencies', () => {
  it('are each known to ICU, but for the accounting dinar of 2024', () => {
    const known = names('currency', currencies)
    expect(currencies.filter((code) => !known.has(code))).toEqual(['XAD'])
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

describe('countries', () => {
  it('are the 249 of ISO 3166-1, each known to ICU', () => {
    expect(new Set(countries).size).toBe(249)
    expect(names('region', countries).size).toBe(249)
  })
})
