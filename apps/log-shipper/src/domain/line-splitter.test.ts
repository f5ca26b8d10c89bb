import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type LineSink, LineSplitter, type LineUnit } from './line-splitter.js'

interface Line {
  text: string
  offset: number
  end: number
  truncated: boolean
}

function linesOf(chunks: readonly Buffer[], { limit = 100, offset = 0, unit = 'byte' as LineUnit, ended = true } = {}): Line[] {
  const lines: Line[] = []
  const sink: LineSink = {
    line: (bytes, from, to, begin, end, truncated) => {
      const text = unit === 'byte' ? bytes.toString('latin1', from, to) : bytes.toString('hex', from, to)
      lines.push({ text, offset: begin, end, truncated })
    },
  }
  const splitter = new LineSplitter(limit, offset, unit)
  for (const chunk of chunks) {
    // As a reader does, that uses one buffer for all.
    const reused = Buffer.from(chunk)
    splitter.push(reused, sink)
    reused.fill(0x21)
  }
  if (ended) splitter.end(sink)
  return lines
}

const line = (text: string, offset: number, end: number, truncated = false): Line => ({ text, offset, end, truncated })

describe('bytes are split into lines', () => {
  test.each<[string, string, Line[]]>([
    ['that end with LF', 'a\nbc\n', [line('a', 0, 2), line('bc', 2, 5)]],
    ['that end with CR and LF', 'a\r\nbc\r\n', [line('a', 0, 3), line('bc', 3, 7)]],
    ['of which the last has no end', 'a\nbc', [line('a', 0, 2), line('bc', 2, 4)]],
    ['that are empty', '\n\r\n\n', [line('', 0, 1), line('', 1, 3), line('', 3, 4)]],
    ['with a CR inside, which stays', 'a\rb\r\r\n', [line('a\rb\r', 0, 6)]],
    ['with NUL inside, which stays', 'a\0b\0\n', [line('a\0b\0', 0, 5)]],
    ['after a hole of NULs, which is left out', 'a\n\0\0\0\0b\n', [line('a', 0, 2), line('b', 2, 8)]],
    ['of which none is left when there is only a hole', 'a\n\0\0\0', [line('a', 0, 2)]],
    ['of nothing', '', []],
  ])('%s', (_, text, expected) => {
    expect(linesOf([Buffer.from(text, 'latin1')])).toEqual(expected)
  })

  test('from where the file is read on', () => {
    expect(linesOf([Buffer.from('a\nb\n')], { offset: 1000 })).toEqual([line('a', 1000, 1002), line('b', 1002, 1004)])
  })

  test('and the unfinished one is kept until its end comes', () => {
    expect(linesOf([Buffer.from('a\nbc')], { ended: false })).toEqual([line('a', 0, 2)])
  })

  test('whose beginning is kept when they are longer than the limit; CR and LF do not count', () => {
    const text = 'abcd\r\nabcde\r\nabcdefghi\nx'
    expect(linesOf([Buffer.from(text)], { limit: 4 })).toEqual([line('abcd', 0, 6), line('abcd', 6, 13, true), line('abcd', 13, 23, true), line('x', 23, 24)])
  })

  test('of two bytes a character, where a byte 0A alone is no end', () => {
    const le = Buffer.from('a\u0a0ab\r\nc\n', 'utf16le')
    expect(linesOf([le], { unit: 'utf-16le' })).toEqual([line('61000a0a6200', 0, 10), line('6300', 10, 14)])
    expect(linesOf([Buffer.from(le).swap16()], { unit: 'utf-16be' })).toEqual([line('00610a0a0062', 0, 10), line('0063', 10, 14)])
  })
})

describe('however the bytes are cut into pieces', () => {
  const units: LineUnit[] = ['byte', 'utf-16le', 'utf-16be']
  const bytes = fc.array(fc.constantFrom(0x0a, 0x0a, 0x0d, 0x00, 0x41, 0x42, 0xff), { maxLength: 80 }).map((all) => Buffer.from(all))

  test.each(units)('the lines are the same (%s)', (unit) => {
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(80), { maxLength: 12 }), fc.integer({ min: 2, max: 9 }), (all, cuts, limit) => {
        const at = [0, ...cuts.map((cut) => Math.min(cut, all.length)).sort((a, b) => a - b), all.length]
        const chunks = at.slice(1).map((end, i) => all.subarray(at[i], end))
        expect(linesOf(chunks, { limit, unit })).toEqual(linesOf([all], { limit, unit }))
      }),
      { numRuns: 500 },
    )
  })

  test('the lines follow one another without a gap, and reach the end', () => {
    fc.assert(
      fc.property(bytes, (all) => {
        let next = 0
        for (const { offset, end } of linesOf([Buffer.concat([all, Buffer.from('x')])])) {
          expect(offset).toBe(next)
          next = end
        }
        expect(next).toBe(all.length + 1)
      }),
    )
  })

  test('of a line without an end no more is held than the limit', () => {
    const splitter = new LineSplitter(1_000)
    const sink = { line: () => expect.unreachable() }
    const piece = Buffer.alloc(1 << 20, 'x')
    const before = process.memoryUsage().arrayBuffers
    for (let i = 0; i < 100; i++) splitter.push(piece, sink)
    expect(splitter.pending).toBe(100 * (1 << 20))
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 << 20)
  })
})
