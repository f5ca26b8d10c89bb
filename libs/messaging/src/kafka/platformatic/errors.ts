import { AuthenticationError } from '@platformatic/kafka'
import { MessagingError } from '../../errors.js'
import { accessRefusal } from '../access-refusal.js'
import { tlsRefusal, wantsTls, whyClosed } from '../tls-refusal.js'

const refusals = ['SASL_AUTHENTICATION_FAILED', 'UNSUPPORTED_SASL_MECHANISM']
const tooLarge = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']
const missingTopic = ['UNKNOWN_TOPIC_OR_PARTITION', 'UNKNOWN_TOPIC_ID', 'INVALID_TOPIC_EXCEPTION']
/** What the client, or the broker for it, cannot do. */
const clientGaps = ['PLT_KFK_UNSUPPORTED', 'PLT_KFK_UNSUPPORTED_API', 'PLT_KFK_UNSUPPORTED_COMPRESSION', 'PLT_KFK_UNSUPPORTED_FORMAT']
const brokerGaps = ['UNSUPPORTED_VERSION', 'UNSUPPORTED_COMPRESSION_TYPE', 'UNSUPPORTED_FOR_MESSAGE_FORMAT']
const brokerFaults = ['INVALID_REQUEST', 'INVALID_TRANSACTION_TIMEOUT', 'INVALID_RECORD', 'INVALID_CONFIG', 'POLICY_VIOLATION', 'INVALID_PARTITIONS', 'INVALID_REPLICATION_FACTOR']

/** An error with all that it has inside: the client wraps errors into others, several at once too. */
function* chainOf(error: unknown): Generator<Error> {
  if (!(error instanceof Error)) return
  yield error
  yield* chainOf(error.cause)
  if (error instanceof AggregateError) for (const inner of error.errors) yield* chainOf(inner)
}

function said(error: Error): unknown {
  return 'apiId' in error ? error.apiId : undefined
}

/** Whether a broker answered with one of these errors, anywhere in the chain. */
export function brokerSaid(error: unknown, apiIds: readonly string[]): boolean {
  return [...chainOf(error)].some((each) => apiIds.includes(said(each) as string))
}

/** Whether a broker answered, be it with an error. If not, it is not known whether it did what it was asked for. */
export function isAnswer(error: unknown): boolean {
  return [...chainOf(error)].some((each) => said(each) !== undefined)
}

/** Whether every error in a broker's answer is one of these. */
export function brokerSaidOnly(error: unknown, apiIds: ReadonlySet<string>): boolean {
  const all = [...chainOf(error)].map(said).filter((apiId) => apiId !== undefined)
  return all.length > 0 && all.every((apiId) => apiIds.has(apiId as string))
}

/** The client has no code for it: its network/connection.js answers requests so when a broker's first bytes are TLS. */
function tlsIsMissing(error: Error): boolean {
  return [...chainOf(error)].some(({ message }) => message === 'Broker requires TLS.')
}

function hasCode(error: Error, code: string): boolean {
  return [...chainOf(error)].some((each) => 'code' in each && each.code === code)
}

/** The client's error as ours. What is not known to be a refusal is taken for an outage: it is tried again, and nothing is lost. */
export function messagingError(error: unknown, doing: string): MessagingError {
  if (error instanceof MessagingError) return error
  const cause = error instanceof Error ? error : new Error(String(error))
  const reason = reasonOf(cause)
  const because = `${doing}: ${reason}`
  if (tlsIsMissing(cause)) return new MessagingError('KAFKA_REFUSED', `${doing}: ${wantsTls}`, { cause })
  const noAccess = accessRefusal((code) => brokerSaid(cause, [code]))
  if (noAccess) return new MessagingError('KAFKA_REFUSED', `${doing}: ${noAccess}`, { cause })
  if (hasCode(cause, AuthenticationError.code) || brokerSaid(cause, refusals)) {
    // A connection without TLS ends before the broker has said anything to the credentials, where it wants TLS.
    const check = isAnswer(cause) ? 'the credentials' : 'the credentials, and whether the broker wants TLS: then set KAFKA_TLS=true'
    return new MessagingError('KAFKA_REFUSED', `${because}. Check ${check}`, { cause })
  }
  const refusal = tlsRefusal(cause)
  if (refusal) return new MessagingError('KAFKA_REFUSED', `${doing}: ${refusal}`, { cause })
  if (brokerSaid(cause, tooLarge)) return new MessagingError('KAFKA_RECORD_TOO_LARGE', because, { cause })
  if (brokerSaid(cause, missingTopic) || /Unknown topic/.test(cause.message)) {
    return new MessagingError('KAFKA_TOPIC_MISSING', `${because}. Create the topics: npm run topics -- create`, { cause })
  }
  if (brokerSaid(cause, brokerGaps) || clientGaps.some((code) => hasCode(cause, code))) return new MessagingError('KAFKA_UNSUPPORTED', because, { cause })
  if (brokerSaid(cause, brokerFaults)) return new MessagingError('KAFKA_CLIENT', because, { cause })
  return new MessagingError('KAFKA_UNAVAILABLE', `${because}${whyClosed(reason)}`, { cause })
}

/** The innermost message: the outer ones only count the tries. */
function reasonOf(error: Error): string {
  let inner = error
  for (let depth = 0; depth < 5; depth++) {
    const next: unknown = inner instanceof AggregateError ? inner.errors.at(-1) : inner.cause
    if (!(next instanceof Error)) break
    inner = next
  }
  return inner.message
}
