import { describe, expect, it } from 'vitest'
import { escapeHtml, oneLine } from './plain-text.js'

describe('text from outside, as one line', () => {
  it.each([
    ['a line break', 'Shop\r\nBcc: all@example.org', 'Shop Bcc: all@example.org'],
    ['a lone carriage return', 'a\rb', 'a b'],
    ['a null', 'a\0b', 'a b'],
    ['a Unicode line separator', 'a\u2028b\u2029c', 'a b c'],
    ['a bidirectional override', 'abc\u202Etxt.exe', 'abc txt.exe'],
    ['a zero-width space', 'pay\u200Bpal', 'pay pal'],
    ['blanks', '  a \t b  ', 'a b'],
  ])('has no %s', (_what, text, line) => {
    expect(oneLine(text, 100)).toBe(line)
  })

  it('keeps letters of every script', () => {
    expect(oneLine('Bäckerei Łódź 東京 кафе', 100)).toBe('Bäckerei Łódź 東京 кафе')
  })

  it('is cut by characters, never inside one', () => {
    expect(oneLine('😀😀😀😀😀', 4)).toBe('😀...')
    expect(oneLine('abcdef', 6)).toBe('abcdef')
  })

  it('replaces half a surrogate pair', () => {
    expect(oneLine('a\uD83Db', 10)).toBe('a\uFFFDb')
  })
})

describe('text in HTML', () => {
  it('cannot open an element, end an attribute or start an entity', () => {
    expect(escapeHtml(`<img src="x" onerror='alert(1)'>&lt;`)).toBe('&lt;img src=&quot;x&quot; onerror=&#39;alert(1)&#39;&gt;&amp;lt;')
  })
})
