import { describe, expect, test } from 'vitest'
import { BadValue } from './bad-value.js'
import { zonedCell } from './time-cells.js'

describe('a time with its zone', () => {
  test.each([
    ['1970-01-01T00:00:00Z', 0n],
    ['2026-03-01T10:20:30.5Z', 1_772_360_430_500_000n],
    ['2026-03-01T10:20:30.123456Z', 1_772_360_430_123_456n],
    ['2026-03-01T11:20:30.123456+01:00', 1_772_360_430_123_456n],
    ['2026-03-01T10:20:30.123456000Z', 1_772_360_430_123_456n],
    ['2026-03-01T10:20Z', 1_772_360_400_000_000n],
    ['2024-02-29T23:59:59Z', 1_709_251_199_000_000n],
    ['1969-12-31T23:59:59.999999Z', -1n],
    ['0001-01-01T00:00:00Z', -62_135_596_800_000_000n],
    ['9999-12-31T23:59:59.999999Z', 253_402_300_799_999_999n],
  ])('%s is %s microseconds', (written, micros) => {
    expect(zonedCell(written)).toBe(micros)
  })

  test('is the same with the zone written as digits, on any day', () => {
    for (let day = 0; day < 1_500; day++) {
      const ms = Date.UTC(1999, 0, 1) + day * 86_400_000 + (day * 7_919_000) % 86_400_000
      const text = new Date(ms).toISOString()
      expect(zonedCell(text)).toBe(BigInt(ms) * 1_000n)
      expect(zonedCell(text.replace('Z', '+00:00'))).toBe(BigInt(ms) * 1_000n)
    }
  })

  test.each([
    '2026-02-29T00:00:00Z', '2026-04-31T00:00:00Z', '2026-13-01T00:00:00Z', '2026-00-01T00:00:00Z', '2026-01-00T00:00:00Z', '2026-01-01T24:00:00Z', '2026-01-01T00:60:00Z', '2026-01-01T00:00:60Z',
    '0000-01-01T00:00:00Z', '2026-01-01T00:00:00.Z', '2026-01-01T00:00:0xZ', '2026-01-01 00:00:00Z', '2026-01-01T00:00:00', '2026-01-01T00:00:00.1234567Z', '',
  ])('%s is none', (written) => {
    expect(() => zonedCell(written)).toThrow(BadValue)
  })
})
