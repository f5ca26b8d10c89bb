import type { BankEntry, Card } from '@swipestream/contracts'
import type { CleanCustomer, CleanMerchant } from './clean.js'
import type { BankTable } from './source-rows.js'

/** The memory of merging, by `entry_id`. */
export interface EntryStore {
  get(entryId: string): BankEntry | undefined
  set(entry: BankEntry): void
  delete(entryId: string): void
}

export interface CleanRows {
  cards: Card
  customers: CleanCustomer
  merchants: CleanMerchant
}

/** Id of a row in `etl_bank_rows` and in the memory. */
export function rowId(table: BankTable, id: string): string {
  return `${table}/${id}`
}

/** Rows and lists of ids on top of a store. A row that the bank has no more, and a list that is empty, leave nothing. */
export class Entries {
  constructor(private readonly store: EntryStore) {}

  row<T extends BankTable>(table: T, id: string): CleanRows[T] | undefined {
    const text = this.store.get(rowId(table, id))?.row
    return text === null || text === undefined ? undefined : (JSON.parse(text) as CleanRows[T])
  }

  keep<T extends BankTable>(table: T, id: string, row: CleanRows[T] | null): void {
    if (row === null) this.store.delete(rowId(table, id))
    else this.store.set({ entry_id: rowId(table, id), row: JSON.stringify(row), ids: [] })
  }

  list(name: string): readonly string[] {
    return this.store.get(name)?.ids ?? []
  }

  replace(name: string, ids: readonly string[]): void {
    if (ids.length === 0) this.store.delete(name)
    else this.store.set({ entry_id: name, row: null, ids: [...ids].sort() })
  }

  /** Takes an id out of one list, and into another; null for none. */
  move(id: string, from: string | null, to: string | null): void {
    if (from === to) return
    if (from !== null) this.replace(from, this.list(from).filter((other) => other !== id))
    if (to !== null) this.replace(to, [...new Set([...this.list(to), id])])
  }
}
