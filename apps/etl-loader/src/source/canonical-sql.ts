import { bucketDigits, canonicalOrder } from '../domain/checksum.js'
import type { SourceColumn } from '../domain/source-table.js'
import type { WarehouseType } from '../domain/warehouse-type.js'
import { identifier } from './sql.js'

/** A column of the source whose values are compared with those of topic and warehouse. */
export interface ComparedColumn {
  readonly column: SourceColumn
  /** Its name in the warehouse. */
  readonly name: string
  /** What the topic says that its values are. */
  readonly own: WarehouseType
  /** What they are in the warehouse: the same, or wider. */
  readonly type: WarehouseType
}

export interface ComparedColumns {
  readonly columns: readonly ComparedColumn[]
  /** Those that tell rows apart. */
  readonly key: readonly ComparedColumn[]
}

/** Rows of a table for which all conditions hold. */
export interface RowsOf {
  /** As SQL names it. */
  readonly table: string
  readonly where: readonly string[]
}

/**
 * `canonicalRow` of domain/checksum.ts as an expression of MySQL's SQL, in bytes, for the session that `MysqlSource`
 * opens. Null where the text would be longer than the server allows (`max_allowed_packet`).
 */
export function canonicalRowSql(columns: readonly ComparedColumn[]): string {
  return `CONCAT(${canonicalOrder(columns).map(canonicalValueSql).join(', ')})`
}

/** Rows and the two sums of their checksum by bucket; the last column counts rows whose text was too long. */
export function bucketSumsSql({ key, columns }: ComparedColumns, rows: RowsOf): string {
  // As bytes, and with a limit, which makes the server compute each MD5 once.
  const hashed = `SELECT UNHEX(MD5(${canonicalRowSql(key)})) AS k, UNHEX(MD5(${canonicalRowSql(columns)})) AS m ${fromSql(rows)} LIMIT 18446744073709551615`
  const sum = (part: string) => `CAST(IFNULL(SUM(CAST(CONV(${part}, 16, 10) AS UNSIGNED)), 0) AS CHAR)`
  return `SELECT LOWER(LEFT(HEX(k), ${bucketDigits})) AS bucket, COUNT(m), ${sum('LEFT(HEX(m), 16)')}, ${sum('RIGHT(HEX(m), 16)')}, COUNT(*) - COUNT(m) FROM (${hashed}) AS r GROUP BY bucket`
}

/** MD5 of key and row of each row in the buckets: the second is null where the text was too long. */
export function rowSumsSql({ key, columns }: ComparedColumns, { table, where }: RowsOf, buckets: Iterable<string>): string {
  const names = [...buckets].map((bucket) => `'${bucket}'`).join(', ')
  const k = `MD5(${canonicalRowSql(key)})`
  return `SELECT ${k}, MD5(${canonicalRowSql(columns)}) ${fromSql({ table, where: [...where, `LEFT(${k}, ${bucketDigits}) IN (${names})`] })}`
}

/** MD5 of the keys of rows. */
export function keySumsSql({ key }: ComparedColumns, rows: RowsOf): string {
  return `SELECT MD5(${canonicalRowSql(key)}) ${fromSql(rows)}`
}

/** Holds for rows whose text is too long for the server. */
export function isTooLongSql({ columns }: ComparedColumns): string {
  return `${canonicalRowSql(columns)} IS NULL`
}

function fromSql({ table, where }: RowsOf): string {
  return `FROM ${table}${where.length === 0 ? '' : ` WHERE ${where.map((condition) => `(${condition})`).join(' AND ')}`}`
}

/** Holds for rows that count as deleted: as `RowConverter.isDeleted` decides. */
export function isDeletedSql({ name, type }: SourceColumn): string {
  const column = identifier(name)
  switch (type.kind) {
    case 'boolean':
    case 'bits':
      return `(${column} IS NOT NULL AND ${column}+0 <> 0)`
    case 'bytes':
      return `(${column} IS NOT NULL AND HEX(${column}) REGEXP '[1-9A-F]')`
    case 'int':
    case 'year':
    case 'long':
    case 'unsigned-long':
    case 'decimal':
    case 'float':
    case 'double':
      return `(${column} IS NOT NULL AND ${column} <> 0)`
    case 'date':
    case 'time':
    case 'date-time':
    case 'timestamp':
      return `(${column} IS NOT NULL)`
    default:
      return `(${column} IS NOT NULL AND CONVERT(${column} USING utf8mb4) NOT REGEXP '^[[:space:]]*([-+]?(0+[.]?0*|[.]0+)(e[-+]?[0-9]+)?)?[[:space:]]*$')`
  }
}

