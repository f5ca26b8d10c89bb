import type { KafkaRecord, TopicPartition } from '../ports.js'
import { fetchedBatches } from './fetched-batches.js'

/** What a broker answered for a partition. */
export interface FetchedPartition {
  readonly partitionIndex: number
  readonly errorCode: number
  readonly highWatermark: bigint
  readonly lastStableOffset: bigint
  readonly abortedTransactions: readonly { readonly producerId: bigint; readonly firstOffset: bigint }[]
  /** Record batches, the last one perhaps cut off. */
  readonly records: Buffer
}

export interface Fetched {
  readonly records: KafkaRecord[]
  /** Where to read on. */
  readonly next: bigint
}

/**
 * The committed records of a fetched partition at or after `from`.
 *
 * A broker answers aborted records too. They are dropped by the same account as Kafka's own consumer keeps: the response
 * names each aborted transaction that overlaps it, by producer and first offset; from there on the producer's batches
 * are aborted, until its abort marker. (The client keeps it by response, and hands on those of a transaction that spans
 * several.)
 */
export function committedRecords(partition: TopicPartition, fetched: FetchedPartition, from: bigint): Fetched {
  const aborted = [...fetched.abortedTransactions].sort((a, b) => Number(a.firstOffset - b.firstOffset))
  const aborting = new Set<bigint>()
  const records: KafkaRecord[] = []
  let next = from
  for (const batch of fetchedBatches(fetched.records)) {
    while (aborted[0] && aborted[0].firstOffset <= batch.lastOffset) aborting.add(aborted.shift()!.producerId)
    if (batch.lastOffset >= next) next = batch.lastOffset + 1n
    if (batch.control === 'abort') aborting.delete(batch.producerId)
    if (batch.control !== null || (batch.transactional && aborting.has(batch.producerId))) continue
    batch.records(records, partition, from)
  }
  return { records, next }
}
