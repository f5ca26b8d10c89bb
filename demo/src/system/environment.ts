import { createHash, createHmac, randomBytes } from 'node:crypto'
import { messagingConfig } from '@swipestream/messaging'

/** What the launcher makes up for one run: nothing of it is worth anything afterwards. */
export interface Secrets {
  /** The key of transactions-api. */
  readonly apiKey: string
  /** The key of fraud-service's rules. */
  readonly rulesApiKey: string
  /** The key of notifier's silences. */
  readonly notifierApiKey: string
  /** CARD_TOKEN_KEYS of transactions-api. */
  readonly cardTokenKeys: string
  /** API_KEYS of transactions-api. */
  readonly apiKeys: string
  /** RULES_API_KEYS of fraud-service. */
  readonly rulesApiKeys: string
  /** ANSWER_KEYS, CUSTOMER_TOKEN_KEYS and NOTIFIER_API_KEYS of notifier. */
  readonly answerKeys: string
  readonly customerTokenKeys: string
  readonly notifierApiKeys: string
  /** The card's token, as transactions-api makes it: `v<version>.<base64url of HMAC-SHA-256 over the number>`. */
  readonly tokenOf: (cardNumber: string) => string
}

export function newSecrets(): Secrets {
  const apiKey = newApiKey('demo')
  const rulesApiKey = newApiKey('rules')
  const notifierApiKey = newApiKey('notifier')
  const cardTokenKeys = newKeys()
  return {
    apiKey,
    rulesApiKey,
    notifierApiKey,
    cardTokenKeys,
    answerKeys: newKeys(),
    customerTokenKeys: newKeys(),
    notifierApiKeys: entryOf(notifierApiKey, 'silences:read+silences:write'),
    apiKeys: entryOf(apiKey, 'transactions:write+transactions:read+feedback:write'),
    rulesApiKeys: entryOf(rulesApiKey, 'rules:read+rules:write'),
    tokenOf: tokensWith(cardTokenKeys),
  }
}

/** A first version of a secret, as the variables that end in KEYS take it. */
function newKeys(): string {
  return `1:${randomBytes(32).toString('base64')}`
}

function newApiKey(prefix: string): string {
  return `${prefix}_${randomBytes(24).toString('base64url')}`
}

/** An entry of a variable that holds API keys. */
function entryOf(key: string, scopes: string): string {
  return `demo:${createHash('sha256').update(key).digest('hex')}:${scopes}`
}

/**
 * Tokens as transactions-api makes them: with the highest version of CARD_TOKEN_KEYS, `<version>:<base64>[,…]`.
 */
export function tokensWith(cardTokenKeys: string): (cardNumber: string) => string {
  const keys = cardTokenKeys.split(',').map((entry) => entry.trim().split(':'))
  const [version = '', base64 = ''] = keys.toSorted(([a], [b]) => Number(b) - Number(a))[0] ?? []
  const key = Buffer.from(base64, 'base64')
  return (cardNumber) => `v${version}.${createHmac('sha256', key).update(cardNumber).digest('base64url')}`
}

/** Variables of the launcher's own environment that a service gets as well: nothing of its servers, those are given. */
const inherited = ['PATH', 'HOME', 'TZ', 'LANG', 'NODE_OPTIONS', 'SYSTEMROOT', 'LOG_LEVEL', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_TRACES_SAMPLER', 'OTEL_TRACES_SAMPLER_ARG', 'MAIL_FROM', 'DIGEST_AFTER'] as const

export function inheritedEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  return only(inherited, environment)
}

/** How servers let one in, by the variable that names them: nothing of it is for servers of the launcher's own. */
const doors = { KAFKA_BROKERS: /^KAFKA_(TLS|SASL)/, SCHEMA_REGISTRY_URL: /^SCHEMA_REGISTRY_(USERNAME|PASSWORD)$/ }

/** All that the environment says of how Kafka and the registry are reached, in the variables that a service reads. */
export function connectionEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  const closed = Object.entries(doors).flatMap(([server, ofIt]) => (environment[server] ? [] : [ofIt]))
  return only(Object.keys(messagingConfig).filter((name) => !closed.some((ofIt) => ofIt.test(name))), environment)
}

function only(names: readonly string[], environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])))
}
