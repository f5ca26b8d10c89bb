import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { daysOf, dateText } from './civil-time.js'
import type { ColumnType } from './column-type.js'
import { converterOf, type DriverValue } from './convert-value.js'
import { decimalText, integerBytes, integerOf, unscaled } from './decimal-bytes.js'
import { keyTextOf, keyTextOfAvro } from './key-text.js'
import type { SourceColumn } from './source-table.js'

const column = (type: ColumnType, nullable = true): SourceColumn => ({ name: 'c', field: 'c', type, declared: type.kind, nullable })
const converted = (type: ColumnType, value: DriverValue, nullable = true) => converterOf(column(type, nullable))(value)

describe('a value of MySQL', () => {
  test.each<[string, ColumnType, DriverValue, unknown]>([
    ['null of any column', { kind: 'decimal', precision: 5, scale: 2 }, null, null],
    ['an int', { kind: 'int', bits: 32 }, -2147483648, -2147483648],
    ['the largest bigint', { kind: 'long' }, '9223372036854775807', 9223372036854775807n],
    ['a small bigint', { kind: 'long' }, 7, 7],
    ['the largest unsigned bigint', { kind: 'unsigned-long' }, '18446744073709551615', Buffer.from('00ffffffffffffffff', 'hex')],
    ['a decimal', { kind: 'decimal', precision: 10, scale: 2 }, '-12.50', Buffer.from('fb1e', 'hex')],
    ['a decimal of 65 digits', { kind: 'decimal', precision: 65, scale: 0 }, '9'.repeat(65), integerBytes(10n ** 65n - 1n)],
    ['one bit', { kind: 'boolean' }, Buffer.from([1]), true],
    ['bits, the lowest byte first', { kind: 'bits', length: 12 }, Buffer.from([0x0a, 0xbc]), Buffer.from([0xbc, 0x0a])],
    ['a double', { kind: 'double' }, '1.7976931348623157e308', Number.MAX_VALUE],
    ['the smallest double', { kind: 'double' }, '5e-324', Number.MIN_VALUE],
    ['a text of four-byte characters', { kind: 'text' }, 'Zoë 💳', 'Zoë 💳'],
    ['an enum', { kind: 'enum', values: ['a', 'b'] }, 'b', 'b'],
    ['a set of none', { kind: 'set', values: ['a', 'b'] }, '', ''],
    ['JSON, as it stands', { kind: 'json' }, '{"b": 1, "a": 1.0}', '{"b": 1, "a": 1.0}'],
    ['bytes', { kind: 'bytes' }, Buffer.from([0, 255]), Buffer.from([0, 255])],
    ['a year', { kind: 'year' }, 2155, 2155],
    ['a date', { kind: 'date' }, '1969-12-31', -1],
    ['a date of the year 1', { kind: 'date' }, '0001-01-01', -719162],
    ['a time beyond a day', { kind: 'time' }, '838:59:59.000001', 3020399000001],
    ['a negative time', { kind: 'time' }, '-00:00:01.5', -1500000],
    ['a negative time of nothing', { kind: 'time' }, '-00:00:00', 0],
    ['a datetime', { kind: 'date-time', unit: 'ms' }, '2026-11-29 14:33:01.25', Date.UTC(2026, 10, 29, 14, 33, 1, 250)],
    ['a datetime before 1970', { kind: 'date-time', unit: 'ms' }, '1969-12-31 23:59:59.999', -1],
    ['a datetime of microseconds', { kind: 'date-time', unit: 'us' }, '1970-01-01 00:00:01.000002', 1000002],
    ['the last datetime', { kind: 'date-time', unit: 'us' }, '9999-12-31 23:59:59.999999', 253402300799999999n],
    ['a timestamp', { kind: 'timestamp' }, '2026-11-29 14:33:01.250', '2026-11-29T14:33:01.250Z'],
    ['a zero date, where there may be none,', { kind: 'date' }, '0000-00-00', null],
    ['a zero datetime', { kind: 'date-time', unit: 'ms' }, '0000-00-00 00:00:00.000', null],
    ['a zero timestamp', { kind: 'timestamp' }, '0000-00-00 00:00:00', null],
    ['a month without a day', { kind: 'date' }, '2024-02-00', null],
  ])('that is %s is carried', (_, type, value, expected) => {
    expect(converted(type, value)).toEqual(expected)
  })

  test.each<[string, ColumnType, DriverValue, string]>([
    ['a zero date', { kind: 'date' }, '0000-00-00', 'ETL_ZERO_DATE'],
    ['a zero timestamp', { kind: 'timestamp' }, '0000-00-00 00:00:00', 'ETL_ZERO_DATE'],
    ['not a number', { kind: 'double' }, 'nan', 'ETL_VALUE_INVALID'],
    ['an infinity', { kind: 'float' }, '1e999', 'ETL_VALUE_INVALID'],
    ['no time', { kind: 'time' }, '1 day', 'ETL_VALUE_INVALID'],
  ])('that is %s, in a column without null, is refused by its column and without the value', (_, type, value, code) => {
    expect(() => converted(type, value, false)).toThrow(expect.objectContaining({ code, column: 'c' }))
    expect(() => converted(type, value, false)).not.toThrow(String(value))
  })
})

