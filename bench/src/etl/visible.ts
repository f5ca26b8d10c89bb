import type { LoadedBatch } from './loaded-batches.js'

/** A change that was written to the source. */
export interface WrittenChange {
  readonly table: string
  readonly id: number
  /** The row's from then on; changes of a row come in the order of their versions. */
  readonly version: number
  /** Whether the row is gone by it. */
  readonly removes: boolean
}

/** A record of a table's topic. */
export interface RowRecord {
  readonly table: string
  readonly partition: number
  readonly offset: number
  readonly id: number
  /** null: the row is gone. */
  readonly version: number | null
}

/**
 * When each change was to be seen in the warehouse: the row as it was after it, or as a later change made it. undefined:
 * never. Milliseconds since the Unix epoch.
 *
 * @param records in order within a partition
 * @param batches in order within a topic
 * @param topicOf the topic of a table, as batches name it
 */
export function visibleAt(changes: readonly WrittenChange[], records: readonly RowRecord[], batches: readonly LoadedBatch[], topicOf: (table: string) => string): (number | undefined)[] {
  const byRow = Map.groupBy(records, rowOf)
  const byTopic = Map.groupBy(batches, ({ topic }) => topic)
  return changes.map((change) => {
    const record = byRow.get(rowOf(change))?.find(({ version }) => (version === null ? true : !change.removes && version >= change.version))
    if (record === undefined) return undefined
    return byTopic.get(topicOf(change.table))?.find(({ next }) => (next.get(record.partition) ?? 0) > record.offset)?.at
  })
}

function rowOf({ table, id }: { readonly table: string; readonly id: number }): string {
  return `${table}/${id}`
}
