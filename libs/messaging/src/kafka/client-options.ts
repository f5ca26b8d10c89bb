import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { CodedError, toError } from '@swipestream/platform'
import type { ClusterConfig } from '../config.js'
import type { KafkaClientOptions } from './ports.js'

/**
 * What a Kafka client is given to reach its cluster.
 *
 * @throws CodedError CONFIG_INVALID, a line for each variable that does not go with the others; no value is repeated
 */
export function clientOptions(config: ClusterConfig, clientId: string): KafkaClientOptions {
  const problems = contradictions(config)
  if (problems.length > 0) throw invalid(problems)
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = config
  return {
    clientId,
    brokers: config.KAFKA_BROKERS,
    ...(config.KAFKA_TLS ? { tls: tlsOf(config) } : {}),
    ...(mechanism && username && password ? { sasl: { mechanism, username, password } } : {}),
    ...(config.KAFKA_COMPRESSION ? { compression: config.KAFKA_COMPRESSION } : {}),
  }
}

function contradictions(config: ClusterConfig): string[] {
  const problems: string[] = []
  const needs = (name: keyof ClusterConfig, others: readonly (keyof ClusterConfig)[]): void => {
    if (!config[name]) return
    for (const other of others) if (!config[other]) problems.push(`${other} is missing: ${name} needs it${other === 'KAFKA_TLS' ? ' to be true' : ''}`)
  }
  needs('KAFKA_SASL_MECHANISM', ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'])
  needs('KAFKA_SASL_USERNAME', ['KAFKA_SASL_MECHANISM'])
  needs('KAFKA_SASL_PASSWORD', ['KAFKA_SASL_MECHANISM'])
  needs('KAFKA_TLS_CA_FILE', ['KAFKA_TLS'])
  needs('KAFKA_TLS_CERT_FILE', ['KAFKA_TLS', 'KAFKA_TLS_KEY_FILE'])
  needs('KAFKA_TLS_KEY_FILE', ['KAFKA_TLS', 'KAFKA_TLS_CERT_FILE'])
  if (config.KAFKA_SASL_MECHANISM === 'PLAIN' && !config.KAFKA_TLS) {
    problems.push('KAFKA_SASL_MECHANISM is PLAIN, which sends the password as it is: set KAFKA_TLS=true, or take SCRAM-SHA-512')
  }
  return [...new Set(problems)]
}

function tlsOf({ KAFKA_TLS_CA_FILE, KAFKA_TLS_CERT_FILE, KAFKA_TLS_KEY_FILE }: ClusterConfig): NonNullable<KafkaClientOptions['tls']> {
  const ca = KAFKA_TLS_CA_FILE ? { ca: textOf('KAFKA_TLS_CA_FILE', KAFKA_TLS_CA_FILE) } : {}
  // Read as if it were our own: of an authority, what cannot be read would be passed over without a word.
  if (ca.ca) checked('KAFKA_TLS_CA_FILE', { cert: ca.ca })
  if (!KAFKA_TLS_CERT_FILE || !KAFKA_TLS_KEY_FILE) return ca
  const cert = textOf('KAFKA_TLS_CERT_FILE', KAFKA_TLS_CERT_FILE)
  const key = textOf('KAFKA_TLS_KEY_FILE', KAFKA_TLS_KEY_FILE)
  checked('KAFKA_TLS_CERT_FILE', { cert })
  checked('KAFKA_TLS_KEY_FILE', { cert, key })
  return { ...ca, cert, key }
}

/** What OpenSSL would say at every connection, it says now, and of which file. */
function checked(name: keyof ClusterConfig, pem: { cert: string; key?: string }): void {
  try {
    createSecureContext(pem)
  } catch (cause) {
    throw invalid([`${name} cannot be used for TLS: ${toError(cause).message}`], cause)
  }
}

function textOf(name: keyof ClusterConfig, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    // Its message has the path.
    throw invalid([`${name} names a file that cannot be read`], cause)
  }
}

function invalid(problems: readonly string[], cause?: unknown): CodedError {
  const message = ['The configuration is not valid. Set these environment variables:', ...problems.map((problem) => `  ${problem}`)].join('\n')
  return new CodedError('CONFIG_INVALID', 'fatal', message, cause === undefined ? undefined : { cause })
}
