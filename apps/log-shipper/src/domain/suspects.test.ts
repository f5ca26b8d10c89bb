import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Redactor } from './redaction.js'
import { Suspects } from './suspects.js'

const rules = { tokens: true, cards: true, emails: true }
const suspects = new Suspects(rules)
const next = (text: string, from = 0) => suspects.next(Buffer.from(text), from)

describe('a sign of something to replace', () => {
  test.each([
    ['plain text', -1],
    ['127.0.0.1 - - [29/Nov/2026:14:32:58 +0100] "GET /a?id=12345678901&page=2 HTTP/1.1" 200 5316', -1],
    ['a line of 2026-11-29 14:32:58 203023 "-"', -1],
    ['x@y', 1],
    ['a%40b', 1],
    ['a%41b', -1],
    ['?token=x', 6],
    ['?TOKEN=x', 6],
    ['?tok=x', -1],
    ['eyJh', 2],
    ['Journey', -1],
    ['a Bearer x', 2],
    ['a bear', -1],
    ...Array.from({ length: 14 }, (_, i): [string, number] => [`${'1 2 '.repeat(4).slice(0, i)}bearer x`, i]),
    ['Authorization: x', 7],
    ['AUTHORIZATION: x', 7],
    ['in the zone', -1],
    ['1764426778123', 0],
    ['176442677812', -1],
    ['4111 1111 1111 1111', 0],
    ['4111%201111%201111%201111', 0],
    ['a 3782-822463-10005', 2],
    ['4111 111 1111', -1],
    ...Array.from({ length: 14 }, (_, i): [string, number] => [`${'x'.repeat(i)}4222222222222`, i]),
    ...Array.from({ length: 14 }, (_, i): [string, number] => [`${'12 3'.repeat(3)}${'x'.repeat(1 + i)}4222222222222`, 13 + i]),
  ])('in %j is at %i', (text, expected) => {
    expect(next(text)).toBe(expected)
  })

  test('is looked for from a place on', () => {
    expect(next('a@b c@d', 2)).toBe(5)
    expect(next('token=', 3)).toBe(-1)
  })

  test('is found in the lines that have one', () => {
    const lines = ['fine', '', 'a@b', 'c@d and token=x', 'fine', '4111111111111111', 'eyJh', 'Bearer', 'x authorization: y', 'fine again']
    const bytes = Buffer.from(lines.join('\n'))
    const places = suspects.inLinesOf(bytes)
    let at = 0
    const found = lines.filter((line) => {
      const from = at
      at += line.length + 1
      return places.has(from, from + line.length)
    })
    expect(found).toEqual(lines.filter((line) => line !== '' && !line.startsWith('fine')))
  })

  test('of what need not be replaced is none', () => {
    const text = Buffer.from('x@y 4111111111111111 token=x')
    const of = (over: Partial<typeof rules>) => new Suspects({ tokens: false, cards: false, emails: false, ...over }).next(text)
    expect(of({})).toBe(-1)
    expect(of({ cards: true })).toBe(4)
    expect(of({ emails: true })).toBe(1)
  })
})

test('nothing is replaced of which there is no sign', () => {
  const redactor = new Redactor(rules)
  const part = fc.constantFrom('4111', '1111', '4111111111111111', '378282246310005', ' ', '-', '+', '%20', '%40', '@', 'a.example', 'jane', '?', '&', '=', 'token', 'KEY', 'api', '_', 'x', '://', ':', '/', 'Bearer', 'authorization', 'eyJhbGciOi', '.', 'eyJzdWIi', 'abcdefghijklmnop12', '"', 'password', 'session', 'ü')
  let replaced = 0
  fc.assert(
    fc.property(fc.array(part, { maxLength: 14 }), (parts) => {
      const text = parts.join('')
      const { count } = redactor.redact(text)
      if (count > 0) replaced++
      expect(count > 0 && next(text) < 0).toBe(false)
    }),
    { numRuns: 20_000 },
  )
  expect(replaced).toBeGreaterThan(500)
})
