import { isErased } from '../../domain/personal-data.js'
import type { WarehouseTable } from '../../domain/warehouse-table.js'
import type { LoadTarget, Warehouse } from '../../warehouse/warehouse.js'

/** How many rows were emptied, by place. */
export interface Forgotten {
  readonly warehouse: number
  readonly lake: number
}

/**
 * Empties the personal columns (tags `direct` and `quasi`) of all rows that are about a customer: those with their
 * `customer_id`, and those with a `card_id` of theirs, as the warehouse knows their cards. To be called before the
 * tombstones of the customer's cards are loaded, which take away whose they were; again is as once.
 *
 * Rows of source tables go from the warehouse by the tombstone of their own; in the lake, which keeps every record, all
 * of their columns but the key are emptied.
 *
 * @param columns of the lake's source tables, by topic, that hold the customer's id under another name than `customer_id`
 * @throws EtlError of the warehouse or the lake
 */
export async function forgetCustomer(customerId: string, warehouse: Warehouse, lake: LoadTarget | undefined, columns: ReadonlyMap<string, string> = new Map()): Promise<Forgotten> {
  await warehouse.open()
  const tables = await warehouse.tables()
  const cards = tables.find(({ schema, name }) => schema === 'entities' && name === 'cards')
  const cardIds = cards === undefined ? [] : await warehouse.lookUp(cards, 'card_id', 'customer_id', customerId)
  const emptied = async (target: LoadTarget, all: readonly WarehouseTable[]) => {
    let rows = 0
    for (const table of all) rows += await forgetIn(target, table, customerId, cardIds, columns.get(table.topic) ?? 'customer_id')
    return rows
  }
  return { warehouse: await emptied(warehouse, tables), lake: lake === undefined ? 0 : await emptied(lake, await lake.tables()) }
}

async function forgetIn(target: LoadTarget, table: WarehouseTable, customerId: string, cardIds: readonly string[], own: string): Promise<number> {
  if (!table.columns.some(({ pii }) => isErased(pii))) return 0
  const has = (column: string) => table.columns.some(({ name }) => name === column)
  let rows = 0
  if (has(own)) rows += await target.erase(table, own, [customerId])
  if (has('card_id') && !has(own)) rows += await target.erase(table, 'card_id', cardIds)
  return rows
}
