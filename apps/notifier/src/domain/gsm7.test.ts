import { describe, expect, it } from 'vitest'
import { fitSeptets, septets, toGsm7 } from './gsm7.js'

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

  it('is cut to the room there is, with dots at the end', () => {
    expect(fitSeptets('SUPERMARKET', 11)).toBe('SUPERMARKET')
    expect(fitSeptets('SUPERMARKET', 8)).toBe('SUPER...')
    expect(fitSeptets('[[[[[[', 7)).toBe('[[...')
    expect(fitSeptets('SUPERMARKET', 2)).toBe('')
  })
})
