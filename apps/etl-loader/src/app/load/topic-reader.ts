import type { KafkaRecord, Reader } from '@swipestream/messaging'
import { EtlError } from '../../errors.js'
import type { OffsetChange } from '../../warehouse/warehouse.js'

/** Records of one topic that go to the warehouse together. */
export interface RecordBatch {
  /** In order within a partition. */
  readonly records: readonly KafkaRecord[]
  readonly offsets: readonly OffsetChange[]
}

export interface BatchLimits {
  readonly rows: number
  /** Of keys and values, about. */
  readonly bytes: number
}

export interface ReadingObserver {
  /** Records went before they could be read. */
  expired(partition: number, records: bigint): void
  /** Where a partition's committed records end. */
  ends?(partition: number, end: bigint): void
}

/**
 * Reads what a topic holds between where the warehouse stands and the end of its committed records, as it is when this
 * begins, in batches.
 *
 * @param name of the topic in the cluster
 * @param stored the next offset of each partition, as the warehouse has it
 * @throws EtlError ETL_TOPIC_REPLACED when the topic ends before the warehouse's offset; MessagingError
 */
export async function* recordBatches(reader: Reader, name: string, stored: ReadonlyMap<number, bigint>, limits: BatchLimits, told: ReadingObserver): AsyncGenerator<RecordBatch> {
  let batch = new BatchInMaking()
  for (const [partition, { first, end }] of (await reader.bounds(name)).entries()) {
    const known = stored.get(partition) ?? null
    if (known !== null && end < known) {
      throw new EtlError('ETL_TOPIC_REPLACED', `${name}/${partition} ends at offset ${end}, and the warehouse has loaded it up to ${known}: the topic was made anew. Forget what was loaded by \`npm run etl -- reset ${name}\`, and it is loaded again`)
    }
    told.ends?.(partition, end)
    if (known !== null && first > known) told.expired(partition, first - known)
    let from = known
    const begin = known === null || first > known ? first : known
    if (begin >= end) continue
    for await (const records of reader.read({ topic: name, partition }, begin, end)) {
      for (const record of records) {
        batch.add(record)
        if (batch.isFull(limits)) {
          const to = record.offset + 1n
          yield batch.ended({ partition, from, to })
          from = to
          batch = new BatchInMaking()
        }
      }
    }
    // Ends of transactions, and what was compacted away, have offsets too.
    if (from !== end) batch.reach({ partition, from, to: end })
  }
  if (batch.offsets.length > 0) yield batch
}

class BatchInMaking implements RecordBatch {
  readonly records: KafkaRecord[] = []
  readonly offsets: OffsetChange[] = []
  #bytes = 0

  add(record: KafkaRecord): void {
    this.records.push(record)
    this.#bytes += (record.key?.length ?? 0) + (record.value?.length ?? 0)
  }

  isFull({ rows, bytes }: BatchLimits): boolean {
    return this.records.length >= rows || this.#bytes >= bytes
  }

  reach(offset: OffsetChange): void {
    this.offsets.push(offset)
  }

  ended(offset: OffsetChange): this {
    this.offsets.push(offset)
    return this
  }
}
