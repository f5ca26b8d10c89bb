import { type Consumer, IS_CONTROL, IS_TRANSACTIONAL, type RecordsBatch } from '@platformatic/kafka'
import type { KafkaRecord, TopicPartition } from '../ports.js'

/** The package does not export the type. */
export type FetchResponse = Awaited<ReturnType<Consumer['fetch']>>
export type FetchedPartition = FetchResponse['responses'][number]['partitions'][number]

/** Bit of a batch's attributes: the broker stamped it on arrival (record format v2, Kafka's protocol documentation). */
const logAppendTime = 0b1000
/** First field but one of a control record's key: 0 ends a transaction by abort, 1 by commit. */
const abortMarker = 0

export interface Fetched {
  readonly records: KafkaRecord[]
  /** Where to read on. */
  readonly next: bigint
}

/**
 * The committed records of a fetched partition at or after `from`.
 *
 * The client drops aborted records only of transactions whose end is in the same response, and one a producer; those
 * of a transaction that spans responses would come through. So they are dropped here, by the same account as Kafka's
 * own consumer keeps: the response names each aborted transaction that overlaps it, by producer and first offset;
 * from there on the producer's batches are aborted, until its abort marker.
 */
export function committedRecords({ topic, partition }: TopicPartition, fetched: FetchedPartition, from: bigint): Fetched {
  const aborted = [...(fetched.abortedTransactions ?? [])].sort((a, b) => Number(a.firstOffset - b.firstOffset))
  const aborting = new Set<bigint>()
  const records: KafkaRecord[] = []
  let next = from
  for (const batch of fetched.records ?? []) {
    const last = batch.firstOffset + BigInt(batch.lastOffsetDelta)
    while (aborted[0] && aborted[0].firstOffset <= last) aborting.add(aborted.shift()!.producerId)
    if (last >= next) next = last + 1n
    if (batch.attributes & IS_CONTROL) {
      if (batch.records[0]?.key?.readInt16BE(2) === abortMarker) aborting.delete(batch.producerId)
      continue
    }
    if (batch.attributes & IS_TRANSACTIONAL && aborting.has(batch.producerId)) continue
    appendRecords(records, topic, partition, batch, from)
  }
  return { records, next }
}

function appendRecords(records: KafkaRecord[], topic: string, partition: number, batch: RecordsBatch, from: bigint): void {
  const arrived = batch.attributes & logAppendTime ? Number(batch.maxTimestamp) : null
  for (const record of batch.records) {
    const offset = batch.firstOffset + BigInt(record.offsetDelta)
    if (offset < from) continue // a broker answers whole batches
    const headers: Record<string, Buffer> = {}
    for (const [name, value] of record.headers) if (name) headers[name.toString('utf8')] = value ?? Buffer.alloc(0)
    const timestamp = arrived ?? Number(batch.firstTimestamp + record.timestampDelta)
    records.push({ topic, partition, offset, timestamp, key: record.key, value: record.value, headers })
  }
}
