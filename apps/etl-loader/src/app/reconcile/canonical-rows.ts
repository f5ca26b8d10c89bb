import { hash } from 'node:crypto'
import { canonicalOrder, canonicalRow } from '../../domain/checksum.js'
import { type RowLayout, type RowReader, rowReader } from '../../domain/row-layout.js'
import { type WarehouseColumn, type WarehouseTable, withColumns } from '../../domain/warehouse-table.js'
import type { Cell, WarehouseType } from '../../domain/warehouse-type.js'
import { EtlError } from '../../errors.js'

/** Rows as cells of a table's columns, and their canonical texts. */
export class CanonicalRows {
  readonly #table: WarehouseTable
  readonly #readers = new Map<number, { readonly layout: RowLayout; readonly read: RowReader }>()
  readonly #order: readonly number[]
  readonly #types: readonly WarehouseType[]

  constructor(table: WarehouseTable) {
    this.#table = table
    const ordered = canonicalOrder(table.columns.map(({ name, type }, at) => ({ name, type, at })))
    this.#order = ordered.map(({ at }) => at)
    this.#types = ordered.map(({ type }) => type)
  }

  /** The columns of the table's key alone. */
  static ofKeys(table: WarehouseTable): CanonicalRows {
    return new CanonicalRows({ ...table, columns: table.key.map((name) => table.columns.find((column) => column.name === name) as WarehouseColumn) })
  }

  /** null where the value removes its row. @throws BadValue */
  cells(schemaId: number, layoutOf: () => RowLayout, value: Parameters<RowLayout['row']>[0]): readonly Cell[] | null {
    let reader = this.#readers.get(schemaId)
    if (reader === undefined) {
      const layout = layoutOf()
      this.#requireRoom(layout)
      this.#readers.set(schemaId, (reader = { layout, read: rowReader(layout.fields, this.#table, []) }))
    }
    const row = reader.layout.row(value)
    return row === null ? null : reader.read(row, [])
  }

  /** MD5 of the row's canonical text. */
  md5(cells: readonly Cell[]): string {
    return hash('md5', canonicalRow(this.#types, this.#order.map((at) => cells[at] ?? null)), 'hex')
  }

  #requireRoom({ columns }: RowLayout): void {
    const names = new Set(this.#table.columns.map(({ name }) => name.toLowerCase()))
    const own = columns.filter(({ name }) => names.has(name.toLowerCase())).map((column) => ({ ...column, pii: null }))
    if (withColumns({ ...this.#table, columns: this.#table.columns.map((column) => ({ ...column, pii: null })) }, own).columns.some(({ type }, i) => type !== this.#table.columns[i]?.type)) {
      throw new EtlError('ETL_SOURCE_CHANGED', `${this.#table.topic} has columns wider than the warehouse has yet: it is compared when they are loaded`)
    }
  }
}
