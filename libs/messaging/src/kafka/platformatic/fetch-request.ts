import type { ClusterMetadata, FetchOptions } from '@platformatic/kafka'
import { MessagingError } from '../../errors.js'
import type { PartitionOffset } from '../ports.js'

type Request = Pick<FetchOptions<Buffer, Buffer, Buffer, Buffer>, 'node' | 'topics'>

/** Node that leads the partition. @throws MessagingError KAFKA_TOPIC_MISSING, KAFKA_UNAVAILABLE (an election is under way) */
export function leaderOf(metadata: ClusterMetadata, { topic, partition }: Omit<PartitionOffset, 'offset'>): number {
  const found = metadata.topics.get(topic)?.partitions[partition]
  if (!found) throw new MessagingError('KAFKA_TOPIC_MISSING', `There is no partition ${partition} of ${topic}`)
  if (found.leader < 0) throw new MessagingError('KAFKA_UNAVAILABLE', `${topic}/${partition} has no leader`)
  return found.leader
}

/** A request for partitions that one node leads. */
export function fetchRequest(metadata: ClusterMetadata, partitions: readonly PartitionOffset[], maxBytesPerPartition: number): Request {
  const byTopic = new Map<string, Request['topics'][number]>()
  for (const { topic, partition, offset } of partitions) {
    let request = byTopic.get(topic)
    if (!request) byTopic.set(topic, (request = { topicId: metadata.topics.get(topic)?.id ?? '', partitions: [] }))
    request.partitions.push({ partition, fetchOffset: offset, currentLeaderEpoch: -1, lastFetchedEpoch: -1, partitionMaxBytes: maxBytesPerPartition })
  }
  const [first] = partitions
  return { node: first ? leaderOf(metadata, first) : -1, topics: [...byTopic.values()] }
}
