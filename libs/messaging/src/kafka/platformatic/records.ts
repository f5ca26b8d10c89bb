import { IS_CONTROL, IS_TRANSACTIONAL } from '@platformatic/kafka'
import type { KafkaRecord, TopicPartition } from '../ports.js'
import type { FetchedPartition } from './fetch.js'
import { batchesIn, recordsOf } from './record-batches.js'

/** First field but one of a control record's key: 0 ends a transaction by abort, 1 by commit. */
const abortMarker = 0

export interface Fetched {
  readonly records: KafkaRecord[]
  /** Where to read on. */
  readonly next: bigint
}

/**
 * The committed records of a fetched partition at or after `from`, by the same account as Kafka's own consumer keeps:
 * the answer names each aborted transaction that overlaps it, by producer and first offset; from there on the
 * producer's batches are aborted, until its abort marker.
 */
export function committedRecords(partition: TopicPartition, fetched: Pick<FetchedPartition, 'aborted' | 'batches'>, from: bigint): Fetched {
  const aborted = [...fetched.aborted].sort((a, b) => Number(a.firstOffset - b.firstOffset))
  const aborting = new Set<bigint>()
  const records: KafkaRecord[] = []
  let next = from
  for (const batch of batchesIn(fetched.batches)) {
    const { lastOffset, attributes, producerId } = batch
    while (aborted[0] && aborted[0].firstOffset <= lastOffset) aborting.add(aborted.shift()!.producerId)
    if (lastOffset >= next) next = lastOffset + 1n
    if (attributes & IS_CONTROL) {
      if (recordsOf(partition, batch, batch.firstOffset)[0]?.key?.readInt16BE(2) === abortMarker) aborting.delete(producerId)
    } else if (!(attributes & IS_TRANSACTIONAL && aborting.has(producerId))) {
      records.push(...recordsOf(partition, batch, from))
    }
  }
  return { records, next }
}
