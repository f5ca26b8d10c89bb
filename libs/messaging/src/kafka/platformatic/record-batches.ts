import { compressionsAlgorithms } from '@platformatic/kafka'
import { MessagingError } from '../../errors.js'
import type { KafkaRecord, TopicPartition } from '../ports.js'
import { recordsIn } from './fetched-record.js'
import { isIntact } from './record-batch.js'

/** A record batch as it stands in a log: its numbers, and its records as bytes. */
export interface RecordBatch {
  readonly firstOffset: bigint
  readonly lastOffset: bigint
  readonly attributes: number
  /** Milliseconds since the Unix epoch. */
  readonly firstTimestamp: number
  readonly maxTimestamp: number
  readonly producerId: bigint
  readonly count: number
  readonly bytes: Buffer
}

/** First bits of a batch's attributes: how it is compressed. */
const compression = 0b111
/** Bit of them: the broker stamped it on arrival (record format v2, Kafka's protocol documentation). */
const logAppendTime = 0b1000
const [lengthEnd, head] = [12, 61]
const decompress = new Map<number, (packed: Buffer) => Buffer>(Object.values(compressionsAlgorithms).map(({ bitmask, decompressSync }) => [bitmask, decompressSync]))

/**
 * The batches in what a broker has answered, each whole; a part of one at the end is left out. Record batch v2, of
 * Kafka's protocol documentation, "Record Batch".
 *
 * @throws MessagingError of the first of them, KAFKA_UNSUPPORTED: an older format, which no broker has written since Kafka 0.11;
 * KAFKA_BATCH_CORRUPT: it is not what was written
 */
export function* batchesIn(fetched: Buffer): Generator<RecordBatch> {
  for (let at = 0; at + head <= fetched.length; ) {
    const end = at + lengthEnd + fetched.readInt32BE(at + 8)
    if (end > fetched.length) return
    const firstOffset = fetched.readBigInt64BE(at)
    const flaw = flawOf(fetched.subarray(at, Math.max(end, at + head)), end - at, firstOffset)
    // Those before it are good; the next answer begins with it.
    if (flaw && at > 0) return
    if (flaw) throw flaw
    yield {
      firstOffset,
      lastOffset: firstOffset + BigInt(fetched.readInt32BE(at + 23)),
      attributes: fetched.readInt16BE(at + 21),
      firstTimestamp: Number(fetched.readBigInt64BE(at + 27)),
      maxTimestamp: Number(fetched.readBigInt64BE(at + 35)),
      producerId: fetched.readBigInt64BE(at + 43),
      count: fetched.readInt32BE(at + 57),
      bytes: fetched.subarray(at + head, end),
    }
    at = end
  }
}

/** Why a batch cannot be read, if so. Brokers check what is produced and what they copy, not what they serve. */
function flawOf(batch: Buffer, length: number, firstOffset: bigint): MessagingError | null {
  const magic = batch[16]
  if (magic !== 2) return new MessagingError('KAFKA_UNSUPPORTED', `The log has records of format ${magic}: only format 2 is read`)
  if (length >= head && isIntact(batch)) return null
  return new MessagingError('KAFKA_BATCH_CORRUPT', `The batch at offset ${firstOffset} is not what was written: its checksum differs. Look at the disk of the partition's leader; another replica may have the batch whole`)
}

/**
 * The records of a batch at or after an offset.
 *
 * @throws MessagingError KAFKA_UNSUPPORTED for a compression that is not known
 */
export function recordsOf({ topic, partition }: TopicPartition, batch: RecordBatch, from: bigint): KafkaRecord[] {
  const { attributes, count, firstOffset, firstTimestamp, maxTimestamp, bytes } = batch
  const unpack = decompress.get(attributes & compression)
  if (!unpack) throw new MessagingError('KAFKA_UNSUPPORTED', `The log has records compressed in way ${attributes & compression}, which is not known`)
  const origin = { topic, partition, firstOffset, firstTimestamp, arrived: attributes & logAppendTime ? maxTimestamp : null }
  return recordsIn((attributes & compression) === 0 ? bytes : unpack(bytes), count, origin, from)
}
