import { deadLetterTopic, type Topic, topics } from '@swipestream/contracts'
import type { Admin, TopicPartition } from '../../kafka/ports.js'
import { MessagingError } from '../../errors.js'
import { UsageError } from '../command.js'

/** A topic and where its dead letters are: dead-letter topics have one partition. */
export interface DeadLetterPlace {
  readonly topic: Topic<unknown>
  /** Of the dead-letter topic, with the namespace. */
  readonly at: TopicPartition
}

/**
 * The places that names mean: those of a topic or of its dead-letter topic, with or without the namespace; without names
 * those of every topic of the system.
 *
 * @throws UsageError for a name that is none
 */
export function placesOf(names: readonly string[], namespace: string): DeadLetterPlace[] {
  const meant = names.length === 0 ? topics : names.map((name) => topicOf(name, namespace))
  return [...new Set(meant)].map((topic) => ({ topic, at: { topic: namespace + deadLetterTopic(topic.name), partition: 0 } }))
}

function topicOf(name: string, namespace: string): Topic<unknown> {
  const topic = topics.find((candidate) => [candidate.name, deadLetterTopic(candidate.name)].some((known) => name === known || name === namespace + known))
  if (!topic) throw new UsageError(`no such topic: ${name}; there are ${topics.map((candidate) => candidate.name).join(', ')}`)
  return topic
}

/** @throws MessagingError KAFKA_TOPIC_MISSING, KAFKA_CLIENT when it has not one partition, KAFKA_UNAVAILABLE, KAFKA_REFUSED */
export async function requireTopics(admin: Admin, places: readonly DeadLetterPlace[]): Promise<void> {
  const names = places.map(({ at }) => at.topic)
  const partitions = await admin.partitionsOf(names)
  const missing = names.filter((name) => !partitions.has(name))
  if (missing.length > 0) throw new MessagingError('KAFKA_TOPIC_MISSING', `There is no ${missing.join(', ')}. Create the topics: npm run topics -- create`)
  const wide = names.filter((name) => partitions.get(name) !== 1)
  if (wide.length > 0) throw new MessagingError('KAFKA_CLIENT', `${wide.join(', ')} has more than the one partition of a dead-letter topic`)
}
