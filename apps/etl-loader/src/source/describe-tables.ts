import { columnType, type DeclaredColumn } from '../domain/column-type.js'
import { EtlError } from '../errors.js'
import type { MysqlSource } from './mysql-source.js'
import { text } from './sql.js'

/** A table as information_schema describes it. */
export interface DescribedTable {
  readonly database: string
  readonly name: string
  /** Rows about. */
  readonly estimate: number
  readonly columns: readonly DescribedColumn[]
  readonly indexes: readonly DescribedIndex[]
}

export interface DescribedColumn extends DeclaredColumn {
  readonly name: string
  readonly nullable: boolean
  /** Whether the server sets it to the time of each insert and update that does not say otherwise. */
  readonly setByServer: boolean
}

export interface DescribedIndex {
  readonly name: string
  readonly unique: boolean
  readonly columns: readonly string[]
}

/**
 * The tables that the patterns name: `*` stands for any characters, `database.table` for those of another database than
 * the connection's, `!` before a pattern leaves its tables out.
 *
 * @throws EtlError ETL_TABLE_UNKNOWN when a pattern names none
 */
export async function describeTables(source: MysqlSource, patterns: readonly string[]): Promise<DescribedTable[]> {
  const named = (names: readonly string[]) => names.map((pattern) => ({ pattern, ...partsOf(pattern, source.database) }))
  const wanted = named(patterns.filter((pattern) => !pattern.startsWith('!')))
  const unwanted = named(patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1)))
  const databases = [...new Set(wanted.map(({ database }) => database))]
  const found: DescribedTable[] = []
  for (const database of databases) found.push(...(await tablesOf(source, database)))
  const chosen = new Set<DescribedTable>()
  for (const { pattern, database, name } of wanted) {
    const matching = found.filter((table) => table.database === database && name.test(table.name))
    if (matching.length === 0) {
      const known = found.filter((table) => table.database === database).map((table) => table.name)
      throw new EtlError('ETL_TABLE_UNKNOWN', `no table of ${database} is named ${pattern} (ETL_TABLES): there ${known.length === 0 ? 'is none, or the account may read none' : `are ${known.slice(0, 50).join(', ')}`}`)
    }
    for (const table of matching) chosen.add(table)
  }
  return [...chosen].filter((table) => !unwanted.some(({ database, name }) => table.database === database && name.test(table.name)))
}

/** Those of the tables that are still there. */
export async function describeNamed(source: MysqlSource, names: readonly Pick<DescribedTable, 'database' | 'name'>[]): Promise<DescribedTable[]> {
  const found: DescribedTable[] = []
  for (const [database, of] of Map.groupBy(names, (table) => table.database)) {
    const wanted = new Set(of.map(({ name }) => name))
    found.push(...(await tablesOf(source, database)).filter(({ name }) => wanted.has(name)))
  }
  return found
}

/** One table as it is now; undefined when it is gone. */
export async function describeTable(source: MysqlSource, database: string, name: string): Promise<DescribedTable | undefined> {
  const [table] = await tablesOf(source, database, name)
  return table
}

function partsOf(pattern: string, own: string | null): { database: string; name: RegExp } {
  const dot = pattern.indexOf('.')
  const database = dot > 0 ? pattern.slice(0, dot) : own
  if (database === null) throw new EtlError('ETL_TABLE_UNKNOWN', `${pattern} (ETL_TABLES) names no database, and neither does ETL_SOURCE_URL: write database.table, or end the URL with the database`)
  const name = pattern.slice(dot > 0 ? dot + 1 : 0)
  return { database, name: new RegExp(`^${name.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`, 's') }
}

async function tablesOf(source: MysqlSource, database: string, name?: string): Promise<DescribedTable[]> {
  const within = (schema: string) => `${schema} = ${text(database)}${name === undefined ? '' : ` AND TABLE_NAME = ${text(name)}`}`
  const tables = await source.rows(`SELECT TABLE_NAME, TABLE_ROWS FROM information_schema.TABLES WHERE ${within('TABLE_SCHEMA')} AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED') ORDER BY TABLE_NAME`)
  const columns = await source.rows(
    `SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, IS_NULLABLE, NUMERIC_PRECISION, NUMERIC_SCALE, DATETIME_PRECISION, EXTRA, COLUMN_DEFAULT FROM information_schema.COLUMNS WHERE ${within('TABLE_SCHEMA')} ORDER BY TABLE_NAME, ORDINAL_POSITION`,
  )
  const parts = await source.rows(`SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE, COLUMN_NAME FROM information_schema.STATISTICS WHERE ${within('TABLE_SCHEMA')} ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX`)
  const jsonColumns = new Set(
    source.connector === 'mariadb'
      ? (await source.rows(`SELECT TABLE_NAME, CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS WHERE ${within('CONSTRAINT_SCHEMA')}`)).flatMap(([table, clause]) =>
          [...String(clause).matchAll(/^json_valid\(`((?:[^`]|``)+)`\)$/gi)].map(([, column = '']) => `${String(table)}\n${column.replaceAll('``', '`')}`),
        )
      : [],
  )
  return tables.map(([table, estimate]) => ({
    database,
    name: String(table),
    estimate: Number(estimate ?? 0),
    columns: columns
      .filter(([of]) => of === table)
      .map(([, column, dataType, declared, nullable, precision, scale, timePrecision, extra, preset]) => ({
        name: String(column),
        dataType: String(dataType),
        columnType: String(declared),
        precision: precision === null ? null : Number(precision),
        scale: scale === null ? null : Number(scale),
        timePrecision: timePrecision === null ? null : Number(timePrecision),
        json: jsonColumns.has(`${String(table)}\n${String(column)}`),
        nullable: nullable === 'YES',
        setByServer: /on update current_timestamp/i.test(String(extra)) && /current_timestamp/i.test(String(preset)),
      })),
    indexes: [...Map.groupBy(parts.filter(([of]) => of === table), ([, index]) => String(index))].map(([index, of]) => ({
      name: index,
      unique: of.every(([, , nonUnique]) => Number(nonUnique) === 0),
      columns: of.map(([, , , column]) => String(column)),
    })),
  }))
}

/** Whether two descriptions would be read in the same way. */
export function sameShape(one: DescribedTable, other: DescribedTable): boolean {
  const shape = ({ columns, indexes }: DescribedTable) => JSON.stringify([columns, indexes.find(({ name }) => name === 'PRIMARY')])
  return shape(one) === shape(other)
}

/** @throws EtlError ETL_COLUMN_TYPE_UNKNOWN */
export function typeOf(table: DescribedTable, column: DescribedColumn) {
  const type = columnType(column)
  if (type !== undefined) return type
  throw new EtlError(
    'ETL_COLUMN_TYPE_UNKNOWN',
    `${table.database}.${table.name}.${column.name} is a ${column.columnType}, which no topic can carry: leave the column out by the file of ETL_CONFIG, {"tables": {"${table.name}": {"exclude": ["${column.name}"]}}}, or the table by !${table.name} in ETL_TABLES`,
  )
}