/** Its length and its text; a null, and a date that no calendar has, are `~`. */
function canonicalValueSql(compared: ComparedColumn): string {
  const column = identifier(compared.column.name)
  const { kind } = compared.column.type
  const dated = kind === 'date' || kind === 'date-time' || kind === 'timestamp'
  const isNull = dated ? `${column} IS NULL OR MONTH(${column}) = 0 OR DAYOFMONTH(${column}) = 0` : `${column} IS NULL`
  const written = canonicalTextSql(compared)
  const length = kind === 'bytes' ? `2 * LENGTH(${column})` : `LENGTH(${written})`
  return `IF(${isNull}, '~', CONCAT(${length}, ':', ${written}))`
}

function canonicalTextSql({ column: { name, type, declared }, own, type: to }: ComparedColumn): string {
  const column = identifier(name)
  if (to.kind === 'double') return doubleSql(column)
  // A number with more digits behind the point than it has at the source.
  if (to.kind === 'decimal' && (own.kind !== 'decimal' || own.scale !== to.scale)) return `CAST(CAST(${column}+0 AS DECIMAL(65, ${to.scale})) AS CHAR)`
  switch (type.kind) {
    case 'int':
    case 'year':
    case 'long':
    case 'unsigned-long':
    case 'boolean':
      // As a number: without zeros before it (ZEROFILL), and a bit as its digit.
      return `CAST(${column}+0 AS CHAR)`
    case 'decimal':
      return /zerofill/i.test(declared) ? `CAST(${column}+0 AS CHAR)` : `CAST(${column} AS CHAR)`
    case 'float':
    case 'double':
      return doubleSql(column)
    case 'bits':
      return bitsSql(column, type.length)
    case 'bytes':
      return `LOWER(HEX(${column}))`
    case 'plain':
      return `CAST(${column} AS CHAR)`
    case 'text':
    case 'enum':
    case 'set':
    case 'json':
      return textSql(column)
    case 'date':
      return `CAST(DATEDIFF(${column}, '1970-01-01') AS CHAR)`
    case 'time':
      return `CAST(IF(${column} < 0, -1, 1) * (${clockSql(column)}) AS CHAR)`
    case 'date-time':
    case 'timestamp':
      return `CAST(DATEDIFF(${column}, '1970-01-01') * 86400000000 + ${clockSql(column)} AS CHAR)`
  }
}

/** In UTF-8, and without a collation, which may be another than those of its neighbours. */
function textSql(column: string): string {
  return `CAST(CONVERT(${column} USING utf8mb4) AS BINARY)`
}

function clockSql(column: string): string {
  return `(HOUR(${column}) * 3600 + MINUTE(${column}) * 60 + SECOND(${column})) * 1000000 + MICROSECOND(${column})`
}

function doubleSql(column: string): string {
  const x = `(${column}+0e0)`
  const whole = (value: string) => `CAST(CAST(FLOOR(${value}) AS SIGNED) AS CHAR)`
  return `CASE WHEN ABS(${x}) < 8589934592e0 THEN ${whole(`${x}*1048576e0`)} WHEN ABS(${x}) < 9007199254740992e0 THEN ${whole(x)} WHEN ${x} < 0 THEN '-' ELSE '+' END`
}

/** The bytes from the last to the first, as the topic has them. */
function bitsSql(column: string, length: number): string {
  const bytes = Math.ceil(length / 8)
  const hex = `LPAD(LOWER(HEX(CAST(${column} AS UNSIGNED))), ${2 * bytes}, '0')`
  return `CONCAT(${Array.from({ length: bytes }, (_, i) => `SUBSTR(${hex}, ${2 * (bytes - i) - 1}, 2)`).join(', ')})`
}
