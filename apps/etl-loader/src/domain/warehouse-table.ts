import { type Cell, type WarehouseType, commonType, scalar, sameType } from './warehouse-type.js'
import type { Pii } from './personal-data.js'

/**
 * How records of a topic become rows:
 *
 * - `append`: a row a record, for topics of events. Nothing is merged, and nothing goes.
 * - `replace`: a row a key, that of its last record; a removal takes it away.
 * - `history`: a row a record, removals too; a removal empties the personal columns of all rows of its key.
 */
export type TableMode = 'append' | 'replace' | 'history'

export interface WarehouseColumn {
  readonly name: string
  readonly type: WarehouseType
  readonly pii: Pii | null
}

export interface TableName {
  readonly schema: string
  readonly name: string
}

export interface WarehouseTable extends TableName {
  /** Without the namespace. */
  readonly topic: string
  readonly mode: TableMode
  /** Columns that tell whose row it is; empty for `append`. */
  readonly key: readonly string[]
  /** In the order in which they came to be. */
  readonly columns: readonly WarehouseColumn[]
}

/** Columns that every table has: where its record stands, and when it came there. Reserved: a field of such a name gets another. */
export const placeColumns: readonly WarehouseColumn[] = [
  { name: '_partition', type: scalar('int'), pii: null },
  { name: '_offset', type: scalar('long'), pii: null },
  { name: '_written_at', type: scalar('timestamp'), pii: null },
]

/** In tables of mode `history`: whether the record removed its key. */
export const removedColumn: WarehouseColumn = { name: '_removed', type: scalar('boolean'), pii: null }

export const reservedColumns: readonly string[] = [...placeColumns, removedColumn].map(({ name }) => name)

/** Place of a record as the cells of `placeColumns`. */
export function placeCells(partition: number, offset: bigint, timestampMs: number): Cell[] {
  return [partition, offset, BigInt(timestampMs) * 1_000n]
}

/**
 * The table with room for these columns: new ones at the end, others with a type that holds both; a column that is not
 * named stays, and is null in what comes. The same object where nothing changes.
 */
export function withColumns(table: WarehouseTable, wanted: readonly WarehouseColumn[]): WarehouseTable {
  const byName = new Map(wanted.map((column) => [column.name.toLowerCase(), column]))
  let changed = false
  const columns = table.columns.map((column) => {
    const other = byName.get(column.name.toLowerCase())
    byName.delete(column.name.toLowerCase())
    if (other === undefined) return column
    const type = commonType(column.type, other.type)
    const pii = column.pii ?? other.pii
    if (sameType(type, column.type) && pii === column.pii) return column
    changed = true
    return { name: column.name, type, pii }
  })
  return changed || byName.size > 0 ? { ...table, columns: [...columns, ...byName.values()] } : table
}

const tableTopic = /^([^.]+)\.([^.]+)\.(.+)$/

/**
 * Where a topic's rows go: that of a source's table, `<source>.<database>.<table>`, into schema `<source>_<database>`;
 * a compacted topic into `entities`, any other into `events`.
 */
export function tableNameOf(topic: string, compacted: boolean): TableName {
  const [, source, database, table] = tableTopic.exec(topic) ?? []
  if (source !== undefined && database !== undefined && table !== undefined) return { schema: `${source}_${database}`, name: table }
  return { schema: compacted ? 'entities' : 'events', name: topic }
}
