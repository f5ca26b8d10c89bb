import type { MessagingError } from '../errors.js'
import type { KafkaRecord, PartitionOffset, Progress, TopicPartition } from './ports.js'

/** What was read of a partition. */
export interface Read extends Progress {
  /** The committed ones, in order, from the offset that was asked for. */
  readonly records: readonly KafkaRecord[]
}

/** What became of a partition that was asked for: it was read, it was not, or it has no such offset (any more). */
export type Answer = Read | Error | 'gone'

export interface Leader {
  readonly node: number
  /** Of the topic there is now: one that is deleted and made anew has another. null where the client knows topics by their names only. */
  readonly topicId: string | null
}

/** How a client asks its cluster. Nothing is tried again in it. Maps are by the partition's name. */
export interface FetchSource {
  /** Where the group has left off, of those partitions where it has. */
  committed(partitions: readonly TopicPartition[]): Promise<ReadonlyMap<string, bigint>>
  /** Offset of the first record that is there, by partition. */
  firstOffsets(topic: string): Promise<readonly bigint[]>
  /** Who leads each of them, or why that is not known: a topic that is gone must not hold up the others. */
  leaders(partitions: readonly TopicPartition[]): Promise<ReadonlyMap<string, Leader | Error>>
  /** Asks the node for partitions that it leads, as `leaders` said last. One that the answer leaves out is asked for again. */
  fetch(node: number, partitions: readonly PartitionOffset[]): Promise<ReadonlyMap<string, Answer>>
  /** What failed, as ours. Whatever may have caused it is asked anew the next time. */
  failed(error: unknown, doing: string): MessagingError
}
