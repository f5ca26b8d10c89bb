import { bucketDigits, canonicalOrder } from '../../domain/checksum.js'
import { type WarehouseType, sameType } from '../../domain/warehouse-type.js'
import { reservedColumns, type WarehouseColumn, type WarehouseTable } from '../../domain/warehouse-table.js'
import { EtlError } from '../../errors.js'
import type { OffsetRange, Window } from '../warehouse.js'
import { literal, name, tableSql } from './names.js'
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

/** Two sums of a column `M` of MD5s. */
const sums = 'COUNT(*) AS N, COALESCE(SUM(MD5_NUMBER_UPPER64(M)), 0)::VARCHAR AS HIGH, COALESCE(SUM(MD5_NUMBER_LOWER64(M)), 0)::VARCHAR AS LOW'

/** Rows, and the two sums of their checksum: see domain/checksum.ts. */
export function sumSql(table: WarehouseTable, window?: Window): string {
  const where = window === undefined ? '' : ` WHERE DATE_PART('epoch_microsecond', ${name(window.column)}) >= ${BigInt(window.from) * 1_000n} AND DATE_PART('epoch_microsecond', ${name(window.column)}) < ${BigInt(window.to) * 1_000n}`
  return sumWhereSql(table, where)
}

/** The same of rows whose records are in one of the ranges. */
export function offsetSumSql(table: WarehouseTable, ranges: readonly OffsetRange[]): string {
  const each = ranges.map(({ partition, from, to }) => `("_PARTITION" = ${partition} AND "_OFFSET" >= ${from} AND "_OFFSET" < ${to})`)
  return sumWhereSql(table, ` WHERE ${each.join(' OR ') || 'FALSE'}`)
}

/** The same of all rows, by bucket: see `bucketOf`. */
export function bucketSumsSql(table: WarehouseTable): string {
  return `SELECT LEFT(MD5(K), ${bucketDigits}) AS BUCKET, ${sums} FROM (SELECT ${keyText(table)} AS K, ${rowText(table)} AS M FROM ${tableSql(table)}) GROUP BY BUCKET`
}

/** MD5 of key and row of the rows in the buckets. */
export function rowSumsSql(table: WarehouseTable, buckets: Iterable<string>): string {
  return `SELECT MD5(${keyText(table)}) AS K, MD5(${rowText(table)}) AS M FROM ${tableSql(table)} WHERE LEFT(MD5(${keyText(table)}), ${bucketDigits}) IN (${[...buckets].map(literal).join(', ')})`
}

function sumWhereSql(table: WarehouseTable, where: string): string {
  return `SELECT ${sums} FROM (SELECT ${rowText(table)} AS M FROM ${tableSql(table)}${where})`
}

function rowText({ columns }: WarehouseTable): string {
  return canonicalRowSql(columns.filter((column) => !reservedColumns.includes(column.name)))
}

function keyText({ columns, key }: WarehouseTable): string {
  return canonicalRowSql(key.map((one) => columns.find((column) => column.name === one) as WarehouseColumn))
}

function canonicalRowSql(columns: readonly WarehouseColumn[]): string {
  const texts = canonicalOrder(columns).map((column) => {
    const value = name(column.name)
    const written = canonicalTextSql(column.type, value)
    return `IFF(${value} IS NULL, '~', OCTET_LENGTH(${written}) || ':' || ${written})`
  })
  return texts.join(' || ')
}
