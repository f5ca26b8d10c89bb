import {
  cards, cardSpendDaily, categorySpendHourly, customers, etlReconciliation, fraudAlerts, fraudDecisions, fraudFeedback, fraudRules, merchants, notifications, opsAlerts, type Topic, transactionsLog,
} from '@swipestream/contracts'

/** A topic that is loaded, and how its keys are read. */
export interface LoadedTopic {
  /** Without the namespace. */
  readonly name: string
  /** Whether a record replaces the one before of its key. */
  readonly compacted: boolean
  /** The column that the record's key, a text, is of; null: the key is an Avro record of the key's columns, as Debezium's. */
  readonly keyColumn: string | null
  /** Whether each version of a key is kept beside the last. */
  readonly history: boolean
}

/** What analysts ask about. States of services, quarantine and log lines are no business of theirs. */
// oxlint-disable-next-line typescript/no-explicit-any -- a list over different value types
export const businessTopics: readonly Topic<any>[] = [
  cards, cardSpendDaily, categorySpendHourly, customers, etlReconciliation, fraudAlerts, fraudDecisions, fraudFeedback, fraudRules, merchants, notifications, opsAlerts, transactionsLog,
]

/** Names of the topics that are loaded where nothing else is said. */
export const defaultTopics: readonly string[] = businessTopics.map(({ name }) => name)

/** What is known of the system's topics; any other is one of a source's tables. */
export function loadedTopic(name: string): LoadedTopic {
  const topic = businessTopics.find((one) => one.name === name)
  if (topic === undefined) return { name, compacted: true, keyColumn: null, history: false }
  const compacted = topic.cleanup === 'compact'
  return { name, compacted, keyColumn: compacted ? topic.key : null, history: topic === customers }
}
