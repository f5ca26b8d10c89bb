import { BIGINT, BLOB, BOOLEAN, DATE, DECIMAL, DOUBLE, DuckDBType, FLOAT, INTEGER, LIST, MAP, STRUCT, TIME, TIMESTAMP, TIMESTAMPTZ, VARCHAR } from '@duckdb/node-api'
import type { WarehouseType } from '../../domain/warehouse-type.js'
import { quoted } from '../identifiers.js'

/** A type as DuckDB's SQL writes it. */
export function typeSql(type: WarehouseType): string {
  switch (type.kind) {
    case 'decimal':
      return `DECIMAL(${type.precision}, ${type.scale})`
    case 'struct':
      return `STRUCT(${type.fields.map((field) => `${quoted(field.name)} ${typeSql(field.type)}`).join(', ')})`
    case 'list':
      return `${typeSql(type.item)}[]`
    case 'map':
      return `MAP(VARCHAR, ${typeSql(type.value)})`
    default:
      return scalarSql[type.kind]
  }
}

const scalarSql = {
  boolean: 'BOOLEAN', int: 'INTEGER', long: 'BIGINT', float: 'FLOAT', double: 'DOUBLE', text: 'VARCHAR', json: 'JSON', blob: 'BLOB',
  date: 'DATE', time: 'TIME', timestamp: 'TIMESTAMPTZ', datetime: 'TIMESTAMP',
} as const

/** The same of its data chunks. */
export function chunkType(type: WarehouseType): DuckDBType {
  switch (type.kind) {
    case 'decimal':
      return DECIMAL(type.precision, type.scale)
    case 'struct':
      return STRUCT(Object.fromEntries(type.fields.map((field) => [field.name, chunkType(field.type)])))
    case 'list':
      return LIST(chunkType(type.item))
    case 'map':
      return MAP(VARCHAR, chunkType(type.value))
    default:
      return scalarChunks[type.kind]
  }
}

const scalarChunks = {
  boolean: BOOLEAN, int: INTEGER, long: BIGINT, float: FLOAT, double: DOUBLE, text: VARCHAR, json: VARCHAR, blob: BLOB,
  date: DATE, time: TIME, timestamp: TIMESTAMPTZ, datetime: TIMESTAMP,
} as const
