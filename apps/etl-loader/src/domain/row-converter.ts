import type { Row, RowValue } from '@swipestream/contracts'
import { converterOf, type DriverValue } from './convert-value.js'
import { type KeyText, keyTextOf } from './key-text.js'
import type { SourceTable } from './source-table.js'

/** A row as the driver gives it: the values of the table's columns in their order, perhaps followed by others. */
export type DriverRow = readonly DriverValue[]

/** Reads the rows of a table; compiled once, for it is called for each row. */
export interface RowConverter {
  /** @throws ValueRefused */
  value(row: DriverRow): Row
  /** The key's fields. @throws ValueRefused */
  key(row: DriverRow): Row
  keyTexts(row: DriverRow): KeyText[]
  isDeleted(row: DriverRow): boolean
  /** The row as JSON that a person can read, for one that was refused: bytes as hexadecimal digits, long values cut. */
  readable(row: DriverRow): string
}

/** Characters of a value that stand in a refused row: as many as let the row have no more than `mostReadable`. */
const longestReadable = [20_000, 1_000, 50]
const mostReadable = 300_000

export function rowConverter(table: SourceTable): RowConverter {
  const fields = table.columns.map(({ field }) => field)
  const converters = table.columns.map(converterOf)
  const keys = table.key.map((column) => ({ field: column.field, type: column.type, at: table.columns.indexOf(column), convert: converterOf(column) }))
  const deletedAt = table.softDelete === null ? -1 : table.columns.indexOf(table.softDelete)
  const count = fields.length

  return {
    value(row) {
      const value: Record<string, RowValue> = {}
      for (let i = 0; i < count; i++) value[fields[i] as string] = (converters[i] as (typeof converters)[number])(row[i] as DriverValue)
      return value
    },
    key(row) {
      const key: Record<string, RowValue> = {}
      for (const { field, at, convert } of keys) key[field] = convert(row[at] as DriverValue)
      return key
    },
    keyTexts: (row) => keys.map(({ type, at }) => keyTextOf(type, row[at] as Exclude<DriverValue, null>)),
    isDeleted(row) {
      if (deletedAt < 0) return false
      const mark = row[deletedAt]
      return Buffer.isBuffer(mark) ? mark.some((byte) => byte !== 0) : mark !== null && mark !== undefined && Number(mark) !== 0 && mark !== ''
    },
    readable(row) {
      let text = ''
      for (const longest of longestReadable) {
        text = JSON.stringify(Object.fromEntries(table.columns.map(({ name }, i) => [name, readableValue(row[i] as DriverValue, longest)])))
        if (text.length <= mostReadable) return text
      }
      return text
    },
  }
}

function readableValue(value: DriverValue, longest: number): DriverValue {
  if (value === null || typeof value === 'number') return value
  const length = value.length
  const text = Buffer.isBuffer(value) ? value.subarray(0, longest / 2).toString('hex') : value.slice(0, longest).toWellFormed()
  return length > longest ? `${text}… (${length} ${Buffer.isBuffer(value) ? 'bytes' : 'characters'})` : text
}
