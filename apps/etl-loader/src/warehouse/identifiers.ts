import type { TableName } from '../domain/warehouse-table.js'

/** A name as SQL's standard quotes it: nothing in it has a meaning. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A text as SQL's standard writes it. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

export function tableSql({ schema, name }: TableName): string {
  return `${quoted(schema)}.${quoted(name)}`
}
