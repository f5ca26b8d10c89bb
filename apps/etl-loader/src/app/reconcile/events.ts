import type { OffsetRange, TableSum } from '../../warehouse/warehouse.js'
import type { OpenTable } from './round.js'

/** How far a topic of events was compared. */
export interface EventsCompared {
  /** The next offset by partition. */
  readonly offsets: ReadonlyMap<number, bigint>
  /** Milliseconds since the Unix epoch. */
  readonly at: number
}

export interface EventsResult {
  readonly topic: TableSum
  readonly warehouse: TableSum
  readonly equal: boolean
  readonly quarantined: number
}

/**
 * Compares records of a topic of events with their rows: those from where it was compared before, or from the first that
 * the topic still has, up to where the warehouse says that it has loaded. None of them changes, so one look is exact.
 */
export async function compareEvents({ events, warehouse, table, reader, physicalName, name }: OpenTable, before: EventsCompared | undefined): Promise<{ readonly result: EventsResult; readonly compared: ReadonlyMap<number, bigint> }> {
  const compared = await warehouse.offsets(name)
  const bounds = await reader.bounds(physicalName)
  const ranges = [...compared].flatMap(([partition, to]): OffsetRange[] => {
    const first = bounds[partition]?.first ?? to
    const known = before?.offsets.get(partition) ?? 0n
    // An offset before the known one: the topic was loaded anew.
    const from = known > first && known <= to ? known : first
    return from < to ? [{ partition, from, to }] : []
  })
  const { sum: topic, leftOut } = await (events as NonNullable<typeof events>).sum(ranges)
  const held = await warehouse.offsetSum(table, ranges)
  return { result: { topic, warehouse: held, equal: topic.rows === held.rows && topic.checksum === held.checksum, quarantined: leftOut }, compared }
}