describe('an integer as bytes', () => {
  test('comes back, in as few bytes as hold it and its sign', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 65n), max: 10n ** 65n }), fc.integer({ min: 0, max: 70 }), (wide, shift) => {
        const n = wide >> BigInt(shift * 3)
        const bytes = integerBytes(n)
        expect(integerOf(bytes)).toBe(n)
        if (bytes.length > 1) expect(integerOf(bytes.subarray(1)) === n && ((bytes[1] as number) & 0x80) === ((bytes[0] as number) & 0x80)).toBe(false)
      }),
    )
  })

  test('keeps every digit of a decimal', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }), fc.integer({ min: 0, max: 30 }), (n, scale) => {
        expect(unscaled(decimalText(n, scale))).toBe(n)
      }),
    )
  })
})

describe('a day', () => {
  test('is counted as Date counts it', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date('0100-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }), (date) => {
        const days = Math.floor(date.getTime() / 86_400_000)
        expect(daysOf(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate())).toBe(days)
        expect(dateText(days)).toBe(date.toISOString().slice(0, 10))
      }),
    )
  })
})

describe('a value of a key', () => {
  const digits = (n: number, length: number) => String(n).padStart(length, '0')
  const clock = fc.tuple(fc.nat(23), fc.nat(59), fc.nat(59)).map((parts) => parts.map((n) => digits(n, 2)).join(':'))
  const day = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10))
  const micros = fc.nat(999_999).map((n) => digits(n, 6))
  const cases: [string, ColumnType, fc.Arbitrary<Exclude<DriverValue, null>>][] = [
    ['int', { kind: 'int', bits: 32 }, fc.integer()],
    ['bigint', { kind: 'long' }, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)],
    ['bigint unsigned', { kind: 'unsigned-long' }, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String)],
    ['decimal(30, 4)', { kind: 'decimal', precision: 30, scale: 4 }, fc.bigInt({ min: -(10n ** 29n), max: 10n ** 29n }).map((n) => decimalText(n, 4))],
    ['bit(12)', { kind: 'bits', length: 12 }, fc.nat(4095).map((n) => Buffer.from(digits(n, 4) && n.toString(16).padStart(4, '0'), 'hex'))],
    ['bit(1)', { kind: 'boolean' }, fc.nat(1).map((n) => Buffer.from([n]))],
    ['varchar', { kind: 'text' }, fc.string({ unit: 'grapheme' })],
    ['varbinary', { kind: 'bytes' }, fc.uint8Array().map((bytes) => Buffer.from(bytes))],
    ['date', { kind: 'date' }, day],
    ['time(6)', { kind: 'time' }, fc.tuple(fc.constantFrom('', '-'), clock, micros).map(([sign, text, fraction]) => `${text === '00:00:00' ? '' : sign}${text}.${fraction}`)],
    ['datetime(3)', { kind: 'date-time', unit: 'ms' }, fc.tuple(day, clock, fc.nat(999)).map(([date, text, ms]) => `${date} ${text}.${digits(ms, 3)}`)],
    ['datetime(6)', { kind: 'date-time', unit: 'us' }, fc.tuple(day, clock, micros).map(([date, text, us]) => `${date} ${text}.${us}`)],
    ['timestamp(3)', { kind: 'timestamp' }, fc.tuple(day, clock, fc.nat(999)).map(([date, text, ms]) => `${date} ${text}.${digits(ms, 3)}`)],
    ['year', { kind: 'year' }, fc.integer({ min: 1901, max: 2155 })],
  ]

  test.each(cases)('of type %s is asked for by the same text, be it from the server or from the topic', (_, type, values) => {
    fc.assert(
      fc.property(values, (value) => {
        expect(keyTextOfAvro(type, converted(type, value) as never)).toBe(keyTextOf(type, value))
      }),
    )
  })
})
