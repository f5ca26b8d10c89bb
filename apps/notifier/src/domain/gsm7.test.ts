import { describe, expect, it } from 'vitest'
import { isGsm7, septets, toGsm7 } from './gsm7.js'

describe('text in the GSM 7-bit alphabet', () => {
  it.each([
    ['Café Zürich, Ñandú ¿qué?', 'Café Zürich, Ñandu ¿qué?'],
    ['Łódź – “Żabka”', 'Lodz - "Zabka"'],
    ["L’Étoile…", "L'Étoile..."],
    ['Façade', 'Facade'],
    ['a\u00a0b\tc', 'a b c'],
    ['東京 Shop', '?? Shop'],
    ['Pay😀', 'Pay?'],
    ['ﬁne', 'fine'],
    ['e\u0301', 'é'],
  ])('%s is written %s', (text, gsm) => {
    expect(toGsm7(text)).toBe(gsm)
  })

  it('counts an extension character twice', () => {
    expect(septets('abc')).toBe(3)
    expect(septets('€[x]')).toBe(7)
  })

  it.each([['Café [€]', true], ['Façade', false], ['Żabka', false], ['', true]])('%j is in it: %s', (text, is) => {
    expect(isGsm7(text)).toBe(is)
  })
})
