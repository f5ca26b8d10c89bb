import type { Topic } from '../topic.js'
import {
  cardProfiles, cards, cardSpendDaily, cardVerdicts, categorySpendHourly, customers, etlBankEntries, etlBankRows, etlCheckpoints, etlQuarantine, etlReconciliation, etlSpendMemory, fraudAlerts,
  fraudDecisions, fraudFeedback, fraudRules, merchants, notifications, opsAlerts, serverLogs, terminalProfiles, topics, transactionsByTerminal, transactionsLog,
} from '../topics.js'

// oxlint-disable-next-line typescript/no-explicit-any -- topics of different value types in one list
type Topics = readonly Topic<any>[]

/** A process that writes or reads topics. Several may be roles of one app. */
export interface Service {
  /** As people call it; unique. */
  readonly name: string
  /** Folder of its app below apps/. */
  readonly app: string
  /** What it does, in one sentence. */
  readonly does: string
  /** Topics it reads as a consumer group: a record that it gives up goes to the topic's dead-letter topic. */
  readonly consumes: Topics
  /** Topics it reads without a group: tables that it looks things up in, its own state, or from offsets that it keeps elsewhere. */
  readonly follows: Topics
  readonly writes: Topics
  /** Whether it reads, or writes, the topics of the source's tables (`sourceTables`). Who writes them reads them, too, to find what is gone. */
  readonly sourceTables?: 'reads' | 'writes'
  /** Its consumer group, without the namespace. */
  readonly group?: string
  /** What its transactional ids begin with, without the namespace. */
  readonly transactions?: string
  /** Whether it writes by an outbox: its relay reads on the topics what it may have published before it was killed. */
  readonly outbox?: true
}

/**
 * Who writes and reads what. The documents are made of it, and what each service may do on a broker that asks
 * (`npm run topics -- acls`); test/flows.test.ts holds it against the code of the services,
 * so that neither can say something else.
 */
export const services: readonly Service[] = [
  {
    name: 'transactions-api',
    app: 'transactions-api',
    does: 'Takes swipes and the words of analysts in over HTTP, and tells what was decided.',
    consumes: [fraudDecisions, fraudFeedback],
    follows: [],
    writes: [transactionsLog, fraudFeedback],
    group: 'transactions-api',
    outbox: true,
  },
  {
    name: 'fraud-service',
    app: 'fraud-service',
    does: 'Decides about each swipe by rules and, where one is configured, a model; learns from what people say.',
    consumes: [transactionsLog, fraudFeedback, transactionsByTerminal],
    follows: [cards, cardProfiles, cardVerdicts, terminalProfiles, fraudRules],
    writes: [fraudDecisions, fraudAlerts, fraudRules, transactionsByTerminal, cardProfiles, cardVerdicts, terminalProfiles, opsAlerts],
    group: 'fraud-service',
    transactions: 'fraud-service-',
  },
  {
    name: 'notifier',
    app: 'notifier',
    does: 'Tells customers by e-mail, SMS and app, tells the people on call, and takes their answers.',
    consumes: [fraudAlerts, opsAlerts, customers, cards],
    follows: [],
    writes: [notifications, fraudFeedback, opsAlerts],
    group: 'notifier',
    outbox: true,
  },
  {
    name: 'etl-extract',
    app: 'etl-loader',
    does: "Writes the rows of the bank's tables to topics, and what changes in them.",
    consumes: [],
    follows: [etlCheckpoints, etlQuarantine, opsAlerts],
    writes: [etlCheckpoints, etlQuarantine, opsAlerts],
    sourceTables: 'writes',
    transactions: 'etl-extract-',
  },
  {
    name: 'etl-transform',
    app: 'etl-loader',
    does: "Makes the system's own topics of the bank's rows, and sums of swipes.",
    consumes: [etlBankRows, transactionsLog],
    follows: [etlBankEntries, etlSpendMemory],
    writes: [customers, cards, merchants, cardSpendDaily, categorySpendHourly, etlBankRows, etlBankEntries, etlSpendMemory, etlQuarantine, opsAlerts],
    sourceTables: 'reads',
    group: 'etl-loader',
    transactions: 'etl-loader-',
  },
  {
    name: 'etl-load',
    app: 'etl-loader',
    does: 'Brings topics to the warehouse and the lake, from the offsets that these hold, and compares source, topics and warehouse.',
    consumes: [],
    follows: [
      transactionsLog, fraudDecisions, fraudAlerts, fraudFeedback, fraudRules, customers, cards, merchants, notifications, opsAlerts, cardSpendDaily, categorySpendHourly, etlReconciliation, etlQuarantine, etlCheckpoints,
    ],
    writes: [etlQuarantine, etlReconciliation, opsAlerts],
    sourceTables: 'reads',
  },
  {
    name: 'log-shipper',
    app: 'log-shipper',
    does: 'Reads log files and writes their entries.',
    consumes: [],
    follows: [],
    writes: [serverLogs],
  },
  {
    name: 'log-indexer',
    app: 'log-shipper',
    does: 'Parses log entries and brings them to Elasticsearch, and what the people on call were told.',
    consumes: [serverLogs, opsAlerts],
    follows: [],
    writes: [],
    group: 'log-indexer',
  },
  {
    name: 'log-detector',
    app: 'log-shipper',
    does: 'Finds failures in log entries and tells the people on call.',
    consumes: [serverLogs],
    follows: [opsAlerts],
    writes: [opsAlerts],
    group: 'log-detector',
  },
]

/** The topics of a source's tables, which are made at run time. */
export const sourceTables = {
  /** The tables that a consumer group reads, each of which has a dead-letter topic; without a group, all of them are read. */
  consumed: ['cards', 'customers', 'merchants'],
  name: '<source>.<database>.<table>',
  doc: "Rows of a table of the bank's database, one topic a table. Names, keys and envelopes are Debezium's, and the schemas are made of the table's columns (docs/adr/0018). A tombstone follows a row that was deleted.",
} as const

const has = (list: Topics, topic: { readonly name: string }): boolean => list.some(({ name }) => name === topic.name)

/** Who writes a topic. */
export function writersOf(topic: { readonly name: string }): readonly Service[] {
  return services.filter(({ writes }) => has(writes, topic))
}

/** Who reads a topic, in either way. */
export function readersOf(topic: { readonly name: string }): readonly Service[] {
  return services.filter(({ consumes, follows }) => has(consumes, topic) || has(follows, topic))
}

/** Who may give up records of a topic. */
export function consumersOf(topic: { readonly name: string }): readonly Service[] {
  return services.filter(({ consumes }) => has(consumes, topic))
}

/** Every topic with a place in the order of `services` that writes it first. */
export const topicsByWriter: Topics = services.flatMap(({ writes }, i) => writes.filter((topic) => !services.slice(0, i).some((earlier) => has(earlier.writes, topic)))).concat(topics.filter((topic) => writersOf(topic).length === 0))
