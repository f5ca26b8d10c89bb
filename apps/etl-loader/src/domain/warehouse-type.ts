/**
 * The types that a column of a warehouse can have, whatever the warehouse calls them.
 *
 * `timestamp` is an instant, `datetime` the reading of a clock in no zone; `json` is a text that holds JSON.
 */
export type WarehouseType =
  | { readonly kind: ScalarKind }
  /** At most 38 digits, of which `scale` behind the point. */
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'struct'; readonly fields: readonly StructField[] }
  | { readonly kind: 'list'; readonly item: WarehouseType }
  /** From texts. */
  | { readonly kind: 'map'; readonly value: WarehouseType }

export type ScalarKind = 'boolean' | 'int' | 'long' | 'float' | 'double' | 'text' | 'json' | 'blob' | 'date' | 'time' | 'timestamp' | 'datetime'

export interface StructField {
  readonly name: string
  readonly type: WarehouseType
}

/**
 * A value of a column, exact, the same for every warehouse:
 *
 * | type | cell |
 * | --- | --- |
 * | boolean, text, json | boolean, string |
 * | int, float, double | number |
 * | long | bigint |
 * | decimal | bigint: the value times 10^scale |
 * | blob | Uint8Array |
 * | date | number: days since 1970-01-01 |
 * | time | bigint: microseconds since midnight |
 * | timestamp, datetime | bigint: microseconds since 1970-01-01T00:00:00 |
 * | struct, list | array of cells: by field, by item |
 * | map | array of pairs |
 */
export type Cell = null | boolean | number | bigint | string | Uint8Array | readonly Cell[] | readonly (readonly [string, Cell])[]

/** More digits than these no warehouse counts exactly (DuckDB, Snowflake). */
export const maxDecimalDigits = 38

const scalars = new Map<ScalarKind, WarehouseType>()

/** The type without parameters of that name; one object a name. */
export function scalar(kind: ScalarKind): WarehouseType {
  let type = scalars.get(kind)
  if (type === undefined) scalars.set(kind, (type = { kind }))
  return type
}

export const text = scalar('text')

export function sameType(a: WarehouseType, b: WarehouseType): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}

/**
 * The narrowest type that holds every value of both exactly; `text` where there is none, which holds them as
 * `canonicalText` writes them. So a column can always take what comes, and nothing that is in it changes its meaning.
 */
export function commonType(a: WarehouseType, b: WarehouseType): WarehouseType {
  if (sameType(a, b)) return a
  if (a.kind === 'struct' && b.kind === 'struct') return { kind: 'struct', fields: commonFields(a.fields, b.fields) }
  if (a.kind === 'list' && b.kind === 'list') return { kind: 'list', item: commonType(a.item, b.item) }
  if (a.kind === 'map' && b.kind === 'map') return { kind: 'map', value: commonType(a.value, b.value) }
  return commonNumber(a, b) ?? text
}

/** Fields of the first in their order, and after them those that only the second has. */
function commonFields(a: readonly StructField[], b: readonly StructField[]): StructField[] {
  const others = new Map(b.map((field) => [field.name.toLowerCase(), field]))
  const fields = a.map(({ name, type }) => {
    const other = others.get(name.toLowerCase())
    others.delete(name.toLowerCase())
    return { name, type: other === undefined ? type : commonType(type, other.type) }
  })
  return [...fields, ...others.values()]
}

/** Digits before the point that an integer needs. */
const integerDigits: Partial<Record<WarehouseType['kind'], number>> = { int: 10, long: 19 }

function commonNumber(a: WarehouseType, b: WarehouseType): WarehouseType | undefined {
  const kinds = new Set([a.kind, b.kind])
  const both = (one: WarehouseType['kind'], other: WarehouseType['kind']) => kinds.has(one) && kinds.has(other)
  if (both('int', 'long')) return scalar('long')
  // A double has 53 bits: enough for an int, not for a long.
  if (both('float', 'double') || both('int', 'double') || both('int', 'float')) return scalar('double')
  const [left, right] = [asDecimal(a), asDecimal(b)]
  if (left === undefined || right === undefined) return undefined
  const scale = Math.max(left.scale, right.scale)
  const precision = Math.max(left.precision - left.scale, right.precision - right.scale) + scale
  return precision > maxDecimalDigits ? undefined : { kind: 'decimal', precision, scale }
}

function asDecimal(type: WarehouseType): { readonly precision: number; readonly scale: number } | undefined {
  if (type.kind === 'decimal') return type
  const digits = integerDigits[type.kind]
  return digits === undefined ? undefined : { precision: digits, scale: 0 }
}
