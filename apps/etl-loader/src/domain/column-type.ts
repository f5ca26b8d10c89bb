/** What a column holds, as far as its values must be told apart. */
export type ColumnType =
  /** `bits`: as Kafka Connect knows it, 16 or 32. */
  | { readonly kind: 'int'; readonly bits: 16 | 32 }
  | { readonly kind: 'year' }
  | { readonly kind: 'long' }
  | { readonly kind: 'unsigned-long' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'bits'; readonly length: number }
  | { readonly kind: 'float' }
  | { readonly kind: 'double' }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'text' }
  /** Text that the driver would give as bytes: UUIDs and network addresses. */
  | { readonly kind: 'plain' }
  | { readonly kind: 'enum' | 'set'; readonly values: readonly string[] }
  | { readonly kind: 'json' }
  | { readonly kind: 'bytes' }
  | { readonly kind: 'date' }
  | { readonly kind: 'time' }
  | { readonly kind: 'date-time'; readonly unit: 'ms' | 'us' }
  | { readonly kind: 'timestamp' }

/** A column as information_schema declares it. */
export interface DeclaredColumn {
  /** Upper or lower case, such as `int`. */
  readonly dataType: string
  /** With everything, such as `int(10) unsigned` or `enum('a','b')`. */
  readonly columnType: string
  readonly precision: number | null
  readonly scale: number | null
  /** Digits of a second's fraction. */
  readonly timePrecision: number | null
  /** MariaDB has no type of JSON, but a check of a text. */
  readonly json: boolean
}

/** What values a declared column has; undefined for a type that is not known, such as a geometry. */
export function columnType({ dataType, columnType: declared, precision, scale, timePrecision, json }: DeclaredColumn): ColumnType | undefined {
  const unsigned = /\bunsigned\b/i.test(declared)
  switch (dataType.toLowerCase()) {
    case 'tinyint':
      return { kind: 'int', bits: 16 }
    case 'smallint':
      return { kind: 'int', bits: unsigned ? 32 : 16 }
    case 'mediumint':
      return { kind: 'int', bits: 32 }
    case 'int':
      return unsigned ? { kind: 'long' } : { kind: 'int', bits: 32 }
    case 'bigint':
      return unsigned ? { kind: 'unsigned-long' } : { kind: 'long' }
    case 'year':
      return { kind: 'year' }
    case 'bit': {
      const length = Number(/\((\d+)\)/.exec(declared)?.[1] ?? 1)
      return length === 1 ? { kind: 'boolean' } : { kind: 'bits', length }
    }
    case 'float':
      return { kind: 'float' }
    case 'double':
      return { kind: 'double' }
    case 'decimal':
      return precision === null ? undefined : { kind: 'decimal', precision, scale: scale ?? 0 }
    case 'char':
    case 'varchar':
    case 'tinytext':
    case 'text':
    case 'mediumtext':
    case 'longtext':
      return json ? { kind: 'json' } : { kind: 'text' }
    case 'uuid':
    case 'inet4':
    case 'inet6':
      return { kind: 'plain' }
    case 'json':
      return { kind: 'json' }
    case 'enum':
      return { kind: 'enum', values: valuesOf(declared) }
    case 'set':
      return { kind: 'set', values: valuesOf(declared) }
    case 'binary':
    case 'varbinary':
    case 'tinyblob':
    case 'blob':
    case 'mediumblob':
    case 'longblob':
      return { kind: 'bytes' }
    case 'date':
      return { kind: 'date' }
    case 'time':
      return { kind: 'time' }
    case 'datetime':
      return { kind: 'date-time', unit: (timePrecision ?? 0) > 3 ? 'us' : 'ms' }
    case 'timestamp':
      return { kind: 'timestamp' }
    default:
      return undefined
  }
}

/** Of `enum('a','it''s')`: a, it's. */
function valuesOf(declared: string): string[] {
  return [...declared.matchAll(/'((?:[^']|'')*)'/g)].map(([, value = '']) => value.replaceAll("''", "'"))
}
