import { Checksum } from '../../domain/checksum.js'
import type { WarehouseTable } from '../../domain/warehouse-table.js'
import type { Warehouse } from '../../warehouse/warehouse.js'
import type { Place } from './places.js'

/** A table of the warehouse; one that is not there yet has no rows. */
export function warehouseRows(warehouse: Warehouse, table: WarehouseTable | null): Place {
  if (table === null) return { totals: () => Promise.resolve(new Map()), rows: () => Promise.resolve() }
  return {
    async totals() {
      const totals = new Map<string, Checksum>()
      for (const { bucket, rows, high, low } of await warehouse.bucketSums(table)) {
        const total = new Checksum()
        total.addSums(rows, high, low)
        totals.set(bucket, total)
      }
      return totals
    },
    rows: (buckets, take) => warehouse.rowSums(table, buckets, take),
  }
}
