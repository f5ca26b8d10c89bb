import { canonicalOrder } from '../../domain/checksum.js'
import { type WarehouseType, sameType } from '../../domain/warehouse-type.js'
import { reservedColumns, type WarehouseTable } from '../../domain/warehouse-table.js'
import { EtlError } from '../../errors.js'
import type { Window } from '../warehouse.js'
import { name, tableSql } from './names.js'
import { typeSql } from './types.js'

/** `canonicalText` of domain/checksum.ts as Snowflake's SQL. @throws EtlError for a nested type, which it cannot write */
export function canonicalTextSql(type: WarehouseType, value: string): string {
  switch (type.kind) {
    case 'boolean':
      return `IFF(${value}, '1', '0')`
    case 'float':
    case 'double':
      return `CASE WHEN ABS(${value}) < 8589934592 THEN FLOOR(${value} * 1048576)::NUMBER(38, 0)::VARCHAR WHEN ABS(${value}) < 9007199254740992 THEN FLOOR(${value})::NUMBER(38, 0)::VARCHAR WHEN ${value} < 0 THEN '-' ELSE '+' END`
    case 'blob':
      return `LOWER(HEX_ENCODE(${value}))`
    case 'date':
      return `DATEDIFF('day', '1970-01-01'::DATE, ${value})::VARCHAR`
    case 'time':
      return `DATEDIFF('microsecond', '00:00:00'::TIME, ${value})::VARCHAR`
    case 'timestamp':
    case 'datetime':
      return `DATE_PART('epoch_microsecond', ${value})::VARCHAR`
    case 'struct':
    case 'list':
    case 'map':
      throw new EtlError('ETL_WAREHOUSE_BROKEN', 'the canonical text of a nested column is not computed in Snowflake: compare the table without it')
    default:
      return `${value}::VARCHAR`
  }
}

/** A value of a wider type, as `widened` of the domain makes it. */
export function widenedSql(from: WarehouseType, to: WarehouseType, value: string): string {
  if (sameType(from, to) || typeSql(from) === typeSql(to)) return value
  return to.kind === 'text' ? `IFF(${value} IS NULL, NULL, ${canonicalTextSql(from, value)})` : `${value}::${typeSql(to)}`
}

/** Rows, and the two sums of their checksum: see domain/checksum.ts. */
export function sumSql(table: WarehouseTable, window?: Window): string {
  const texts = canonicalOrder(table.columns.filter((column) => !reservedColumns.includes(column.name))).map((column) => {
    const value = name(column.name)
    const written = canonicalTextSql(column.type, value)
    return `IFF(${value} IS NULL, '~', OCTET_LENGTH(${written}) || ':' || ${written})`
  })
  const where = window === undefined ? '' : ` WHERE DATE_PART('epoch_microsecond', ${name(window.column)}) >= ${BigInt(window.from) * 1_000n} AND DATE_PART('epoch_microsecond', ${name(window.column)}) < ${BigInt(window.to) * 1_000n}`
  return `SELECT COUNT(*) AS N, COALESCE(SUM(MD5_NUMBER_UPPER64(M)), 0)::VARCHAR AS HIGH, COALESCE(SUM(MD5_NUMBER_LOWER64(M)), 0)::VARCHAR AS LOW FROM (SELECT ${texts.join(' || ')} AS M FROM ${tableSql(table)}${where})`
}
