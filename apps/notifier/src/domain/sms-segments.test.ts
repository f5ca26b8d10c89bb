import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alphabetOf, fitInto, roomOf, segmentsOf, sizeOf } from './sms-segments.js'

describe('the segments of an SMS', () => {
  it.each([
    ['160 characters of the GSM alphabet', 'a'.repeat(160), 1],
    ['161 of them', 'a'.repeat(161), 2],
    ['306 of them', 'a'.repeat(306), 2],
    ['307 of them', 'a'.repeat(307), 3],
    ['80 characters that take two places', '€'.repeat(80), 1],
    ['81 of them', '€'.repeat(81), 2],
    ['as many as two segments hold, of which one would be split', `${'a'.repeat(152)}€${'a'.repeat(152)}`, 3],
    ['70 characters of another alphabet', 'ж'.repeat(70), 1],
    ['71 of them', 'ж'.repeat(71), 2],
    ['134 of them', 'ж'.repeat(134), 2],
    ['135 of them', 'ж'.repeat(135), 3],
    ['35 characters of two code units', '😀'.repeat(35), 1],
    ['67 of them, as a segment holds 33', '😀'.repeat(67), 3],
    ['nothing', '', 1],
  ])('of %s', (_what, text, segments) => {
    expect(segmentsOf(text)).toBe(segments)
  })

  it('are of the other alphabet as soon as one character is', () => {
    expect(alphabetOf('a'.repeat(160))).toBe('gsm7')
    expect(alphabetOf(`${'a'.repeat(159)}ç`)).toBe('ucs2')
    expect(segmentsOf(`${'a'.repeat(159)}ç`)).toBe(3)
  })
})

describe('a text cut to the room there is', () => {
  it.each([
    ['SUPERMARKET', 11, 'SUPERMARKET'],
    ['SUPERMARKET', 8, 'SUPER...'],
    ['[[[[[[', 7, '[[...'],
    ['SUPERMARKET', 2, ''],
  ])('%s in %d septets is %j', (text, room, fitted) => {
    expect(fitInto(text, room, 'gsm7')).toBe(fitted)
  })

  it('fits one segment of either alphabet, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        const alphabet = alphabetOf(text)
        const fitted = fitInto(text, roomOf(1, alphabet), alphabet)
        expect(sizeOf(fitted, alphabet)).toBeLessThanOrEqual(roomOf(1, alphabet))
        expect(segmentsOf(fitted)).toBe(1)
      }),
    )
  })
})
