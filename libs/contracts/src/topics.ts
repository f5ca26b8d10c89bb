import * as schemas from './generated/schemas.js'
import type {
  BankEntry, BankRow, Card, CardProfile, CardSpendDay, CardVerdicts, CategorySpendHour, Customer, EtlCheckpoint, FraudAlert, FraudDecision, FraudFeedback, FraudRule, LogLine, Merchant,
  Notification, OpsAlert, QuarantinedRow, Reconciliation, SpendMemory, TerminalEvent, TerminalProfile, Transaction,
} from './generated/types.js'
import { changelog, deadLetterDefinition, eventLog, type Topic, type TopicDefinition } from './topic.js'

/**
 * Partitions of every topic keyed by `card_id`. They must be equal: with one partitioner a card is then in the same
 * partition number of each, which is how fraud-service finds a card's profile beside its transactions. Growing one of
 * them moves cards to other partitions.
 */
const cardPartitions = 6
const customerPartitions = 6
/** Of both topics keyed by `terminal_id`, for the same reason. */
const terminalPartitions = 6
/** Of the topic keyed by host and file: no other topic has the same key. */
const logPartitions = 6

/** Every swipe accepted. Kept 90 days: what a backtest can replay. */
export const transactionsLog = eventLog<Transaction>('transactions_log', 'card_id', schemas.transactionSchema, cardPartitions, 90)
/** One decision a swipe. Kept as long as the swipes. */
export const fraudDecisions = eventLog<FraudDecision>('fraud_decisions', 'card_id', schemas.fraudDecisionSchema, cardPartitions, 90)
/** What a customer must hear of. Kept as long as the swipes. */
export const fraudAlerts = eventLog<FraudAlert>('fraud_alerts', 'card_id', schemas.fraudAlertSchema, cardPartitions, 90)
/** What customers and analysts answered. Kept a year: labels are few, and chargebacks come months late. */
export const fraudFeedback = eventLog<FraudFeedback>('fraud_feedback', 'card_id', schemas.fraudFeedbackSchema, cardPartitions, 365)
/** State of each card, restored by the instance that owns the card's partition. */
export const cardProfiles = changelog<CardProfile>('card_profiles', 'card_id', schemas.cardProfileSchema, cardPartitions)
/** What was said of each card, and whether it is blocked; followed by the instance that owns the card's partition. */
export const cardVerdicts = changelog<CardVerdicts>('card_verdicts', 'card_id', schemas.cardVerdictsSchema, cardPartitions)
/** The rules transactions are judged by, followed by every instance. One partition: changes have an order. */
export const fraudRules = changelog<FraudRule>('fraud_rules', 'rule_id', schemas.fraudRuleSchema, 1)
/** Transactions and verdicts by the terminal they are about. Kept 30 days, as long as its windows; what counts is in `terminal_profiles`. */
export const transactionsByTerminal = eventLog<TerminalEvent>('transactions_by_terminal', 'terminal_id', schemas.terminalEventSchema, terminalPartitions, 30)
/** What is known of each terminal, followed by every instance. */
export const terminalProfiles = changelog<TerminalProfile>('terminal_profiles', 'terminal_id', schemas.terminalProfileSchema, terminalPartitions)
/** What people on call must look at. Kept 90 days. */
export const opsAlerts = eventLog<OpsAlert>('ops_alerts', 'service', schemas.opsAlertSchema, 1, 90)
/** Contact, language and time zone of each customer. */
export const customers = changelog<Customer>('customers', 'customer_id', schemas.customerSchema, customerPartitions)
/** Holder and home of each card. */
export const cards = changelog<Card>('cards', 'card_id', schemas.cardSchema, cardPartitions)
/** Name, category and place of each merchant. */
export const merchants = changelog<Merchant>('merchants', 'merchant_id', schemas.merchantSchema, customerPartitions)
/** How far the extraction of each source table has come. One partition: they are few, and read as a whole at the start. */
export const etlCheckpoints = changelog<EtlCheckpoint>('etl_checkpoints', 'table', schemas.etlCheckpointSchema, 1)
/** Rows that wait for somebody to mend them. */
export const etlQuarantine = changelog<QuarantinedRow>('etl_quarantine', 'row_id', schemas.quarantinedRowSchema, 1)
/** Rows of the bank between cleaning and merging. One partition: rows that are merged may be of any partition of any table. */
export const etlBankRows = changelog<BankRow>('etl_bank_rows', 'row_id', schemas.bankRowSchema, 1)
/** What merging remembers. As many partitions as `etl_bank_rows`. */
export const etlBankEntries = changelog<BankEntry>('etl_bank_entries', 'entry_id', schemas.bankEntrySchema, 1)
/** Whether tables, topics and the warehouse hold the same. Kept 90 days. */
export const etlReconciliation = eventLog<Reconciliation>('etl_reconciliation', 'table', schemas.reconciliationSchema, 1, 90)
/** Spend by card and day. A record is in the partition its swipes are in: see `Event.partition`. */
export const cardSpendDaily = changelog<CardSpendDay>('card_spend_daily', 'spend_id', schemas.cardSpendDaySchema, cardPartitions)
/** Spend by merchant category and hour, one record for each partition of the swipes, and in the same partition. */
export const categorySpendHourly = changelog<CategorySpendHour>('category_spend_hourly', 'spend_id', schemas.categorySpendHourSchema, cardPartitions)
/** Sums of spend that may still change, and the swipes in them; restored by the instance that owns the partition of the swipes. */
export const etlSpendMemory = changelog<SpendMemory>('etl_spend_memory', 'spend_id', schemas.spendMemorySchema, cardPartitions)
/** Entries of log files. Kept 30 days, as the index can be made anew from them. */
export const serverLogs = eventLog<LogLine>('server_logs', 'file_key', schemas.logLineSchema, logPartitions, 30)
/** Every message to a customer and what became of it. Kept 90 days. */
export const notifications = eventLog<Notification>('notifications', 'customer_id', schemas.notificationSchema, customerPartitions, 90)

/** Every topic of the system. A value of a topic taken from here is checked when it is encoded, not by the compiler. */
// oxlint-disable-next-line typescript/no-explicit-any -- a list over different value types; each topic keeps its own
export const topics: readonly Topic<any>[] = [
  transactionsLog,
  fraudDecisions,
  fraudAlerts,
  fraudFeedback,
  cardProfiles,
  cardVerdicts,
  fraudRules,
  transactionsByTerminal,
  terminalProfiles,
  opsAlerts,
  customers,
  cards,
  notifications,
  merchants,
  etlCheckpoints,
  etlQuarantine,
  etlBankRows,
  etlBankEntries,
  etlReconciliation,
  cardSpendDaily,
  categorySpendHourly,
  etlSpendMemory,
  serverLogs,
]

/** What must be there before a service starts: every topic and its dead-letter topic. */
export const topicDefinitions: readonly TopicDefinition[] = topics.flatMap((topic) => [topic, deadLetterDefinition(topic)])

/** Subject of a topic's value in the schema registry (Confluent's TopicNameStrategy). */
export function subjectOf(topic: { readonly name: string }, namespace = ''): string {
  return `${namespace}${topic.name}-value`
}
