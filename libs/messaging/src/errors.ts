import { CodedError, type ErrorKind } from '@swipestream/platform'

/**
 * Everything that can go wrong between a service and Kafka.
 *
 * | code | kind | meaning |
 * | --- | --- | --- |
 * | `KAFKA_UNAVAILABLE` | transient | no broker answers, a leader moves, a request timed out |
 * | `KAFKA_TOPIC_MISSING` | transient | the topic must first be created: `npm run topics -- create` |
 * | `KAFKA_REFUSED` | fatal | the broker refuses the credentials, or what they may do; one of the two does not accept the other's certificate |
 * | `KAFKA_RECORD_TOO_LARGE` | poison | a record is larger than the topic takes |
 * | `KAFKA_BATCH_CORRUPT` | transient | a broker's disk, or the network, has changed records; read again, from another leader maybe, they may be whole |
 * | `KAFKA_CLIENT` | unknown | any other refusal of the broker or the client |
 * | `KAFKA_UNSUPPORTED` | fatal | the Kafka client chosen by `KAFKA_CLIENT` cannot do this |
 * | `KAFKA_FENCED` | transient | another process has taken over the transactional id: the partition is very likely its own now |
 * | `KAFKA_TRANSACTION_LOST` | transient | it is not known how a transaction ended; the committed offset tells |
 * | `GROUP_REBALANCING` | transient | the group shares out its partitions anew; the call is repeated once that is done |
 * | `TOMBSTONE_UNEXPECTED` | poison | a record without a value on a topic that has no tombstones |
 * | `TOPIC_NOT_DECLARED` | fatal | an event of a topic that the service did not list under `produces` |
 * | `HANDLER_DUPLICATE` | fatal | two handlers for one topic |
 * | `STATE_PARTITIONS_DIFFER` | fatal | a state topic has another number of partitions than the topic consumed |
 * | `OUTBOX_OUTSIDE_TRANSACTION` | unknown | `Outbox.add` was called where no transaction was open |
 * | `SCHEMAS_PENDING` | transient | the registry has not yet told the ids to write with, or the schema to read with |
 * | `PARTITION_REVOKED` | unknown | the partition went to another member; the work was dropped |
 * | `EDIT_REFUSED` | poison | a dead letter cannot be edited so; the encoder's own refusals are `AVRO_INVALID_VALUE` |
 */
export const messagingErrorKinds = {
  KAFKA_UNAVAILABLE: 'transient',
  KAFKA_TOPIC_MISSING: 'transient',
  KAFKA_REFUSED: 'fatal',
  KAFKA_RECORD_TOO_LARGE: 'poison',
  KAFKA_BATCH_CORRUPT: 'transient',
  KAFKA_CLIENT: 'unknown',
  KAFKA_UNSUPPORTED: 'fatal',
  KAFKA_FENCED: 'transient',
  KAFKA_TRANSACTION_LOST: 'transient',
  GROUP_REBALANCING: 'transient',
  TOMBSTONE_UNEXPECTED: 'poison',
  TOPIC_NOT_DECLARED: 'fatal',
  HANDLER_DUPLICATE: 'fatal',
  STATE_PARTITIONS_DIFFER: 'fatal',
  OUTBOX_OUTSIDE_TRANSACTION: 'unknown',
  SCHEMAS_PENDING: 'transient',
  PARTITION_REVOKED: 'unknown',
  EDIT_REFUSED: 'poison',
} as const satisfies Record<string, ErrorKind>

export type MessagingErrorCode = keyof typeof messagingErrorKinds

/** A failure of messaging, with the code that says what to do about it. */
export class MessagingError extends CodedError {
  override readonly name = 'MessagingError'

  constructor(code: MessagingErrorCode, message: string, options?: ErrorOptions) {
    super(code, messagingErrorKinds[code], message, options)
  }
}
