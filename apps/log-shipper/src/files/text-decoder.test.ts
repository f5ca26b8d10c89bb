import { describe, expect, test } from 'vitest'
import { decodeLine } from './text-decoder.js'

const middle = { cut: false, first: false }

describe('a line is read as its encoding says', () => {
  test('UTF-8, with U+FFFD for what is none', () => {
    expect(decodeLine(Buffer.from('Zürich 日本 😀'), 'utf-8', middle)).toEqual({ text: 'Zürich 日本 😀', invalid: false })
    expect(decodeLine(Buffer.from([0x61, 0xff, 0x62]), 'utf-8', middle)).toEqual({ text: 'a\uFFFDb', invalid: true })
  })

  test('U+FFFD that was written is text', () => {
    expect(decodeLine(Buffer.from('a\uFFFD'), 'utf-8', middle)).toEqual({ text: 'a\uFFFD', invalid: false })
  })

  test.each([1, 2, 3, 4])('a character that the limit cuts after %i bytes is dropped, unless it is whole', (bytes) => {
    const cut = decodeLine(Buffer.from('ab😀').subarray(0, 2 + bytes), 'utf-8', { cut: true, first: false })
    expect(cut).toEqual({ text: bytes === 4 ? 'ab😀' : 'ab', invalid: false })
  })

  test('latin1, of which every byte is a character', () => {
    expect(decodeLine(Buffer.from([0x5a, 0xfc, 0xff]), 'latin1', middle)).toEqual({ text: 'Züÿ', invalid: false })
  })

  test('UTF-16, also with half a character', () => {
    expect(decodeLine(Buffer.from('aü😀', 'utf16le'), 'utf-16le', middle)).toEqual({ text: 'aü😀', invalid: false })
    expect(decodeLine(Buffer.from('aü', 'utf16le').swap16(), 'utf-16be', middle)).toEqual({ text: 'aü', invalid: false })
    expect(decodeLine(Buffer.from('a\uD83D', 'utf16le'), 'utf-16le', middle)).toEqual({ text: 'a\uFFFD', invalid: true })
  })

  test('without a byte order mark, where the file begins', () => {
    expect(decodeLine(Buffer.from('\uFEFFa'), 'utf-8', { cut: false, first: true }).text).toBe('a')
    expect(decodeLine(Buffer.from('\uFEFFa', 'utf16le'), 'utf-16le', { cut: false, first: true }).text).toBe('a')
    expect(decodeLine(Buffer.from('\uFEFFa'), 'utf-8', middle).text).toBe('\uFEFFa')
  })
})
