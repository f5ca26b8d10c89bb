import type { RowValue } from '@swipestream/contracts'
import { clockText, dateText } from './civil-time.js'
import type { ColumnType } from './column-type.js'
import type { DriverValue } from './convert-value.js'
import { decimalText, integerOf } from './decimal-bytes.js'

/**
 * A value of a key as a text that can be kept and be told to the server again. It is the value's own text, but of bits
 * their number and of bytes their hexadecimal digits.
 */
export type KeyText = string

/** The text of a value as the driver gives it. */
export function keyTextOf({ kind }: ColumnType, value: Exclude<DriverValue, null>): KeyText {
  if (!Buffer.isBuffer(value)) return String(value)
  const hex = value.toString('hex')
  return kind === 'bits' || kind === 'boolean' ? BigInt(`0x${hex}`).toString() : hex
}

/** The text of a value as it stands on the topic: the inverse of `converterOf`, for types that a key may have. */
export function keyTextOfAvro(type: ColumnType, value: Exclude<RowValue, null>): KeyText {
  switch (type.kind) {
    case 'unsigned-long':
      return integerOf(value as Buffer).toString()
    case 'decimal':
      return decimalText(integerOf(value as Buffer), type.scale)
    case 'boolean':
      return value === true ? '1' : '0'
    case 'bits':
      return BigInt(`0x${Buffer.from(value as Buffer).reverse().toString('hex')}`).toString()
    case 'bytes':
      return (value as Buffer).toString('hex')
    case 'date':
      return dateText(value as number)
    case 'time':
      return timeText(value as number)
    case 'date-time':
      return dateTimeText(BigInt(value as number | bigint), type.unit === 'ms' ? 3 : 6)
    case 'timestamp':
      return (value as string).replace('T', ' ').replace('Z', '')
    default:
      return String(value)
  }
}

function timeText(micros: number): string {
  const magnitude = Math.abs(micros)
  return `${micros < 0 ? '-' : ''}${clockText(Math.floor(magnitude / 1_000_000))}.${String(magnitude % 1_000_000).padStart(6, '0')}`
}

function dateTimeText(value: bigint, places: 3 | 6): string {
  const second = 10n ** BigInt(places)
  const fraction = ((value % second) + second) % second
  const seconds = Number((value - fraction) / second)
  const days = Math.floor(seconds / 86_400)
  return `${dateText(days)} ${clockText(seconds - days * 86_400)}.${String(fraction).padStart(places, '0')}`
}
