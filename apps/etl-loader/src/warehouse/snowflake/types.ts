import type { WarehouseType } from '../../domain/warehouse-type.js'

/** A type as Snowflake's SQL writes it. What is nested is a VARIANT. */
export function typeSql(type: WarehouseType): string {
  switch (type.kind) {
    case 'decimal':
      return `NUMBER(${type.precision}, ${type.scale})`
    case 'struct':
    case 'list':
    case 'map':
      return 'VARIANT'
    default:
      return scalarSql[type.kind]
  }
}

const scalarSql = {
  boolean: 'BOOLEAN', int: 'NUMBER(10, 0)', long: 'NUMBER(19, 0)', float: 'FLOAT', double: 'FLOAT', text: 'VARCHAR', json: 'VARIANT', blob: 'BINARY',
  date: 'DATE', time: 'TIME(6)', timestamp: 'TIMESTAMP_TZ(6)', datetime: 'TIMESTAMP_NTZ(6)',
} as const

/** A value of a staged line (a VARIANT, see `lines.ts`) as the column's type. */
export function stagedSql(type: WarehouseType, value: string): string {
  switch (type.kind) {
    case 'struct':
    case 'list':
    case 'map':
      return `NULLIF(${value}, PARSE_JSON('null'))`
    case 'json':
      return `PARSE_JSON(${value}::VARCHAR)`
    case 'blob':
      return `TO_BINARY(${value}::VARCHAR, 'HEX')`
    default:
      return `${value}::VARCHAR::${typeSql(type)}`
  }
}
