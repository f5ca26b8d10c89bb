import { expect, it } from 'vitest'
import { acceptedLanguage } from './accept-language.js'

it.each([
  ['de', 'de'], ['de-AT,de;q=0.9,en;q=0.8', 'de'], ['it, fr;q=0.5, es;q=0.7', 'es'], ['pt;q=1', 'en'], ['*', 'en'], ['fr;q=0, de;q=0.1', 'de'], ['', 'en'], [undefined, 'en'], [';;,,q=', 'en'], ['FR', 'fr'],
])('a browser that likes %j gets %s', (header, language) => {
  expect(acceptedLanguage(header)).toBe(language)
})
