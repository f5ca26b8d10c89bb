import { join } from 'node:path'
import { cards, customers, registerContracts, topics } from '@swipestream/contracts'
import { connect, type Connection, type ConnectionConfig, connectionConfig, createTopics } from '@swipestream/messaging'
import { freePort, mariadbRunsHere, serverNames, type ServerName, startStack, type Stack } from '@swipestream/stack'
import { connectionEnvironment, inheritedEnvironment, newSecrets, type Secrets } from './environment.js'
import { type Etl, etlOf } from './etl.js'
import { type Logs, logsOf } from './logs.js'
import { mainOf, Service, type ServiceName } from './service.js'
import { putShippedRules } from './shipped-rules.js'

/** The whole system on this machine: servers, topics, contracts, services. */
export interface System {
  readonly stack: Stack
  readonly connection: Connection
  readonly services: Readonly<Record<ServiceName, Service>>
  readonly secrets: Secrets
  /** The bank's database and what moves its data; null where customers and cards come from elsewhere. */
  readonly etl: Etl | null
  /** What ships the services' access logs and watches them; null without. */
  readonly logs: Logs | null
  /** The database of transactions-api, for whoever checks what is in it. */
  readonly transactionsUrl: string
  /** Where e-mail and SMS can be looked at; `own`: nobody else's are there. */
  readonly mail: { readonly url: string; readonly own: boolean } | null
  readonly sms: { readonly url: string; readonly account: string; readonly token: string; readonly own: boolean } | null
  stop(): Promise<void>
}

export interface SystemOptions {
  /** Servers it names are used instead of local ones, and reached as it says; SMTP_URL and TWILIO_* then send for real. */
  readonly environment: NodeJS.ProcessEnv
  /** One line for a person. */
  readonly onProgress: (line: string) => void
  readonly namespace?: string
  /** With the bank's database in MySQL, etl-loader's services and a warehouse, where MariaDB runs or MYSQL_URL names a server. */
  readonly etl?: boolean
  /** What else the environment of a service says, by its name in `services` of @swipestream/contracts: who it is to the brokers. `tools` are the commands. */
  readonly as?: (user: string) => Readonly<Record<string, string>>
  /** With log-shipper's services, which watch what the services log of their requests, and index it where ELASTICSEARCH_URL names a server. */
  readonly logs?: boolean
}

/** Variables by which servers that are there already are found. */
const variables: Record<ServerName, readonly string[]> = {
  kafka: ['KAFKA_BROKERS'],
  registry: ['SCHEMA_REGISTRY_URL'],
  postgres: ['POSTGRES_URL'],
  mailbox: ['SMTP_URL'],
  twilio: ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_FROM'],
}
/** Addresses a person may expect; any other port when one is taken. */
const usualPorts = { mailbox: 1080, twilio: 4010 }
const usualApiPorts = { transactions: 3000, rules: 3001, notifier: 3002 }
/** Who hears of what the bank itself must look at. */
export const onCall = 'on-call@bank.example'
const desks = { ON_CALL_EMAILS: onCall, FALLBACK_EMAIL: 'fraud-desk@bank.example' }

/**
 * Brings everything up and resolves when every service is ready. What is up already is taken down again when something
 * fails.
 */
export async function startSystem({ environment, onProgress, namespace = '', etl = false, logs = false, as = () => ({}) }: SystemOptions): Promise<System> {
  const withBank = etl && (mariadbRunsHere || Boolean(environment['MYSQL_URL']))
  if (etl && !withBank) onProgress(`MariaDB has no programs for ${process.platform}-${process.arch}: customers and cards are written to their topics directly, and there is no warehouse; MYSQL_URL names a server of your own`)
  const bank = withBank && !environment['MYSQL_URL'] ? (['mariadb'] as const) : []
  const missing = serverNames.filter((name) => variables[name].some((variable) => !environment[variable]))
  const given = Object.fromEntries(
    [...Object.values(variables).flat(), 'KAFKA_TLS', 'KAFKA_SASL_MECHANISM', 'MAILBOX_URL', 'TWILIO_API_URL', ...(withBank ? ['MYSQL_URL'] : [])].flatMap((name) => {
      const value = environment[name]
      return value ? [[name, value]] : []
    }),
  )
  const stack = await startStack({ servers: [...missing, ...bank], env: given, ports: usualPorts, onProgress })
  try {
    return await onStack(stack, { environment, namespace, onProgress, logs, as })
  } catch (error) {
    await stack.stop()
    throw error
  }
}

