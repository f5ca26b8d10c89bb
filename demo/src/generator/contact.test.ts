import { describe, expect, it } from 'vitest'
import { exampleEmail, FAMILY_NAMES, fictionalPhone, GIVEN_NAMES } from './contact.js'

describe('fictionalPhone', () => {
  it.each([
    ['DE', 7, '+493023125007'],
    ['FR', 7, '+33639980007'],
    ['GB', 461, '+447700900461'],
    ['US', 0, '+12015550100'],
    ['US', 99, '+12015550199'],
    ['BE', 100, '+12025550100'],
  ])('for %s, index %i', (country, index, phone) => {
    expect(fictionalPhone(country, index)).toBe(phone)
  })

  it.each([['DE', 1000], ['FR', 10_000], ['GB', 1000], ['US', 14_300]])('gives %s %i different numbers, all in the range kept for fiction', (country, count) => {
    const phones = new Set(Array.from({ length: count + 5 }, (_, index) => fictionalPhone(country, index)))
    expect(phones.size).toBe(count)
    for (const phone of phones) expect(phone).toMatch(/^(\+493023125\d{3}|\+3363998\d{4}|\+447700900\d{3}|\+1[2-9]\d{2}55501\d{2})$/)
  })
})

describe('exampleEmail', () => {
  it('is plain ASCII', () => {
    expect(exampleEmail('Jürgen', 'Fernández', 4)).toBe('jurgen.fernandez.4@example.org')
  })

  it('is a valid address in an example domain for every name', () => {
    for (const given of GIVEN_NAMES) {
      for (const family of FAMILY_NAMES) expect(exampleEmail(given, family, 3)).toMatch(/^[a-z]+\.[a-z]+\.3@example\.com$/)
    }
  })
})
