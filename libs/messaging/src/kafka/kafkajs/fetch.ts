import type { Read } from '../fetch-source.js'
import { nameOf, type PartitionOffset } from '../ports.js'
import { type Node, readCommitted } from './protocol.js'
import { committedRecords } from './records.js'

/** More than a broker gives in one answer (its fetch.max.bytes), unless a single batch is larger. */
const allBytes = 64 * 1024 * 1024

export interface FetchLimits {
  readonly maxBytes: number
  readonly maxBytesPerPartition: number
  /** How long the broker may hold the answer when there is nothing new, in milliseconds. */
  readonly maxWaitMs: number
}

/** What a broker gives of partitions that it leads. When it refuses one of them, the client drops the whole answer. */
export async function fetchTogether(node: Node, asked: readonly PartitionOffset[], limits: FetchLimits): Promise<Map<string, Read>> {
  const topics = [...Map.groupBy(asked, ({ topic }) => topic)].map(([topic, each]) => ({
    topic,
    partitions: each.map(({ partition, offset }) => ({ partition, fetchOffset: String(offset), maxBytes: limits.maxBytesPerPartition })),
  }))
  const { responses } = await node.fetch({ isolationLevel: readCommitted, maxWaitTime: limits.maxWaitMs, minBytes: 1, maxBytes: limits.maxBytes, topics })
  const from = new Map(asked.map((each) => [nameOf(each), each.offset]))
  const read = new Map<string, Read>()
  for (const { topicName: topic, partitions } of responses) {
    for (const fetched of partitions) {
      const at = { topic, partition: fetched.partition }
      const offset = from.get(nameOf(at))
      if (offset !== undefined) read.set(nameOf(at), committedRecords(at, fetched, offset))
    }
  }
  return read
}

/**
 * What a broker gives of one partition. The client leaves out batches that compaction has emptied: where there is
 * something, and none of it is a record, reading goes on behind it.
 */
export async function fetchAlone(node: Node, asked: PartitionOffset, maxBytes: number, maxWaitMs: number): Promise<Read> {
  let end = asked.offset
  for (const most of [maxBytes, allBytes]) {
    const read = (await fetchTogether(node, [asked], { maxBytes: most, maxBytesPerPartition: most, maxWaitMs })).get(nameOf(asked))
    if (read && !isEmptied(read, asked.offset)) return read
    if (!read) break
    end = read.end
  }
  return { records: [], next: end, end }
}

/** Whether there is something to read at an offset, and nothing came of it. */
export function isEmptied({ next, end }: Read, from: bigint): boolean {
  return next === from && end > from
}
