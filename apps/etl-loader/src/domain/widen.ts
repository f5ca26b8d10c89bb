import { canonicalText } from './checksum.js'
import { type Cell, type WarehouseType, sameType, type StructField } from './warehouse-type.js'

type Widen = (cell: Cell) => Cell

const same: Widen = (cell) => cell

/** Turns cells of a type into those of a wider one: see `commonType`. */
export function widened(from: WarehouseType, to: WarehouseType): Widen {
  if (sameType(from, to)) return same
  const widen = widenedValue(from, to)
  return (cell) => (cell === null ? null : widen(cell))
}

function widenedValue(from: WarehouseType, to: WarehouseType): (cell: Exclude<Cell, null>) => Cell {
  if (to.kind === 'text') return (cell) => canonicalText(from, cell)
  if (from.kind === 'struct' && to.kind === 'struct') return widenedStruct(from.fields, to.fields)
  if (from.kind === 'list' && to.kind === 'list') {
    const item = widened(from.item, to.item)
    return (cell) => (cell as readonly Cell[]).map(item)
  }
  if (from.kind === 'map' && to.kind === 'map') {
    const value = widened(from.value, to.value)
    return (cell) => (cell as readonly (readonly [string, Cell])[]).map(([key, one]) => [key, value(one)] as const)
  }
  if (to.kind === 'decimal') {
    const factor = 10n ** BigInt(to.scale - (from.kind === 'decimal' ? from.scale : 0))
    return (cell) => BigInt(cell as number | bigint) * factor
  }
  if (to.kind === 'long') return (cell) => BigInt(cell as number)
  // An int or a float as a double is the same number.
  return same
}

function widenedStruct(from: readonly StructField[], to: readonly StructField[]): (cell: Exclude<Cell, null>) => Cell {
  const sources = to.map(({ name, type }) => {
    const at = from.findIndex((field) => field.name.toLowerCase() === name.toLowerCase())
    return { at, widen: at < 0 ? same : widened((from[at] as StructField).type, type) }
  })
  return (cell) => sources.map(({ at, widen }) => (at < 0 ? null : widen((cell as readonly Cell[])[at] ?? null)))
}
