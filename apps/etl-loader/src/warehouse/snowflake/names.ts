import type { TableName } from '../../domain/warehouse-table.js'

/** A name in capitals, as Snowflake reads one that is not quoted: analysts need not quote them either. */
export function name(text: string): string {
  return `"${text.toUpperCase().replaceAll('"', '""')}"`
}

export function tableSql(table: TableName): string {
  return `${name(table.schema)}.${name(table.name)}`
}

/** A text; a backslash has a meaning in Snowflake's. */
export function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}
