import { placeColumns, removedColumn, tableNameOf, type WarehouseColumn, type WarehouseTable, withColumns } from '../../domain/warehouse-table.js'
import { rowLayout } from '../../domain/row-layout.js'
import type { Warehouse } from '../../warehouse/warehouse.js'
import { businessTopics, type LoadedTopic, loadedTopic } from './loaded-topic.js'

/**
 * The tables of a topic whose rows have these columns.
 *
 * @param key names of the columns that tell whose row it is
 */
export function tablesOf({ name: topic, compacted, history }: LoadedTopic, columns: readonly WarehouseColumn[], key: readonly string[]): WarehouseTable[] {
  const { schema, name } = tableNameOf(topic, compacted)
  const all = [...columns, ...placeColumns]
  if (!compacted) return [{ schema, name, topic, mode: 'append', key: [], columns: all }]
  const last: WarehouseTable = { schema, name, topic, mode: 'replace', key, columns: all }
  return history ? [last, { schema: 'history', name, topic, mode: 'history', key, columns: [...all, removedColumn] }] : [last]
}

export type TablesOf = typeof tablesOf

/**
 * The one table of a topic in a lake: every record is a row of it, removals too. What a source's table holds beside its
 * key is taken as personal, for nothing says that it is not, and a tombstone takes nothing out of a lake.
 */
export const lakeTablesOf: TablesOf = ({ name: topic, compacted, keyColumn }, columns, key) => {
  const ofSource = compacted && keyColumn === null
  const all = [...columns.map((column) => (ofSource && !key.includes(column.name) ? { ...column, pii: 'direct' as const } : column)), ...placeColumns]
  return [compacted ? { schema: 'lake', name: topic, topic, mode: 'history', key, columns: [...all, removedColumn] } : { schema: 'lake', name: topic, topic, mode: 'append', key: [], columns: all }]
}

/** The tables of the system's own topics, as their newest schemas say. */
export function systemTables(): WarehouseTable[] {
  return businessTopics.flatMap(({ name, schema }) => {
    const topic = loadedTopic(name)
    return tablesOf(topic, rowLayout(schema).columns, topic.keyColumn === null ? [] : [topic.keyColumn])
  })
}

/** Makes these tables where they are not, or are narrower: what asks for them need not wait for a first record. */
export async function makeSystemTables(warehouse: Warehouse): Promise<void> {
  const held = new Map((await warehouse.tables()).map((table) => [`${table.schema}.${table.name}`, table]))
  for (const table of systemTables()) {
    const old = held.get(`${table.schema}.${table.name}`)
    const wanted = old === undefined ? table : withColumns(old, table.columns)
    if (wanted !== old) await warehouse.evolve(wanted)
  }
}
