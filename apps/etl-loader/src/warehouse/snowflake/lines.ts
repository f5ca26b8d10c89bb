import { decimalText } from '../../domain/checksum.js'
import type { Cell, WarehouseType } from '../../domain/warehouse-type.js'
import type { TableChange } from '../warehouse.js'

/**
 * A change as lines of JSON for COPY: `{"r":[…]}` is a row, its cells in the order of the table's columns; `{"d":[…]}`
 * a key that goes, its cells in the order of the table's key. A cell of no nested type is a text, as Snowflake casts it
 * from VARCHAR without loss: a number in JSON would go through a double where it has many digits.
 */
export function changeLines({ table, rows, removed }: TableChange): string {
  const types = table.columns.map(({ type }) => type)
  const keys = table.key.map((name) => table.columns.find((column) => column.name === name)?.type ?? { kind: 'text' as const })
  const line = (of: readonly WarehouseType[], cells: readonly Cell[]) => JSON.stringify(of.map((type, i) => staged(type, cells[i] ?? null)))
  return [...rows.map((row) => `{"r":${line(types, row)}}\n`), ...removed.map((key) => `{"d":${line(keys, key)}}\n`)].join('')
}

type Json = null | string | boolean | number | readonly Json[] | { readonly [name: string]: Json }

function staged(type: WarehouseType, cell: Cell): Json {
  if (cell === null) return null
  switch (type.kind) {
    case 'decimal':
      return decimalText(cell as bigint, type.scale)
    case 'blob':
      return Buffer.from(cell as Uint8Array).toString('hex')
    case 'date':
      return new Date((cell as number) * 86_400_000).toISOString().slice(0, 10)
    case 'time':
      return isoOf(cell as bigint).slice(11)
    case 'datetime':
      return isoOf(cell as bigint)
    case 'timestamp':
      return `${isoOf(cell as bigint)}Z`
    case 'struct':
      return Object.fromEntries(type.fields.map((field, i) => [field.name, staged(field.type, (cell as readonly Cell[])[i] ?? null)]))
    case 'list':
      return (cell as readonly Cell[]).map((item) => staged(type.item, item))
    case 'map':
      return Object.fromEntries((cell as readonly (readonly [string, Cell])[]).map(([key, value]) => [key, staged(type.value, value)]))
    default:
      return String(cell)
  }
}

/** ISO 8601 to the microsecond, without a zone. */
function isoOf(micros: bigint): string {
  const below = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n
  const seconds = new Date(Number((micros - below) / 1_000n)).toISOString().slice(0, 19)
  return `${seconds}.${String(below).padStart(6, '0')}`
}
