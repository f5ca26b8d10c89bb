export type { AvroDefinition, AvroField, AvroSchema } from './avro-schema.js'
export { type Decoder, decoder, type Encode, encoder, schemaIdOf } from './codec.js'
export { type Service, services, sourceTables } from './docs/flows.js'
export { ContractError, type ContractErrorCode, type ContractErrorKind, contractErrorKinds } from './errors.js'
export type * from './generated/types.js'
export { type Registration, registerContracts } from './registration.js'
export { type CompatibilityLevel, connectRegistry, type RegistryOptions, type SchemaRegistry } from './registry.js'
export { type ResolvedRecord, type ResolvedSchema, resolveSchema } from './resolved-schema.js'
export { type DecodedRow, type Row, RowDecoder, rowEncoder, type RowValue } from './row-codec.js'
export { changelog, type Cleanup, type Event, eventLog, type Topic, type TopicDefinition, deadLetterDefinition, deadLetterTopic } from './topic.js'
export {
  cardProfiles,
  cardSpendDaily,
  cards,
  cardVerdicts,
  categorySpendHourly,
  customers,
  etlBankEntries,
  etlBankRows,
  etlCheckpoints,
  etlQuarantine,
  etlReconciliation,
  etlSpendMemory,
  fraudAlerts,
  fraudDecisions,
  fraudFeedback,
  fraudRules,
  merchants,
  notifications,
  opsAlerts,
  serverLogs,
  subjectOf,
  terminalProfiles,
  topicDefinitions,
  topics,
  transactionsByTerminal,
  transactionsLog,
} from './topics.js'
/** A new id: UUID version 7 (RFC 9562), in ascending order within a process also in one millisecond. */
export { uuidv7 } from 'uuidv7'
