import { createHash } from 'node:crypto'
import { canonicalOrder, canonicalRow, Checksum } from '../../domain/checksum.js'
import type { Cell } from '../../domain/warehouse-type.js'
import { reservedColumns, type WarehouseTable } from '../../domain/warehouse-table.js'
import type { TableSum } from '../../warehouse/warehouse.js'

/** Counts and adds up rows as `Warehouse.sum` does those of the table: of all columns but those of the record's place. */
export class RowSum {
  readonly #columns: readonly { readonly type: WarehouseTable['columns'][number]['type']; readonly at: number }[]
  readonly #types: readonly WarehouseTable['columns'][number]['type'][]
  readonly #checksum = new Checksum()

  constructor({ columns }: WarehouseTable) {
    this.#columns = canonicalOrder(columns.map(({ name, type }, at) => ({ name, type, at })).filter(({ name }) => !reservedColumns.includes(name)))
    this.#types = this.#columns.map(({ type }) => type)
  }

  /** @param row a cell for each of the table's columns, in their order */
  add(row: readonly Cell[]): void {
    const text = canonicalRow(this.#types, this.#columns.map(({ at }) => row[at] ?? null))
    this.#checksum.add(createHash('md5').update(text).digest('hex'))
  }

  get sum(): TableSum {
    return { rows: this.#checksum.rows, checksum: this.#checksum.text }
  }
}
