import type { RowValue } from '@swipestream/contracts'
import { daysOf } from './civil-time.js'
import type { ColumnType } from './column-type.js'
import { integerBytes, unscaled } from './decimal-bytes.js'
import type { SourceColumn } from './source-table.js'
import { type ValueRefusalCode, ValueRefused } from './value-refused.js'

/**
 * A value as the driver gives it: numbers and, beyond 2^53, their texts; dates and times, decimals, floats and doubles as
 * texts; bits and bytes as Buffers.
 */
export type DriverValue = null | number | string | Buffer

type Convert = (value: DriverValue) => RowValue

/**
 * Compiles what makes a column's value in Avro of what the driver gives: the table of ADR 0018.
 *
 * @returns throws ValueRefused when called with a value that Avro cannot carry as it is: it is never changed instead. A
 *   zero date is null where the column may be null.
 */
export function converterOf(column: SourceColumn): Convert {
  const convert = presentConverter(column)
  return (value) => (value === null ? null : convert(value))
}

function presentConverter(column: SourceColumn): (value: Exclude<DriverValue, null>) => RowValue {
  const { type, nullable } = column
  const refused = (code: ValueRefusalCode, reason: string) => new ValueRefused(code, column.name, `${column.name} (${column.declared}) ${reason}`)
  const wrong = () => refused('ETL_VALUE_INVALID', 'has a value that its type does not have')
  switch (type.kind) {
    case 'int':
    case 'year':
      return (value) => value as number
    case 'long':
      return (value) => (typeof value === 'number' ? value : BigInt(value as string))
    case 'unsigned-long':
      return (value) => integerBytes(BigInt(value as number | string))
    case 'boolean':
      return (value) => (value as Buffer)[0] === 1
    case 'bits':
      return (value) => Buffer.from(value as Buffer).reverse()
    case 'float':
    case 'double':
      return (value) => {
        const n = Number(value as string)
        if (!Number.isFinite(n)) throw wrong()
        return n
      }
    case 'decimal':
      return (value) => integerBytes(unscaled(value as string))
    case 'text':
    case 'plain':
    case 'enum':
    case 'set':
    case 'json':
      return (value) => value as string
    case 'bytes':
      return (value) => value as Buffer
    case 'timestamp':
      return (value) => (isZero(value as string) ? zeroDate() : `${(value as string).replace(' ', 'T')}Z`)
    case 'date':
      return (value) => (isZero(value as string) ? zeroDate() : dateOf(value as string))
    case 'date-time':
      return type.unit === 'ms'
        ? (value) => (isZero(value as string) ? zeroDate() : millisecondsOf(value as string))
        : (value) => (isZero(value as string) ? zeroDate() : microsecondsOf(value as string))
    case 'time':
      return (value) => timeOf(value as string) ?? invalid()
  }

  function zeroDate(): null {
    if (nullable) return null
    throw refused('ETL_ZERO_DATE', 'is a date with a month or a day of zero, which no calendar has, and may not be null')
  }

  function invalid(): never {
    throw wrong()
  }
}

/** MySQL keeps dates such as 0000-00-00 and 2024-05-00, depending on its mode. */
function isZero(text: string): boolean {
  return (text.charCodeAt(5) === 48 && text.charCodeAt(6) === 48) || (text.charCodeAt(8) === 48 && text.charCodeAt(9) === 48)
}

/** Of a part of ASCII digits. */
function digits(text: string, from: number, to: number): number {
  let n = 0
  for (let i = from; i < to; i++) n = n * 10 + text.charCodeAt(i) - 48
  return n
}

/** Days since 1970-01-01 of `YYYY-MM-DD…`. */
function dateOf(text: string): number {
  return daysOf(digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10))
}

/** Seconds since 1970, as if UTC, of `YYYY-MM-DD HH:MM:SS…`. */
function secondsOf(text: string): number {
  return dateOf(text) * 86_400 + digits(text, 11, 13) * 3600 + digits(text, 14, 16) * 60 + digits(text, 17, 19)
}

/** The fraction after a dot as a whole number of 10^-places seconds. */
function fractionOf(text: string, dot: number, places: number): number {
  if (text.length <= dot) return 0
  const end = Math.min(text.length, dot + 1 + places)
  return digits(text, dot + 1, end) * 10 ** (places - (end - dot - 1))
}

function millisecondsOf(text: string): number {
  return secondsOf(text) * 1000 + fractionOf(text, 19, 3)
}

/** A bigint after the year 2255, where microseconds are beyond 2^53. */
function microsecondsOf(text: string): number | bigint {
  const seconds = secondsOf(text)
  const fraction = fractionOf(text, 19, 6)
  const micros = seconds * 1_000_000 + fraction
  return Number.isSafeInteger(micros) ? micros : BigInt(seconds) * 1_000_000n + BigInt(fraction)
}

const timePattern = /^(-?)(\d{2,3}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?$/

/** Microseconds of `[-]HHH:MM:SS[.ffffff]`: a time of MySQL goes from -838:59:59 to 838:59:59. */
function timeOf(text: string): number | undefined {
  const parts = timePattern.exec(text)
  if (parts === null) return undefined
  const seconds = Number(parts[2]) * 3600 + Number(parts[3]) * 60 + Number(parts[4])
  const micros = seconds * 1_000_000 + Number((parts[5] ?? '').padEnd(6, '0'))
  // Not -0: it would be another value than 0.
  return parts[1] === '-' && micros !== 0 ? -micros : micros
}

/** Whether the driver must be given the value as text: its own reading of it is not exact, or gives bytes. */
export function readAsText({ kind }: ColumnType): boolean {
  return kind === 'float' || kind === 'double' || kind === 'plain'
}
