import { sameType } from '../../domain/warehouse-type.js'
import { isErased } from '../../domain/personal-data.js'
import type { WarehouseColumn, WarehouseTable } from '../../domain/warehouse-table.js'
import type { OffsetChange, TableChange } from '../warehouse.js'
import { widenedSql } from './canonical-sql.js'
import { name, literal, tableSql } from './names.js'
import { stagedSql, typeSql } from './types.js'

/** What the loader keeps in the warehouse. */
export const ownTables: readonly string[] = [
  'CREATE SCHEMA IF NOT EXISTS "ETL"',
  'CREATE TABLE IF NOT EXISTS "ETL"."OFFSETS" (TOPIC VARCHAR NOT NULL, PARTITION_ID NUMBER(10, 0) NOT NULL, NEXT_OFFSET NUMBER(19, 0) NOT NULL)',
  'CREATE TABLE IF NOT EXISTS "ETL"."TABLES" (SCHEMA_NAME VARCHAR NOT NULL, TABLE_NAME VARCHAR NOT NULL, TOPIC VARCHAR NOT NULL, DESCRIPTION VARCHAR NOT NULL)',
  'CREATE STAGE IF NOT EXISTS "ETL"."LOAD"',
  // Temporary tables are made here.
  'USE SCHEMA "ETL"',
]

/** Before the transaction: the row of a partition that was never loaded. MERGE locks the table, so there is one. */
export function firstOffset(topic: string, partition: number): string {
  return `MERGE INTO "ETL"."OFFSETS" AS T USING (SELECT ${literal(topic)} AS TOPIC, ${partition} AS PARTITION_ID) AS S ON T.TOPIC = S.TOPIC AND T.PARTITION_ID = S.PARTITION_ID WHEN NOT MATCHED THEN INSERT (TOPIC, PARTITION_ID, NEXT_OFFSET) VALUES (S.TOPIC, S.PARTITION_ID, ${neverLoaded})`
}

/** Stands for the offset of a partition that was never loaded. */
export const neverLoaded = -1

/**
 * Moves an offset; changes one row, or none when it is not where it should be. UPDATE locks until the transaction ends,
 * so of two loaders the second sees what the first has done.
 */
export function moveOffset(topic: string, { partition, from, to }: OffsetChange): string {
  return `UPDATE "ETL"."OFFSETS" SET NEXT_OFFSET = ${to} WHERE TOPIC = ${literal(topic)} AND PARTITION_ID = ${partition} AND NEXT_OFFSET = ${from ?? neverLoaded}`
}

/** What makes a table of the old one. Snowflake commits each by itself, so each can be done again. */
export function evolution(old: WarehouseTable | undefined, table: WarehouseTable): string[] {
  const target = tableSql(table)
  if (old === undefined) {
    return [`CREATE SCHEMA IF NOT EXISTS ${name(table.schema)}`, `CREATE TABLE IF NOT EXISTS ${target} (${table.columns.map((column) => `${name(column.name)} ${typeSql(column.type)}${commented(column)}`).join(', ')})`]
  }
  const before = new Map(old.columns.map((column) => [column.name, column]))
  const changed = table.columns.filter((column) => {
    const was = before.get(column.name)
    return was !== undefined && !sameType(was.type, column.type) && typeSql(was.type) !== typeSql(column.type)
  })
  const added = table.columns.filter((column) => !before.has(column.name)).map((column) => `ALTER TABLE ${target} ADD COLUMN IF NOT EXISTS ${name(column.name)} ${typeSql(column.type)}${commented(column)}`)
  if (changed.every((column) => growsInPlace(before.get(column.name) as WarehouseColumn, column))) {
    return [...added, ...changed.map((column) => `ALTER TABLE ${target} ALTER COLUMN ${name(column.name)} SET DATA TYPE ${typeSql(column.type)}`)]
  }
  // Other changes of a type Snowflake does not make in place; this one statement is done as a whole or not at all.
  const columns = table.columns.map((column) => `${name(column.name)} ${typeSql(column.type)}${commented(column)}`)
  const values = table.columns.map((column) => widenedSql(before.get(column.name)?.type ?? column.type, column.type, name(column.name)))
  return [...added, `CREATE OR REPLACE TABLE ${target} (${columns.join(', ')}) COPY GRANTS AS SELECT ${values.join(', ')} FROM ${target}`]
}

function commented({ pii }: WarehouseColumn): string {
  return pii === null ? '' : ` COMMENT ${literal(`personal data: ${pii}`)}`
}

/** A NUMBER may get more digits as long as its scale stays. */
function growsInPlace(was: WarehouseColumn, column: WarehouseColumn): boolean {
  const number = /^NUMBER\((\d+), (\d+)\)$/
  const [, wasDigits, wasScale] = number.exec(typeSql(was.type)) ?? []
  const [, digits, scale] = number.exec(typeSql(column.type)) ?? []
  return wasDigits !== undefined && digits !== undefined && wasScale === scale && Number(digits) >= Number(wasDigits)
}

/** Brings a file to the stage and from there into a table of the session's own, before the transaction begins. */
export function stageFile(file: string, folder: string, stage: string): string[] {
  return [
    `CREATE OR REPLACE TEMPORARY TABLE ${stage} (SRC VARIANT)`,
    `PUT ${literal(`file://${file}`)} @"ETL"."LOAD"/${folder} AUTO_COMPRESS = TRUE OVERWRITE = TRUE`,
    `COPY INTO ${stage} FROM @"ETL"."LOAD"/${folder} FILE_FORMAT = (TYPE = JSON) PURGE = TRUE`,
  ]
}

/** Makes a change of what is staged, within the transaction. */
export function applyStaged({ table, rows, removed }: Pick<TableChange, 'table' | 'rows' | 'removed'>, stage: string): string[] {
  const target = tableSql(table)
  const columns = table.columns.map((column) => name(column.name))
  const cells = table.columns.map((column, i) => `${stagedSql(column.type, `SRC:r[${i}]`)} AS ${name(column.name)}`)
  const insert = rows.length === 0 ? [] : [`INSERT INTO ${target} (${columns.join(', ')}) SELECT ${cells.join(', ')} FROM ${stage} WHERE SRC:r IS NOT NULL`]
  if (table.mode === 'append') return insert
  const typeOf = (key: string) => (table.columns.find((column) => column.name === key) as WarehouseColumn).type
  const key = `(${table.key.map(name).join(', ')})`
  const gone = `${key} IN (SELECT ${table.key.map((one, i) => stagedSql(typeOf(one), `SRC:d[${i}]`)).join(', ')} FROM ${stage} WHERE SRC:d IS NOT NULL)`
  if (table.mode === 'history') {
    const emptied = table.columns.filter(({ pii }) => isErased(pii)).map((column) => `${name(column.name)} = NULL`)
    return removed.length === 0 || emptied.length === 0 ? insert : [...insert, `UPDATE ${target} SET ${emptied.join(', ')} WHERE ${gone}`]
  }
  const replaced = `${key} IN (SELECT ${table.key.map((one) => stagedSql(typeOf(one), `SRC:r[${table.columns.findIndex((column) => column.name === one)}]`)).join(', ')} FROM ${stage} WHERE SRC:r IS NOT NULL)`
  return [...(removed.length === 0 ? [] : [`DELETE FROM ${target} WHERE ${gone}`]), ...(rows.length === 0 ? [] : [`DELETE FROM ${target} WHERE ${replaced}`]), ...insert]
}
