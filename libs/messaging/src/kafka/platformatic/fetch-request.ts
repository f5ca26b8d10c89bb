import { type ClusterMetadata, createAPI, FetchIsolationLevels, fetchV13, type Reader, ResponseError } from '@platformatic/kafka'
import { MessagingError } from '../../errors.js'
import type { PartitionOffset, TopicPartition } from '../ports.js'
import type { Request } from './brokers.js'
import type { FetchedPartition } from './records.js'

/** How much of it, and how long a broker may hold the answer when there is nothing new. */
export interface FetchLimits {
  readonly maxWaitMs: number
  readonly maxBytes: number
  readonly maxBytesPerPartition: number
}

/** What a broker answered, by topic. */
export type FetchResponse = ReadonlyMap<string, readonly FetchedPartition[]>

type Arguments = Parameters<typeof fetchV13.createRequest>

/**
 * Fetch, version 13 (known by Kafka 3.1 and later), without a session: a broker then remembers nothing, and so has
 * nothing to forget. The records of the answer stay bytes: the client makes several objects of each.
 */
const api = createAPI<Arguments, Map<string, FetchedPartition[]>>(1, 13, fetchV13.createRequest, parseResponse)
const [noSession, noEpoch] = [0, -1]

function parseResponse(_correlationId: number, apiKey: number, apiVersion: number, reader: Reader): Map<string, FetchedPartition[]> {
  reader.readInt32() // throttle time
  const errorCode = reader.readInt16()
  reader.readInt32() // session
  const topics = new Map(reader.readArray((topic): [string, FetchedPartition[]] => [topic.readUUID(), topic.readArray(partitionOf, true, true)]))
  if (errorCode !== 0) throw new ResponseError(apiKey, apiVersion, { '/': [errorCode, null] }, topics)
  return topics
}

function partitionOf(reader: Reader): FetchedPartition {
  const partitionIndex = reader.readInt32()
  const errorCode = reader.readInt16()
  const highWatermark = reader.readInt64()
  const lastStableOffset = reader.readInt64()
  reader.readInt64() // first offset
  const abortedTransactions = reader.readNullableArray((aborted) => ({ producerId: aborted.readInt64(), firstOffset: aborted.readInt64() })) ?? []
  reader.readInt32() // a replica nearer by
  const records = reader.readNullableBytes() ?? Buffer.alloc(0)
  return { partitionIndex, errorCode, highWatermark, lastStableOffset, abortedTransactions, records }
}

/** Asks a broker for partitions that it leads. */
export function fetch(metadata: ClusterMetadata, partitions: readonly PartitionOffset[], limits: FetchLimits): Request<FetchResponse> {
  const { maxWaitMs, maxBytes, maxBytesPerPartition } = limits
  const names = new Map<string, string>()
  const topics = [...Map.groupBy(partitions, ({ topic }) => topic)].map(([name, of]) => {
    const topicId = metadata.topics.get(name)?.id ?? ''
    names.set(topicId, name)
    return {
      topicId,
      partitions: of.map(({ partition, offset }) => ({
        partition, fetchOffset: offset, currentLeaderEpoch: -1, lastFetchedEpoch: -1, partitionMaxBytes: maxBytesPerPartition,
      })),
    }
  })
  return async (connection) => {
    const answer = await api.async(connection, maxWaitMs, 1, maxBytes, FetchIsolationLevels.READ_COMMITTED, noSession, noEpoch, topics, [], '')
    return new Map([...answer].flatMap(([id, of]): [string, FetchedPartition[]][] => (names.has(id) ? [[names.get(id) as string, of]] : [])))
  }
}

/** Node that leads the partition. @throws MessagingError KAFKA_TOPIC_MISSING, KAFKA_UNAVAILABLE (an election is under way) */
export function leaderOf(metadata: ClusterMetadata, { topic, partition }: TopicPartition): number {
  const found = metadata.topics.get(topic)?.partitions[partition]
  if (!found) throw new MessagingError('KAFKA_TOPIC_MISSING', `There is no partition ${partition} of ${topic}`)
  if (found.leader < 0) throw new MessagingError('KAFKA_UNAVAILABLE', `${topic}/${partition} has no leader`)
  return found.leader
}
