import { IS_CONTROL, IS_TRANSACTIONAL } from '@platformatic/kafka'
import type { Read } from '../fetch-source.js'
import type { KafkaRecord, TopicPartition } from '../ports.js'
import type { FetchedPartition } from './fetch.js'
import { batchesIn, recordsOf } from './record-batches.js'

/** First field but one of a control record's key: 0 ends a transaction by abort, 1 by commit. */
const abortMarker = 0

/**
 * The committed records of a fetched partition at or after `from`, by the same account as Kafka's own consumer keeps:
 * the answer names each aborted transaction that overlaps it, by producer and first offset; from there on the
 * producer's batches are aborted, until its abort marker.
 */
export function committedRecords(partition: TopicPartition, fetched: Omit<FetchedPartition, 'partition' | 'errorCode'>, from: bigint): Read {
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
      for (const record of recordsOf(partition, batch, from)) records.push(record)
    }
  }
  const end = fetched.lastStableOffset >= 0n ? fetched.lastStableOffset : fetched.highWatermark
  return { records, next, end: end > next ? end : next }
}
