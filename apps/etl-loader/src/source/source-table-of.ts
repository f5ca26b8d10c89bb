import type { TableSettings } from '../table-settings.js'
import { avroName, type ChangeColumn, type Deletes, type SourceColumn, type SourceTable } from '../domain/source-table.js'
import { EtlError } from '../errors.js'
import { type DescribedTable, typeOf } from './describe-tables.js'

/**
 * The table to extract, of what the server and the settings say of it.
 *
 * @throws EtlError ETL_KEY_MISSING, ETL_KEY_UNUSABLE, ETL_COLUMN_TYPE_UNKNOWN, ETL_COLUMN_UNKNOWN, ETL_FIELD_NAMES_EQUAL,
 *   ETL_CHANGE_COLUMN_INVALID; the message names table and column, and the fix
 */
export function sourceTableOf(described: DescribedTable, settings: TableSettings = {}): SourceTable {
  const { database, name, estimate } = described
  const excluded = settings.exclude ?? []
  const stray = excluded.find((column) => !described.columns.some((one) => one.name === column))
  if (stray !== undefined) throw new EtlError('ETL_COLUMN_UNKNOWN', `${database}.${name} has no column ${stray}, which exclude of ETL_CONFIG names`)
  const columns = described.columns.filter((column) => !excluded.includes(column.name)).map((column): SourceColumn => ({
    name: column.name,
    field: avroName(column.name),
    type: typeOf(described, column),
    declared: column.columnType,
    nullable: column.nullable,
  }))
  refuseEqualFields(described, columns)
  const named = (column: string, setting: string): SourceColumn => {
    const found = columns.find((one) => one.name === column)
    if (found === undefined) throw new EtlError('ETL_COLUMN_UNKNOWN', `${database}.${name} has no column ${column}, which ${setting} of ETL_CONFIG names: it has ${columns.map((one) => one.name).join(', ')}`)
    return found
  }
  const key = keyOf(described, settings, named)
  const change = changeColumnOf(described, settings, named)
  const softDelete = settings.softDelete === undefined ? null : named(settings.softDelete, 'softDelete')
  const deletes: Deletes = settings.deletes ?? (softDelete === null ? 'sweep' : 'soft')
  if (deletes === 'soft' && softDelete === null) throw new EtlError('ETL_COLUMN_UNKNOWN', `${database}.${name}: "deletes": "soft" of ETL_CONFIG needs "softDelete", the column that marks a deleted row`)
  return { database, name, columns, key, mode: change === null ? 'sweep' : 'watermark', change, deletes, softDelete, estimate }
}

type Named = (column: string, setting: string) => SourceColumn

function keyOf({ database, name, indexes }: DescribedTable, { key: configured }: TableSettings, named: Named): SourceColumn[] {
  const primary = indexes.find((index) => index.name === 'PRIMARY')
  const names = configured ?? primary?.columns
  if (names === undefined) {
    throw new EtlError(
      'ETL_KEY_MISSING',
      `${database}.${name} has no primary key: add one, or name columns that tell its rows apart in the file of ETL_CONFIG: {"tables": {"${name}": {"key": ["…"]}}}`,
    )
  }
  const key = names.map((column) => named(column, 'key'))
  for (const column of key) {
    if (column.nullable) throw new EtlError('ETL_KEY_UNUSABLE', `${database}.${name}.${column.name} is part of the key that ETL_CONFIG names, and may be null: a key has no nulls`)
  }
  return key
}

function changeColumnOf(described: DescribedTable, { changeColumn: configured }: TableSettings, named: Named): ChangeColumn | null {
  if (configured === null) return null
  const found = described.columns.find((column) => (configured === undefined ? column.setByServer && !column.nullable : column.name === configured))
  if (found === undefined) {
    if (configured === undefined) return null
    named(configured, 'changeColumn')
  }
  const { name, nullable, timePrecision } = found as NonNullable<typeof found>
  const column = named(name, 'changeColumn')
  if (nullable || (column.type.kind !== 'timestamp' && column.type.kind !== 'date-time')) {
    throw new EtlError(
      'ETL_CHANGE_COLUMN_INVALID',
      `${described.database}.${described.name}.${name} cannot tell of changes: it must be a datetime or a timestamp that may not be null; with "changeColumn": null in the file of ETL_CONFIG changes are found by checksums`,
    )
  }
  return { ...column, precision: timePrecision ?? 0, indexed: described.indexes.some((index) => index.columns[0] === name) }
}

function refuseEqualFields({ database, name }: DescribedTable, columns: readonly SourceColumn[]): void {
  for (const [field, of] of Map.groupBy(columns, (column) => column.field)) {
    if (of.length > 1) throw new EtlError('ETL_FIELD_NAMES_EQUAL', `${database}.${name}: the columns ${of.map((one) => one.name).join(' and ')} would both be ${field} in Avro: rename one, or leave the table out`)
  }
}
