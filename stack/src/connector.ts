import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { StackError } from './errors.js'

/** What Debezium is to read, and where to. */
export interface DebeziumSource {
  /** CONNECT_URL. */
  readonly connectUrl: string
  /** With the database: `mysql://user:password@host:port/database`, of a MariaDB. */
  readonly sourceUrl: string
  /** What names of topics begin with, before the database: a namespace and ETL_SOURCE_NAME. */
  readonly topicPrefix: string
  /** In place of what deploy/connect/bank-connector.json says. */
  readonly settings?: Readonly<Record<string, string>>
}

/** A connector that runs. */
export interface Connector {
  readonly name: string
  /** @throws StackError CONNECTOR_FAILED when it has stopped by itself */
  check(): Promise<void>
  /** Takes it away; its offsets stay, so one of the same name goes on where it was. */
  remove(): Promise<void>
}

const bankConnector = new URL('../../deploy/connect/bank-connector.json', import.meta.url)

/** How long a connector has to come up, ms. */
const RUNNING_WITHIN = 60_000

/**
 * Makes a connector of deploy/connect/bank-connector.json, with values in place of the variables that are known here;
 * the others are the worker's. Resolves when its task runs: it may not have begun to read.
 *
 * @throws StackError CONNECTOR_FAILED
 */
export async function startDebezium({ connectUrl, sourceUrl, topicPrefix, settings = {} }: DebeziumSource): Promise<Connector> {
  const { pathname } = new URL(sourceUrl)
  const values: Readonly<Record<string, string>> = { ...sourceVariables(sourceUrl), ETL_SOURCE_DATABASE: decodeURIComponent(pathname.slice(1)), ETL_SOURCE_NAME: topicPrefix }
  const configuration = Object.entries(JSON.parse(await readFile(bankConnector, 'utf8')) as Record<string, string>).map(([setting, value]) => [setting, value.replaceAll(/\$\{env:(\w+)\}/g, (variable, name: string) => values[name] ?? variable)])
  // The server takes two readers of its log with one id for one that has come back.
  const id = { 'database.server.id': String(100_000 + Math.floor(Math.random() * 1_000_000)) }
  return startConnector(connectUrl, topicPrefix, { ...Object.fromEntries(configuration), ...id, ...settings })
}

/** The variables of deploy/connect/bank-connector.json that say where a MariaDB is. */
export function sourceVariables(mysqlUrl: string): Record<string, string> {
  const { hostname, port, username, password } = new URL(mysqlUrl)
  return {
    DEBEZIUM_CONNECTOR: 'io.debezium.connector.mariadb.MariaDbConnector',
    ETL_SOURCE_HOST: hostname,
    ETL_SOURCE_PORT: port,
    ETL_SOURCE_USER: decodeURIComponent(username),
    ETL_SOURCE_PASSWORD: decodeURIComponent(password),
  }
}

/** Makes a connector, or gives the one of that name these settings. */
async function startConnector(connectUrl: string, name: string, settings: Readonly<Record<string, string>>): Promise<Connector> {
  const address = addressOf(connectUrl, name)
  const put = await fetch(`${address}/config`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(settings) })
  if (!put.ok) throw failed(name, await put.text())
  await put.arrayBuffer()
  for (const deadline = Date.now() + RUNNING_WITHIN; ; await sleep(100)) {
    const { state, trace } = await stateOf(address)
    if (state === 'RUNNING') return connectorOf(connectUrl, name)
    if (state === 'FAILED') throw failed(name, trace)
    if (Date.now() > deadline) throw failed(name, `it is ${state} after ${RUNNING_WITHIN / 1000} s`)
  }
}

/** A connector that is there already. */
export function connectorOf(connectUrl: string, name: string): Connector {
  const address = addressOf(connectUrl, name)
  return {
    name,
    async check() {
      const { state, trace } = await stateOf(address)
      if (state === 'FAILED') throw failed(name, trace)
    },
    async remove() {
      const response = await fetch(address, { method: 'DELETE' })
      if (!response.ok && response.status !== 404) throw failed(name, await response.text())
      await response.arrayBuffer()
    },
  }
}

const addressOf = (connectUrl: string, name: string): string => `${connectUrl}/connectors/${encodeURIComponent(name)}`

interface State {
  readonly state: string
  readonly trace: string
}

interface Status {
  readonly connector: Partial<State>
  readonly tasks: readonly Partial<State>[]
}

/** Of the task; of the connector while there is none. */
async function stateOf(address: string): Promise<State> {
  const response = await fetch(`${address}/status`)
  // It was made, and the worker has not read that yet.
  if (response.status === 404) {
    await response.arrayBuffer()
    return { state: 'UNASSIGNED', trace: '' }
  }
  const { connector, tasks } = (await response.json()) as Status
  const { state = 'UNASSIGNED', trace = '' } = tasks[0] ?? (connector.state === 'FAILED' ? connector : {})
  return { state, trace }
}

function failed(name: string, why: string): StackError {
  // Of a trace, what each exception says; where each was thrown is in the worker's log.
  const said = why.split('\n').filter((line) => !/^\s+(at |\.\.\. )/.test(line)).join('\n')
  return new StackError('CONNECTOR_FAILED', `the connector ${name} does not run: ${said}`)
}
