import { getCountries } from 'libphonenumber-js/max'
import { describe, expect, test } from 'vitest'
import { countries, countryOf } from './country.js'

describe('a country', () => {
  test.each(['DE', 'de', 'DEU', 'deu', 'Germany', 'GERMANY', 'Deutschland', 'Allemagne', ' germany. ', 'ドイツ', 'Niemcy'])('is known by %s', (text) => {
    expect(countryOf(text)).toBe('DE')
  })

  test.each([['UK', 'GB'], ['U.K.', 'GB'], ['GBR', 'GB'], ['England', 'GB'], ['U.S.A.', 'US'], ['Österreich', 'AT'], ['Osterreich', 'AT'], ['Côte d’Ivoire', 'CI'], ['México', 'MX'], ['Türkiye', 'TR'], ['Turkey', 'TR'], ['Holland', 'NL'], ['한국', undefined], ['대한민국', 'KR']])(
    'is known by %s: %s', (text, code) => {
      expect(countryOf(text)).toBe(code)
    },
  )

  test.each(['', '-', 'XX', 'ZZ', 'EU', 'QQ', 'DEUX', 'Germania2', 'n/a', 'N.A', '49', 'East Germany'])('is not made of %j', (text) => {
    expect(countryOf(text)).toBeUndefined()
  })

  test('has its own code for each of ISO 3166-1, none of them twice', () => {
    expect(new Set(countries).size).toBe(249)
    for (const code of countries) expect(countryOf(code)).toBe(code)
    // Telephone networks that are no country: Ascension, Tristan da Cunha, Kosovo.
    expect(getCountries().filter((code) => countryOf(code) !== code)).toEqual(['AC', 'TA', 'XK'])
  })
})
