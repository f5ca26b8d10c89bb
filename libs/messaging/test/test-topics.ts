import { cardProfiles, cards, customers, deadLetterTopic, fraudFeedback, topicDefinitions, type TopicDefinition } from '@swipestream/contracts'

const names = new Set([fraudFeedback, cardProfiles, cards, customers].flatMap(({ name }) => [name, deadLetterTopic(name)]))

/** The topics that these tests work with: an event log and three compacted ones. To make all of the system takes a broker longer than most tests. */
export const testTopics: readonly TopicDefinition[] = topicDefinitions.filter(({ name }) => names.has(name))
