// Makes the secrets of docker compose, once, and hands each service its own: run by the one-shot `secrets`. Everything
// lives in named volumes, so that secrets and the data they open are kept and removed (`down -v`) together.
//
//   node secrets.mjs                  makes what is missing, and writes the files the services read
//   node secrets.mjs with-users       the same, and each service's user at broker and registry: docker-compose.secure.yml
//   node secrets.mjs api-key          prints the key for calling the API
//   node secrets.mjs rules-api-key    prints the key for calling the API of the rules
//   node secrets.mjs notifier-api-key prints the key for calling the API of the notifier
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Who has a user of its own on the broker and at the registry: `npm run topics -- acls`. */
const kafkaUsers = [
  'transactions-api', 'fraud-service', 'notifier', 'etl-extract', 'etl-transform', 'etl-load', 'log-shipper', 'log-indexer', 'log-detector', 'tools', 'registry',
]
/** Of them, who registers schemas; the others read them. */
const registryWriters = ['tools', 'etl-extract']

const root = '/secrets'
const store = `${root}/store/secrets.json`

const secrets = remembered()
const printed = { 'api-key': secrets.apiKey, 'rules-api-key': secrets.rulesApiKey, 'notifier-api-key': secrets.notifierApiKey }[process.argv[2]]
if (printed !== undefined) {
  process.stdout.write(`${printed}\n`)
} else {
  handOut()
  process.stdout.write('every service has its secrets\n')
}

function remembered() {
  const made = {
    postgres: password(),
    transactionsApi: password(),
    notifier: password(),
    mysqlRoot: password(),
    bankCore: password(),
    bankExtract: password(),
    apiKey: `compose_${randomBytes(32).toString('base64url')}`,
    rulesApiKey: `rules_${randomBytes(32).toString('base64url')}`,
    notifierApiKey: `notifier_${randomBytes(32).toString('base64url')}`,
    cardTokenKeys: firstVersion(),
    answerKeys: firstVersion(),
    customerTokenKeys: firstVersion(),
    twilioAccountSid: `AC${randomBytes(16).toString('hex')}`,
    twilioAuthToken: randomBytes(16).toString('hex'),
  }
  // What an earlier start has made stays; what a newer version of this file needs is added.
  const before = kept()
  const all = { ...made, ...before, kafka: passwords(before.kafka), registry: passwords(before.registry) }
  write(store, `${JSON.stringify(all)}\n`, 0o600)
  return all
}

function kept() {
  try {
    return JSON.parse(readFileSync(store, 'utf8'))
  } catch (error) {
    if (error.code === 'ENOENT') return {}
    throw error
  }
}

function handOut() {
  write(`${root}/postgres/superuser`, secrets.postgres)
  write(`${root}/postgres/transactions_api`, secrets.transactionsApi)
  write(`${root}/postgres/notifier`, secrets.notifier)
  write(`${root}/mysql/root`, secrets.mysqlRoot)
  write(`${root}/mysql/core`, secrets.bankCore)
  write(`${root}/mysql/extract`, secrets.bankExtract)
  environment('etl-extract', { ETL_SOURCE_URL: bankUrl('extract', secrets.bankExtract) })
  environment('transactions-api', {
    DATABASE_URL: databaseUrl('transactions_api', secrets.transactionsApi),
    CARD_TOKEN_KEYS: secrets.cardTokenKeys,
    API_KEYS: entryOf(secrets.apiKey, 'transactions:write+transactions:read+feedback:write'),
  })
  environment('fraud-service', { RULES_API_KEYS: entryOf(secrets.rulesApiKey, 'rules:read+rules:write') })
  environment('notifier', {
    DATABASE_URL: databaseUrl('notifier', secrets.notifier),
    ANSWER_KEYS: secrets.answerKeys,
    CUSTOMER_TOKEN_KEYS: secrets.customerTokenKeys,
    NOTIFIER_API_KEYS: entryOf(secrets.notifierApiKey, 'silences:read+silences:write'),
  })
  environment('twilio', { TWILIO_ACCOUNT_SID: secrets.twilioAccountSid, TWILIO_AUTH_TOKEN: secrets.twilioAuthToken })
  if (process.argv[2] === 'with-users') handOutUsers()
  environment('demo', {
    API_KEY: secrets.apiKey,
    BANK_URL: bankUrl('core', secrets.bankCore),
    CARD_TOKEN_KEYS: secrets.cardTokenKeys,
    TWILIO_ACCOUNT_SID: secrets.twilioAccountSid,
    TWILIO_AUTH_TOKEN: secrets.twilioAuthToken,
  })
}

