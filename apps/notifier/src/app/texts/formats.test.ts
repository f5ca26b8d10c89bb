import { describe, expect, it } from 'vitest'
import { Formats } from './formats.js'

describe('an amount', () => {
  it.each([
    ['en-GB', 149_900, 'EUR', 'EUR 1,499.00'],
    ['de', 149_900, 'EUR', '1.499,00 EUR'],
    ['fr', 149_900, 'EUR', '1 499,00 EUR'],
    ['es', 149_900, 'EUR', '1.499,00 EUR'],
    ['en-GB', 1_499, 'JPY', 'JPY 1,499'],
    ['de', 1_499, 'KWD', '1,499 KWD'],
    ['en-GB', 5, 'EUR', 'EUR 0.05'],
  ])('is written in %s: %d %s as %s', (locale, amount, currency, text) => {
    expect(new Formats(locale).amount(amount, currency)).toBe(text)
  })

  it('is exact where a number of JavaScript is not', () => {
    expect(new Formats('en-GB').amount(Number.MAX_SAFE_INTEGER, 'EUR')).toBe('EUR 90,071,992,547,409.91')
    expect(new Formats('de').amount(Number.MAX_SAFE_INTEGER, 'CLF')).toBe('900.719.925.474,0991 CLF')
  })

  it("has ISO 4217's decimals, where Intl has those of shops", () => {
    expect(new Formats('en-GB').amount(150_000, 'LBP')).toBe('LBP 1,500.00')
  })

  it('of a currency that is none is shown with what was sent', () => {
    expect(new Formats('de').amount(100, 'E R')).toBe('1,00 E R')
  })
})

describe('a moment', () => {
  const at = Date.UTC(2026, 2, 3, 13, 5)

  it.each([
    ['en-GB', '3 March 2026 at 14:05 CET', '3 Mar 14:05'],
    ['de', '3. März 2026 um 14:05 MEZ', '3. März 14:05'],
    ['fr', '3 mars 2026 à 14:05 UTC+1', '3 mars 14:05'],
    ['es', '3 de marzo de 2026 a las 14:05 CET', '3 mar 14:05'],
  ])('is written in %s, by the clock of the zone', (locale, full, brief) => {
    expect(new Formats(locale).time(at, 'Europe/Berlin')).toEqual({ full, brief })
  })

  it.each([null, 'Mars/Olympus', 'a\r\nb', ''])('is in UTC, and says so, when the zone is %j', (zone) => {
    expect(new Formats('en-GB').time(at, zone)).toEqual({ full: '3 March 2026 at 13:05 UTC', brief: '3 Mar 13:05 UTC' })
  })
})

describe('a country', () => {
  it.each([['en-GB', 'Germany'], ['de', 'Deutschland'], ['fr', 'Allemagne'], ['es', 'Alemania']])('has its name in %s: %s', (locale, name) => {
    expect(new Formats(locale).country('DE')).toBe(name)
  })

  it.each([null, '', 'de', 'ZZ9', 'D\n', 'XQ'])('has none when the code is %j', (code) => {
    expect(new Formats('en-GB').country(code)).toBeUndefined()
  })
})
