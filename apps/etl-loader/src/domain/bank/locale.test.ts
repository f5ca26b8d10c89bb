import { describe, expect, test } from 'vitest'
import { clockOf, languageOf, timeZoneOf } from './locale.js'

describe('a language', () => {
  test.each([['de', 'de'], ['DE', 'de'], ['de_DE', 'de-DE'], ['pt-br', 'pt-BR'], ['zh_hant_tw', 'zh-Hant-TW'], ['iw', 'he']])('%s is %s', (text, tag) => {
    expect(languageOf(text)).toBe(tag)
  })

  test.each(['Deutsch', 'german', 'xx', 'qq-DE', 'de--DE', 'd', '', 'de DE'])('%j is none', (text) => {
    expect(languageOf(text)).toBeUndefined()
  })
})

describe('a time zone', () => {
  test.each([['Europe/Berlin', 'Europe/Berlin'], ['europe/berlin', 'Europe/Berlin'], ['America/New York', 'America/New_York'], ['Asia/Kolkata', 'Asia/Kolkata'], ['UTC', 'UTC']])('%s is %s', (text, zone) => {
    expect(timeZoneOf(text)).toBe(zone)
    expect(timeZoneOf(text)).toBe(zone)
  })

  test.each(['+02:00', 'Berlin', 'Europe/Atlantis', '', 'GMT+2'])('%j is none', (text) => {
    expect(timeZoneOf(text)).toBeUndefined()
  })
})

describe('a time of the day', () => {
  const hours = (value: number) => value * 3_600_000_000
  test.each([[0, '00:00'], [hours(22), '22:00'], [hours(6.5), '06:30'], [hours(24), '00:00'], [hours(7) + 59_999_999, '07:00']])('%d µs is %s', (micros, text) => {
    expect(clockOf(micros)).toBe(text)
  })

  test.each([-1, hours(24.5), hours(838)])('%d µs, which MySQL also calls a TIME, is none', (micros) => {
    expect(clockOf(micros)).toBeUndefined()
  })
})
