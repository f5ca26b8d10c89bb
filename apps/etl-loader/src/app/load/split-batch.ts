import type { KafkaRecord } from '@swipestream/messaging'
import type { OffsetChange } from '../../warehouse/warehouse.js'
import type { RecordBatch } from './topic-reader.js'

/** A batch as two: the first so many records, and the others with what else the batch brings its partitions past. */
export function split({ records, offsets }: RecordBatch, at: number): [RecordBatch, RecordBatch] {
  const first = records.slice(0, at)
  const reached = reachedBy(first, offsets)
  const after = new Map(reached.map(({ partition, to }) => [partition, to]))
  const rest = offsets.map((offset) => ({ ...offset, from: after.get(offset.partition) ?? offset.from }))
  return [{ records: first, offsets: reached }, { records: records.slice(at), offsets: rest.filter(({ from, to }) => from !== to) }]
}

/** How far these records bring the partitions they are of. */
function reachedBy(records: readonly KafkaRecord[], offsets: readonly OffsetChange[]): OffsetChange[] {
  const last = new Map(records.map(({ partition, offset }) => [partition, offset + 1n]))
  return offsets.flatMap(({ partition, from }) => {
    const to = last.get(partition)
    return to === undefined ? [] : [{ partition, from, to }]
  })
}
