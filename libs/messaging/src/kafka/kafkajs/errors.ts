import { MessagingError } from '../../errors.js'
import { accessRefusal } from '../access-refusal.js'
import { tlsRefusal, whyClosed } from '../tls-refusal.js'

const refusals = ['SASL_AUTHENTICATION_FAILED', 'UNSUPPORTED_SASL_MECHANISM', 'ILLEGAL_SASL_STATE']
const tooLarge = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']
const missingTopic = ['UNKNOWN_TOPIC_OR_PARTITION', 'INVALID_TOPIC_EXCEPTION']
/**
 * Another producer has opened the transactional id, or the transaction took too long; 90 is PRODUCER_FENCED, which the
 * client has no name for; the last one, when the epochs of a producer id were used up, or the id was forgotten.
 */
const fenced = ['INVALID_PRODUCER_EPOCH', 'Unknown error code 90', 'INVALID_PRODUCER_ID_MAPPING']
const brokerFaults = [
  'INVALID_REQUEST', 'INVALID_CONFIG', 'POLICY_VIOLATION', 'INVALID_PARTITIONS', 'INVALID_REPLICATION_FACTOR', 'INVALID_TIMESTAMP',
  'INVALID_SESSION_TIMEOUT', 'INVALID_GROUP_ID', 'INVALID_COMMIT_OFFSET_SIZE', 'OFFSET_METADATA_TOO_LARGE', 'INVALID_TRANSACTION_TIMEOUT',
  'INCONSISTENT_GROUP_PROTOCOL', 'UNSUPPORTED_VERSION', 'UNSUPPORTED_FOR_MESSAGE_FORMAT', 'INVALID_REQUIRED_ACKS',
  // INVALID_RECORD, which the client has no name for.
  'Unknown error code 87',
]

/** Whether a broker answered with one of these errors (Kafka's names, or the client's text for what it has no name for), anywhere in the chain. */
export function brokerSaid(error: unknown, types: readonly string[]): boolean {
  return chainOf(error).some((each) => types.includes((each as { type?: string }).type ?? '') || types.includes(each.message))
}

export function isTopicMissing(error: unknown): boolean {
  return brokerSaid(error, missingTopic)
}

export function isFenced(error: unknown): boolean {
  return brokerSaid(error, fenced)
}

/** Whether it was a broker that said no, and not a connection that failed or an answer that did not come. */
export function isAnswer(error: unknown): boolean {
  return chainOf(error).some((each) => typeof (each as { type?: string }).type === 'string')
}

/** Whether a broker that said no may say yes a moment later. */
export function isPassing(error: unknown): boolean {
  return chainOf(error).some((each) => (each as { retriable?: boolean }).retriable === true && typeof (each as { type?: string }).type === 'string')
}

/** The client's error as ours. What is not known to be a refusal is taken for an outage: it is tried again, and nothing is lost. */
export function messagingError(error: unknown, doing: string): MessagingError {
  if (error instanceof MessagingError) return error
  const cause = error instanceof Error ? error : new Error(String(error))
  const chain = chainOf(cause)
  const reason = chain.at(-1)?.message ?? cause.message
  const because = `${doing}: ${reason}`
  const refusal = tlsRefusal(cause)
  if (refusal) return new MessagingError('KAFKA_REFUSED', `${doing}: ${refusal}`, { cause })
  const noAccess = accessRefusal((code) => brokerSaid(cause, [code]))
  if (noAccess) return new MessagingError('KAFKA_REFUSED', `${doing}: ${noAccess}`, { cause })
  if (chain.some(({ name }) => name === 'KafkaJSSASLAuthenticationError') || brokerSaid(cause, refusals)) {
    return new MessagingError('KAFKA_REFUSED', `${because}. Check the credentials`, { cause })
  }
  if (brokerSaid(cause, tooLarge)) return new MessagingError('KAFKA_RECORD_TOO_LARGE', because, { cause })
  if (isTopicMissing(cause)) return new MessagingError('KAFKA_TOPIC_MISSING', `${because}. Create the topics: npm run topics -- create`, { cause })
  if (isFenced(cause)) return new MessagingError('KAFKA_FENCED', because, { cause })
  if (chain.some(({ name }) => name === 'KafkaJSNotImplemented' || name === 'KafkaJSServerDoesNotSupportApiKey')) {
    return new MessagingError('KAFKA_UNSUPPORTED', because, { cause })
  }
  // It hands the records of a batch on as arguments of one call.
  if (cause instanceof RangeError) return new MessagingError('KAFKA_UNSUPPORTED', `${doing}: kafkajs cannot read a batch of so many records (${because})`, { cause })
  if (brokerSaid(cause, brokerFaults)) return new MessagingError('KAFKA_CLIENT', because, { cause })
  return new MessagingError('KAFKA_UNAVAILABLE', `${because}${whyClosed(reason)}`, { cause })
}

/** An error and its causes, innermost last: the outer ones only count the tries. */
function chainOf(error: unknown): Error[] {
  const chain: Error[] = []
  for (let each = error; each instanceof Error && chain.length < 5; each = (each as { errors?: unknown[] }).errors?.at(-1) ?? each.cause) chain.push(each)
  return chain
}
