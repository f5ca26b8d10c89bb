import { isErased } from '../../domain/personal-data.js'
import { type RowLayout, rowLayout } from '../../domain/row-layout.js'
import type { SourceTable } from '../../domain/source-table.js'
import { type Connector, tableSchemas } from '../../domain/table-schema.js'
import { reservedColumns, type WarehouseTable } from '../../domain/warehouse-table.js'
import type { WarehouseType } from '../../domain/warehouse-type.js'
import type { ComparedColumns } from '../../source/canonical-sql.js'

/** The columns of a table that are compared. */
export interface ComparedTable {
  /** As the topic's records are read. */
  readonly table: WarehouseTable
  /** As the warehouse has it: perhaps without columns that did not come there yet. */
  readonly held: WarehouseTable
  /** Of the table at the source; null without one. */
  readonly source: (ComparedColumns & { readonly layout: RowLayout }) | null
}

export type Compares = (type: WarehouseType) => boolean

/**
 * All columns that the source has, with the types that they have in the warehouse. One that the source has no more is in
 * old rows of topic and warehouse: nothing is left to compare it with.
 *
 * @param held null: the warehouse has no table of the topic yet
 */
export function comparedWithSource(source: SourceTable, topic: string, connector: Connector, held: WarehouseTable | null, compares: Compares): ComparedTable {
  const layout = rowLayout(tableSchemas(source, topic, connector).envelope)
  const inWarehouse = new Map(held?.columns.map((column) => [column.name.toLowerCase(), column]))
  const columns = source.columns
    .map((column, i) => {
      const { name, type: own } = layout.columns[i] as RowLayout['columns'][number]
      const there = inWarehouse.get(name.toLowerCase())
      return { column, name: there?.name ?? name, own, type: there?.type ?? own }
    })
    .filter(({ type }) => compares(type))
  const key = source.key.flatMap((one) => columns.filter(({ column }) => column === one))
  const table: WarehouseTable = {
    ...(held ?? { schema: '', name: '', topic, mode: 'replace' }),
    key: key.map(({ name }) => name),
    columns: columns.map(({ name, type }) => ({ name, type, pii: null })),
  }
  return { table, held: { ...table, columns: table.columns.filter(({ name }) => inWarehouse.has(name.toLowerCase())) }, source: { columns, key, layout } }
}

/** All columns that the warehouse has; of events, those that are not emptied when a customer is forgotten. */
export function comparedWithTopic(held: WarehouseTable, compares: Compares): ComparedTable {
  const columns = held.columns.filter(({ name, type, pii }) => !reservedColumns.includes(name) && compares(type) && !(held.mode === 'append' && isErased(pii)))
  const table = { ...held, columns }
  return { table, held: table, source: null }
}
