import type { Read } from '../fetch-source.js'
import type { KafkaRecord, TopicPartition } from '../ports.js'
import type { FetchedMessage, FetchedPartition } from './protocol.js'

/** First field but one of a control record's key: 0 ends a transaction by abort, 1 by commit. */
const abortMarker = 0

/**
 * The committed records of a fetched partition at or after `from`.
 *
 * The client's consumer takes aborted transactions in the order in which they ended, one a record, and any record with
 * a key of four zeros for an abort marker: where transactions overlap, records of aborted ones come through. So they are
 * dropped here, by the same account as Kafka's own consumer keeps: the response names each aborted transaction that
 * overlaps it, by producer and first offset; from there on the producer's batches are aborted, until its abort marker.
 */
export function committedRecords({ topic, partition }: TopicPartition, fetched: FetchedPartition, from: bigint): Read {
  const aborted = fetched.abortedTransactions
    .map(({ producerId, firstOffset }) => ({ producerId, firstOffset: BigInt(firstOffset) }))
    .sort((a, b) => Number(a.firstOffset - b.firstOffset))
  const aborting = new Set<string>()
  const records: KafkaRecord[] = []
  let next = from
  let batch: FetchedMessage['batchContext'] | null = null
  for (const message of fetched.messages) {
    if (message.batchContext !== batch) {
      batch = message.batchContext
      const last = BigInt(batch.firstOffset) + BigInt(batch.lastOffsetDelta)
      while (aborted[0] && aborted[0].firstOffset <= last) aborting.add(aborted.shift()!.producerId)
      if (last >= next) next = last + 1n
    }
    if (message.isControlRecord) {
      if (message.key?.readInt16BE(2) === abortMarker) aborting.delete(batch.producerId)
      continue
    }
    if (batch.inTransaction && aborting.has(batch.producerId)) continue
    const offset = BigInt(message.offset)
    if (offset < from) continue // a broker answers whole batches
    records.push({ topic, partition, offset, timestamp: Number(message.timestamp), key: message.key, value: message.value, headers: headersOf(message) })
  }
  const stable = BigInt(fetched.lastStableOffset)
  const end = stable >= 0n ? stable : BigInt(fetched.highWatermark)
  return { records, next, end: end > next ? end : next }
}

/** The last value of a name counts. */
function headersOf({ headers }: FetchedMessage): Record<string, Buffer> {
  const last: Record<string, Buffer> = {}
  for (const name in headers) {
    const value = headers[name]
    const of = (Array.isArray(value) ? (value as readonly (Buffer | null)[]).at(-1) : (value as Buffer | null)) ?? Buffer.alloc(0)
    // Anybody may write a record: a header of this name must not become what the object inherits from.
    if (name === '__proto__') Object.defineProperty(last, name, { value: of, enumerable: true, configurable: true, writable: true })
    else last[name] = of
  }
  return last
}
