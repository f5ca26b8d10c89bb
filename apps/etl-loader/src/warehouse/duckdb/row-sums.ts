import { bucketDigits } from '../../domain/checksum.js'
import { reservedColumns, type WarehouseColumn, type WarehouseTable } from '../../domain/warehouse-table.js'
import { literal, tableSql } from '../identifiers.js'
import type { OffsetRange } from '../warehouse.js'
import { canonicalRowSql } from './canonical-sql.js'

/** Two sums of a column `m` of MD5s. */
const sums = "count(*) AS n, coalesce(sum(('0x' || left(m, 16))::UBIGINT), 0)::VARCHAR AS high, coalesce(sum(('0x' || right(m, 16))::UBIGINT), 0)::VARCHAR AS low"

/** Rows, and the two sums of their checksum: see domain/checksum.ts. */
export function sumSql(table: WarehouseTable, where = ''): string {
  return `SELECT ${sums} FROM (SELECT ${rowMd5(table)} AS m FROM ${tableSql(table)} ${where})`
}

export function bucketSumsSql(table: WarehouseTable): string {
  return `SELECT left(k, ${bucketDigits}) AS bucket, ${sums} FROM (SELECT ${keyMd5(table)} AS k, ${rowMd5(table)} AS m FROM ${tableSql(table)}) GROUP BY bucket`
}

export function rowSumsSql(table: WarehouseTable, buckets: Iterable<string>): string {
  return `SELECT ${keyMd5(table)} AS k, ${rowMd5(table)} AS m FROM ${tableSql(table)} WHERE left(k, ${bucketDigits}) IN (${[...buckets].map(literal).join(', ')})`
}

/** Holds for rows whose records are in one of the ranges. */
export function rangesSql(ranges: readonly OffsetRange[]): string {
  const each = ranges.map(({ partition, from, to }) => `(_partition = ${partition} AND _offset >= ${from} AND _offset < ${to})`)
  return each.length === 0 ? 'false' : each.join(' OR ')
}

function rowMd5({ columns }: WarehouseTable): string {
  return `md5(${canonicalRowSql(columns.filter(({ name }) => !reservedColumns.includes(name)))})`
}

function keyMd5({ columns, key }: WarehouseTable): string {
  return `md5(${canonicalRowSql(key.map((name) => columns.find((column) => column.name === name) as WarehouseColumn))})`
}