/** With docker-compose.secure.yml: each user's own to a volume of its own, all of them to who makes the users, and to the registry. */
function handOutUsers() {
  for (const user of kafkaUsers.filter((each) => each !== 'registry')) {
    environment(`kafka/${user}`, {
      KAFKA_TLS: 'true',
      KAFKA_TLS_CA_FILE: '/run/secrets/authority/authority.pem',
      KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
      KAFKA_SASL_USERNAME: user,
      KAFKA_SASL_PASSWORD: secrets.kafka[user],
      SCHEMA_REGISTRY_USERNAME: user,
      SCHEMA_REGISTRY_PASSWORD: secrets.registry[user],
    })
  }
  write(`${root}/kafka/admin/passwords.json`, JSON.stringify(secrets.kafka))
  write(`${root}/kafka/registry/registry.properties`, Object.entries(registrySettings()).map(([name, value]) => `${name}=${value}\n`).join(''))
}

/**
 * Apicurio's users come from an identity provider, as its manual has it; or, as it is a Quarkus application, from
 * Quarkus's own settings. Roles are its own: who reads may look schemas up, who writes may register them.
 */
function registrySettings() {
  const users = kafkaUsers.flatMap((user) => [
    [`quarkus.security.users.embedded.users.${user}`, secrets.registry[user]],
    [`quarkus.security.users.embedded.roles.${user}`, registryWriters.includes(user) ? 'sr-developer' : 'sr-readonly'],
  ])
  return {
    'apicurio.kafka.common.security.protocol': 'SASL_SSL',
    'apicurio.kafka.common.sasl.mechanism': 'SCRAM-SHA-512',
    'apicurio.kafka.common.sasl.jaas.config': `org.apache.kafka.common.security.scram.ScramLoginModule required username="registry" password="${secrets.kafka.registry}";`,
    'apicurio.kafka.common.ssl.truststore.type': 'PEM',
    'apicurio.kafka.common.ssl.truststore.location': '/run/secrets/authority/authority.pem',
    'quarkus.http.auth.basic': 'true',
    'quarkus.security.users.embedded.plain-text': 'true',
    ...Object.fromEntries(users),
    'quarkus.http.auth.permission.api.paths': '/apis/*',
    'quarkus.http.auth.permission.api.policy': 'authenticated',
    'apicurio.auth.role-based-authorization': 'true',
  }
}

/** One for each user; what an earlier start has made stays. */
function passwords(before = {}) {
  return { ...Object.fromEntries(kafkaUsers.map((user) => [user, password()])), ...before }
}

/** Only the key's hash: the key itself is the client's. */
function entryOf(key, scopes) {
  return `compose:${createHash('sha256').update(key).digest('hex')}:${scopes}`
}

/** A file for `node --env-file`. */
function environment(reader, variables) {
  write(`${root}/${reader}/env`, Object.entries(variables).map(([name, value]) => `${name}=${value}\n`).join(''))
}

/** Readable by every user of the containers that mount the volume: which those are is what protects it. */
function write(file, text, mode = 0o444) {
  mkdirSync(dirname(file), { recursive: true })
  // Of a start that was killed here. Nobody may write to it: root has no capabilities in this container.
  rmSync(`${file}.new`, { force: true })
  writeFileSync(`${file}.new`, text, { mode })
  // At once: a reader, and the next start, find the old file or the new one.
  renameSync(`${file}.new`, file)
}

/** Of a secret that is replaced by adding a version. */
function firstVersion() {
  return `1:${randomBytes(32).toString('base64')}`
}

function password() {
  return randomBytes(24).toString('base64url')
}

function databaseUrl(name, secret) {
  return `postgres://${name}:${secret}@postgres:5432/${name}`
}

function bankUrl(role, secret) {
  return `mysql://${role}:${secret}@mysql:3306/bank`
}