async function onStack(stack: Stack, { environment, namespace, onProgress, logs: withLogs, as }: Required<Omit<SystemOptions, 'etl'>>): Promise<System> {
  const env = stack.env
  const secrets = newSecrets()
  const kafka = {
    ...connectionEnvironment(environment),
    KAFKA_BROKERS: needed(env, 'KAFKA_BROKERS'),
    KAFKA_NAMESPACE: namespace,
    KAFKA_SESSION_TIMEOUT_MS: '6000',
    SCHEMA_REGISTRY_URL: needed(env, 'SCHEMA_REGISTRY_URL'),
  }
  const suffix = namespace.replaceAll(/[^a-z0-9]/gi, '_').toLowerCase()
  const transactionsUrl = await stack.createDatabase(`transactions${suffix}`)
  const notifierUrl = await stack.createDatabase(`notifier${suffix}`)
  const started = performance.now()
  const connection = await prepareKafka(connectionConfig(kafka))
  onProgress(`contracts and topics: ${topics.length} registered, created (${seconds(started)} s)`)

  const ports = { 'transactions-api': await freePort(usualApiPorts.transactions), 'fraud-service': await freePort(usualApiPorts.rules), 'notifier': await freePort(usualApiPorts.notifier) }
  const accessLogs = join(stack.dir, 'access-logs')
  const logged = withLogs ? { ACCESS_LOG_DIR: accessLogs } : {}
  const own: Record<ServiceName, Record<string, string>> = {
    'transactions-api': { DATABASE_URL: transactionsUrl, CARD_TOKEN_KEYS: secrets.cardTokenKeys, API_KEYS: secrets.apiKeys },
    'fraud-service': { RULES_API_KEYS: secrets.rulesApiKeys },
    'notifier': {
      DATABASE_URL: notifierUrl,
      PUBLIC_URL: `http://127.0.0.1:${ports.notifier}`,
      ANSWER_KEYS: secrets.answerKeys,
      CUSTOMER_TOKEN_KEYS: secrets.customerTokenKeys,
      NOTIFIER_API_KEYS: secrets.notifierApiKeys,
      ...desks,
      SMTP_URL: needed(env, 'SMTP_URL'),
      TWILIO_ACCOUNT_SID: needed(env, 'TWILIO_ACCOUNT_SID'),
      TWILIO_AUTH_TOKEN: needed(env, 'TWILIO_AUTH_TOKEN'),
      TWILIO_FROM: needed(env, 'TWILIO_FROM'),
      ...(env['TWILIO_API_URL'] ? { TWILIO_API_URL: env['TWILIO_API_URL'] } : {}),
    },
  }
  const shared = { ...inheritedEnvironment(environment), ...kafka }
  const service = (name: ServiceName): Service => new Service(name, mainOf(name), stack, { ...shared, ...as(name), ...logged, HTTP_PORT: String(ports[name]), ...own[name] }, ports[name])
  const services = { 'transactions-api': service('transactions-api'), 'fraud-service': service('fraud-service'), 'notifier': service('notifier') }
  const etl = env['MYSQL_URL'] ? await etlOf({ stack, env: shared, as, mysqlUrl: env['MYSQL_URL'], database: `bank${suffix}` }) : null
  const logs = withLogs ? await logsOf({ stack, env: shared, as, accessLogs, elasticsearch: environment['ELASTICSEARCH_URL'] }) : null
  await Promise.all([
    putShippedRules(stack, { ...shared, ...as('tools') }),
    ...[...Object.values(services), ...(etl ? [etl.services.extract, etl.services.transform] : [])].map((one) => startService(one, onProgress)),
  ])

  // Nobody waits for them before something is wrong.
  for (const one of Object.values(logs?.services ?? {})) await one.start()

  const mailUrl = env['MAILBOX_URL']
  const smsUrl = env['TWILIO_API_URL']
  if (smsUrl && !environment['TWILIO_API_URL']) await answerAt(smsUrl, `${services.notifier.url}/v1/twilio/inbound`)
  return {
    stack,
    connection,
    services,
    secrets,
    etl,
    logs,
    transactionsUrl,
    mail: mailUrl ? { url: mailUrl, own: !environment['MAILBOX_URL'] } : null,
    sms: smsUrl ? { url: smsUrl, account: needed(env, 'TWILIO_ACCOUNT_SID'), token: needed(env, 'TWILIO_AUTH_TOKEN'), own: !environment['TWILIO_API_URL'] } : null,
    async stop() {
      try {
        await etl?.bank.close()
        await Promise.all([...Object.values(services), ...Object.values(etl?.services ?? {}), ...Object.values(logs?.services ?? {})].map((one) => one.stop()))
        await connection.close()
      } finally {
        await stack.stop()
      }
    },
  }
}

async function prepareKafka(config: ConnectionConfig): Promise<Connection> {
  const namespace = config.KAFKA_NAMESPACE
  const bare = await connect({ service: 'demo', config, produces: [] })
  try {
    await Promise.all([
      registerContracts(bare.registry, namespace),
      createTopics(bare.client, { namespace, replicas: 1 }),
    ])
  } finally {
    await bare.close()
  }
  // The bank's customers and cards come from here; everything else from the services.
  return connect({ service: 'demo', config, produces: [customers, cards] })
}

/** Where the simulator of Twilio brings what people write. */
async function answerAt(simulator: string, url: string): Promise<void> {
  const response = await fetch(`${simulator}/simulator/inbound-url`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ url }) })
  if (!response.ok) throw new Error(`the simulator of Twilio does not take ${url}: ${response.status}`)
}

async function startService(service: Service, onProgress: (line: string) => void): Promise<void> {
  const started = performance.now()
  await service.start()
  await service.ready()
  onProgress(`${service.name}: ready (${seconds(started)} s)`)
}

function needed(env: Readonly<Record<string, string>>, name: string): string {
  const value = env[name]
  if (!value) throw new Error(`${name} is not set, and no local server offers it`)
  return value
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1_000).toFixed(1)
}

