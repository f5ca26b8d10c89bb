import type { WarehouseType } from '../../domain/warehouse-type.js'
import { canonicalOrder } from '../../domain/checksum.js'
import type { WarehouseColumn } from '../../domain/warehouse-table.js'
import { literal, quoted } from '../identifiers.js'

/** `canonicalRow` of domain/checksum.ts as an expression of DuckDB's SQL. */
export function canonicalRowSql(columns: readonly WarehouseColumn[]): string {
  const texts = canonicalOrder(columns).map(({ name, type }) => canonicalValueSql(type, quoted(name)))
  return texts.length === 0 ? "''" : texts.join(' || ')
}

function canonicalValueSql(type: WarehouseType, value: string, depth = 0): string {
  const written = canonicalTextSql(type, value, depth)
  return `CASE WHEN ${value} IS NULL THEN '~' ELSE strlen(${written}) || ':' || ${written} END`
}

/** `canonicalText` of domain/checksum.ts. `depth` keeps the names of nested lambdas apart. */
export function canonicalTextSql(type: WarehouseType, value: string, depth = 0): string {
  const one = `e${depth}`
  const each = (list: string, item: string) => `array_to_string(list_transform(${list}, lambda ${one}: ${item}), '')`
  switch (type.kind) {
    case 'boolean':
      return `CASE WHEN ${value} THEN '1' ELSE '0' END`
    case 'float':
    case 'double': {
      const x = `(${value})::DOUBLE`
      return `(CASE WHEN abs(${x}) < 8589934592 THEN (floor(${x} * 1048576)::BIGINT)::VARCHAR WHEN abs(${x}) < 9007199254740992 THEN (floor(${x})::BIGINT)::VARCHAR WHEN ${x} < 0 THEN '-' ELSE '+' END)`
    }
    case 'decimal':
      // DuckDB leaves the zero before the point away where the type has no digit there.
      return type.precision === type.scale ? `regexp_replace((${value})::VARCHAR, '^(-?)[.]', '\\10.')` : `(${value})::VARCHAR`
    case 'blob':
      return `lower(hex(${value}))`
    case 'date':
      return `(${value} - DATE '1970-01-01')::VARCHAR`
    case 'time':
    case 'timestamp':
    case 'datetime':
      return `epoch_us(${value})::VARCHAR`
    case 'struct':
      return `(${type.fields.map((field) => canonicalValueSql(field.type, `struct_extract(${value}, ${literal(field.name)})`, depth)).join(' || ')})`
    case 'list':
      return each(value, canonicalValueSql(type.item, one, depth + 1))
    case 'map': {
      const entries = `list_transform(map_entries(${value}), lambda ${one}: ${canonicalValueSql({ kind: 'text' }, `struct_extract(${one}, 'key')`, depth + 1)} || ${canonicalValueSql(type.value, `struct_extract(${one}, 'value')`, depth + 1)})`
      return `array_to_string(list_sort(${entries}), '')`
    }
    default:
      return `(${value})::VARCHAR`
  }
}
