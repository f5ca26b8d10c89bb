import {
  DuckDBBlobValue, DuckDBDateValue, DuckDBDecimalValue, DuckDBListValue, DuckDBMapValue, DuckDBStructValue, DuckDBTimestampTZValue, DuckDBTimestampValue, DuckDBTimeValue, type DuckDBValue,
} from '@duckdb/node-api'
import type { Cell, WarehouseType } from '../../domain/warehouse-type.js'

/** Turns cells of a type into DuckDB's values; compiled once a column. */
export function valueOf(type: WarehouseType): (cell: Cell) => DuckDBValue {
  const value = presentValue(type)
  // A boolean, number or text is the same to both.
  return value === undefined ? (cell) => cell as DuckDBValue : (cell) => (cell === null ? null : value(cell as never))
}

function presentValue(type: WarehouseType): ((cell: never) => DuckDBValue) | undefined {
  switch (type.kind) {
    case 'decimal':
      return (cell: bigint) => new DuckDBDecimalValue(cell, type.precision, type.scale)
    case 'blob':
      return (cell: Uint8Array) => new DuckDBBlobValue(cell)
    case 'date':
      return (cell: number) => new DuckDBDateValue(cell)
    case 'time':
      return (cell: bigint) => new DuckDBTimeValue(cell)
    case 'timestamp':
      return (cell: bigint) => new DuckDBTimestampTZValue(cell)
    case 'datetime':
      return (cell: bigint) => new DuckDBTimestampValue(cell)
    case 'struct': {
      const fields = type.fields.map(({ name, type: inner }) => ({ name, value: valueOf(inner) }))
      return (cell: readonly Cell[]) => {
        const entries: Record<string, DuckDBValue> = {}
        for (let i = 0; i < fields.length; i++) {
          const field = fields[i] as (typeof fields)[number]
          entries[field.name] = field.value(cell[i] ?? null)
        }
        return new DuckDBStructValue(entries)
      }
    }
    case 'list': {
      const item = valueOf(type.item)
      return (cell: readonly Cell[]) => new DuckDBListValue(cell.map(item))
    }
    case 'map': {
      const inner = valueOf(type.value)
      return (cell: readonly (readonly [string, Cell])[]) => new DuckDBMapValue(cell.map(([key, one]) => ({ key, value: inner(one) })))
    }
    default:
      return undefined
  }
}
