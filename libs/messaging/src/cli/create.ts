import { topicDefinitions } from '@swipestream/contracts'
import { kafkaClient } from '../kafka/client.js'
import { createMissing } from '../topics-admin.js'
import type { Broken } from './command.js'
import type { CommandConfig } from './config.js'

/** One topic after the command. */
export interface TopicState {
  /** With the namespace. */
  readonly name: string
  readonly partitions: number
  /** false: it was there already, and is left as it is. */
  readonly added: boolean
}

/** A topic that is not what the system needs. */
export interface BrokenTopic extends Broken {
  readonly topic: string
  readonly rule: 'PARTITIONS_DIFFER'
}

/**
 * Creates the topics that are not there, and holds all of them against their definitions: where a topic was made with
 * another number of partitions, a card's records are not where its profile is.
 *
 * @throws MessagingError KAFKA_UNAVAILABLE, KAFKA_REFUSED, KAFKA_CLIENT
 */
export async function create(config: CommandConfig, replicas: number): Promise<{ topics: TopicState[]; broken: BrokenTopic[] }> {
  const wanted = topicDefinitions.map(({ name, partitions, config: settings }) => ({ name: config.KAFKA_NAMESPACE + name, partitions, config: settings }))
  const admin = kafkaClient(config, 'topics').admin()
  try {
    const before = await createMissing(admin, wanted, replicas)
    const topics = wanted.map(({ name, partitions }) => ({ name, partitions: before.get(name) ?? partitions, added: !before.has(name) }))
    const broken = wanted.flatMap(({ name, partitions }): BrokenTopic[] => {
      const has = before.get(name) ?? partitions
      if (has === partitions) return []
      return [{ topic: name, rule: 'PARTITIONS_DIFFER', message: `${name} has ${has} partitions and needs ${partitions}: delete it, or move its records to a new one` }]
    })
    return { topics, broken }
  } finally {
    await admin.close()
  }
}
