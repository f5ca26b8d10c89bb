import type { Broker, ClusterMetadata } from '@platformatic/kafka'
import { MessagingError } from '../../errors.js'
import type { PartitionOffset } from '../ports.js'
import type { FetchRequest } from './fetch.js'

/** Node that leads the partition. @throws MessagingError KAFKA_TOPIC_MISSING, KAFKA_UNAVAILABLE (an election is under way) */
export function leaderOf(metadata: ClusterMetadata, { topic, partition }: Omit<PartitionOffset, 'offset'>): number {
  const found = metadata.topics.get(topic)?.partitions[partition]
  if (!found) throw new MessagingError('KAFKA_TOPIC_MISSING', `There is no partition ${partition} of ${topic}`)
  if (found.leader < 0) throw new MessagingError('KAFKA_UNAVAILABLE', `${topic}/${partition} has no leader`)
  return found.leader
}

/** Where a node is. @throws MessagingError KAFKA_UNAVAILABLE */
export function brokerAt(metadata: ClusterMetadata, node: number): Broker {
  const broker = metadata.brokers.get(node)
  if (!broker) throw new MessagingError('KAFKA_UNAVAILABLE', `Broker ${node} is not known`)
  return broker
}

/** What to ask the node for that leads these partitions. */
export function partitionsToFetch(metadata: ClusterMetadata, partitions: readonly PartitionOffset[], maxBytesPerPartition: number): FetchRequest['topics'] {
  const byTopic = new Map<string, FetchRequest['topics'][number]>()
  for (const { topic, partition, offset } of partitions) {
    let request = byTopic.get(topic)
    if (!request) byTopic.set(topic, (request = { topicId: metadata.topics.get(topic)?.id ?? '', partitions: [] }))
    request.partitions.push({ partition, fetchOffset: offset, currentLeaderEpoch: -1, lastFetchedEpoch: -1, partitionMaxBytes: maxBytesPerPartition })
  }
  return [...byTopic.values()]
}
