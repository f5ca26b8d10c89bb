import { expect, it } from 'vitest'
import { acceptedLanguages } from './accept-language.js'

it.each<[string | undefined, string[]]>([
  ['de', ['de']], ['de-AT,de;q=0.9,en;q=0.8', ['de-AT', 'de', 'en']], ['it, fr;q=0.5, es;q=0.7', ['it', 'es', 'fr']], ['fr, *;q=0.5', ['fr']],
  ['fr;q=0, de;q=0.1', ['de']], ['', []], [undefined, []], [';;,,q=', []], ['FR', ['FR']], ['de;q=x', []],
])('a browser that sends %j likes %j', (header, tags) => {
  expect(acceptedLanguages(header)).toEqual(tags)
})
