import { describe, expect, it } from 'vitest'
import { countries } from './countries.js'

describe('countries', () => {
  it('are the 249 of ISO 3166-1, each known to ICU, an independent source', () => {
    const display = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })
    expect(new Set(countries).size).toBe(249)
    expect(countries.filter((code) => display.of(code) === undefined)).toEqual([])
  })
})
