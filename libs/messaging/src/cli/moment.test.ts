import { describe, expect, it } from 'vitest'
import { momentOf } from './moment.js'

const now = Date.parse('2026-11-25T14:00:00Z')

describe('a moment', () => {
  it.each([
    ['2026-11-25T14:00:00Z', now],
    ['2026-11-25T15:00:00+01:00', now],
    ['2026-11-25T04:00-10:00', now],
    ['2026-11-25T14:00:00.25Z', now + 250],
    ['2026-11-25', Date.parse('2026-11-25T00:00:00Z')],
    ['2024-02-29', Date.parse('2024-02-29T00:00:00Z')],
    ['90s', now - 90_000],
    ['30m', now - 30 * 60_000],
    ['12h', now - 12 * 3_600_000],
    ['7d', now - 7 * 86_400_000],
    ['999999d', 0],
    ['1969-12-31', 0],
  ])('%s', (text, expected) => {
    expect(momentOf('--since', text, now)).toBe(expected)
  })

  it.each(['', 'yesterday', '7w', '1.5h', '2026-11-25T14:00:00', '2026-11-25T24:30:00Z', '2026-13-01', '2026-02-30', '2023-02-29', '2026-11-31T14:00:00+01:00', '2026-11-25T14:00:00+1', '1764079200000'])('%j is none, and the option is named', (text) => {
    expect(() => momentOf('--from', text, now)).toThrow(`--from takes a time such as 2026-11-25T14:00:00Z, a date, or how long ago: 90s, 30m, 12h, 7d; not ${text}`)
  })
})
