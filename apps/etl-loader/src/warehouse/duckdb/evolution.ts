import { type WarehouseType, sameType } from '../../domain/warehouse-type.js'
import type { WarehouseColumn, WarehouseTable } from '../../domain/warehouse-table.js'
import { literal, quoted, tableSql } from '../identifiers.js'
import { canonicalTextSql } from './canonical-sql.js'
import { typeSql } from './types.js'

/** A column as CREATE TABLE has it. */
export function columnSql({ name, type }: WarehouseColumn): string {
  return `${quoted(name)} ${typeSql(type)}`
}

/**
 * What makes a table of the old one: statements in their order.
 *
 * @param old undefined when there is none
 */
export function evolution(old: WarehouseTable | undefined, table: WarehouseTable): string[] {
  const comment = ({ name, pii }: WarehouseColumn) => (pii === null ? [] : [`COMMENT ON COLUMN ${tableSql(table)}.${quoted(name)} IS ${literal(`personal data: ${pii}`)}`])
  if (old === undefined) {
    return [
      `CREATE SCHEMA IF NOT EXISTS ${quoted(table.schema)}`,
      `CREATE TABLE ${tableSql(table)} (${table.columns.map(columnSql).join(', ')})`,
      ...table.columns.flatMap(comment),
    ]
  }
  const before = new Map(old.columns.map((column) => [column.name, column]))
  return table.columns.flatMap((column) => {
    const was = before.get(column.name)
    if (was === undefined) return [`ALTER TABLE ${tableSql(table)} ADD COLUMN ${columnSql(column)}`, ...comment(column)]
    const widened = sameType(was.type, column.type) ? [] : [`ALTER TABLE ${tableSql(table)} ALTER COLUMN ${quoted(column.name)} SET DATA TYPE ${typeSql(column.type)} USING ${widenedSql(was.type, column.type, quoted(column.name))}`]
    return [...widened, ...(was.pii === column.pii ? [] : comment(column))]
  })
}

/** An expression for a value of a wider type, as `widened` of the domain makes it. */
export function widenedSql(from: WarehouseType, to: WarehouseType, value: string, depth = 0): string {
  if (sameType(from, to)) return value
  const item = `w${depth}`
  if (to.kind === 'text') return `CASE WHEN ${value} IS NULL THEN NULL ELSE ${canonicalTextSql(from, value)} END`
  if (from.kind === 'struct' && to.kind === 'struct') {
    const fields = to.fields.map(({ name, type }) => {
      const was = from.fields.find((field) => field.name.toLowerCase() === name.toLowerCase())
      return `${quoted(name)} := ${was === undefined ? `NULL::${typeSql(type)}` : widenedSql(was.type, type, `struct_extract(${value}, ${literal(was.name)})`, depth)}`
    })
    return `CASE WHEN ${value} IS NULL THEN NULL ELSE struct_pack(${fields.join(', ')}) END`
  }
  if (from.kind === 'list' && to.kind === 'list') return `list_transform(${value}, lambda ${item}: ${widenedSql(from.item, to.item, item, depth + 1)})`
  if (from.kind === 'map' && to.kind === 'map') {
    return `map_from_entries(list_transform(map_entries(${value}), lambda ${item}: struct_pack(key := struct_extract(${item}, 'key'), value := ${widenedSql(from.value, to.value, `struct_extract(${item}, 'value')`, depth + 1)})))`
  }
  return `CAST(${value} AS ${typeSql(to)})`
}
