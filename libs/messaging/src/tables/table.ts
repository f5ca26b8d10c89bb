import type { TablePartition } from './table-partition.js'

/** What a compacted topic holds now, as far as it was read: milliseconds behind what is written, as a rule. */
export interface TableView<T> {
  get(key: string): T | undefined
  /** Why there is no value of a key whose last record cannot be read; undefined for any other key. */
  unreadableBecause(key: string): unknown
  values(): Iterable<T>
  readonly size: number
}

/** A view of several partitions, of which a key is in one. */
export class Table<T> implements TableView<T> {
  readonly #partitions: TablePartition<T>[] = []

  add(partition: TablePartition<T>): void {
    this.#partitions.push(partition)
  }

  get size(): number {
    return this.#partitions.reduce((sum, { size }) => sum + size, 0)
  }

  get(key: string): T | undefined {
    for (const partition of this.#partitions) {
      const value = partition.get(key)
      if (value !== undefined) return value
    }
    return undefined
  }

  unreadableBecause(key: string): unknown {
    for (const partition of this.#partitions) {
      const error = partition.unreadableBecause(key)
      if (error !== undefined) return error
    }
    return undefined
  }

  *values(): Generator<T> {
    for (const partition of this.#partitions) {
      for (const key of partition.keys()) {
        const value = partition.get(key)
        if (value !== undefined) yield value
      }
    }
  }
}
