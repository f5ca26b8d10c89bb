import { topicDefinitions, type TopicDefinition } from '@swipestream/contracts'
import type { Admin, KafkaClient, TopicToCreate } from './kafka/ports.js'

/**
 * Creates every topic of the system, or those given, that is not there yet, each with its dead-letter topic.
 *
 * @param replicas copies of each partition: 3 in production, 1 on a single broker.
 * @returns their names in the cluster.
 */
export async function createTopics(
  client: KafkaClient,
  { namespace = '', replicas, definitions = topicDefinitions }: { namespace?: string; replicas: number; definitions?: readonly TopicDefinition[] },
): Promise<string[]> {
  const topics = definitions.map(({ name, partitions, config }) => ({ name: namespace + name, partitions, config }))
  const admin = client.admin()
  try {
    await createMissing(admin, topics, replicas)
    return topics.map(({ name }) => name)
  } finally {
    await admin.close()
  }
}

/**
 * Creates those that are not there: who may not create a topic is refused also where it is there.
 *
 * @returns the number of partitions of those that were there, by topic
 */
export async function createMissing(admin: Admin, topics: readonly TopicToCreate[], replicas: number): Promise<ReadonlyMap<string, number>> {
  const there = await admin.partitionsOf(topics.map(({ name }) => name))
  const missing = topics.filter(({ name }) => !there.has(name))
  if (missing.length > 0) await admin.createTopics(missing, replicas)
  return there
}
