import { randomBytes } from 'node:crypto'
import { connectRegistry, subjectOf, type Topic, topicDefinitions, type TopicDefinition, topics } from '@swipestream/contracts'
import { loadConfig } from '@swipestream/platform'
import { Client } from 'pg'
import { z } from 'zod'
import { clusterConfig } from './config.js'
import { connect, type Connection } from './connection.js'
import { kafkaClient } from './kafka/client.js'
import { endedWithin } from './kafka/patience.js'
import type { KafkaClient, KafkaRecord } from './kafka/ports.js'
import type { Received } from './received.js'
import { createTopics } from './topics-admin.js'

export { ran, type Ran } from './cli/ran.js'
export { eventually } from './eventually.js'
export { type ServiceProcess, startServiceProcess } from './service-process.js'

const deletePatienceMs = 5_000

/** Servers of the environment, with a namespace of its own: no test sees another's topics, subjects or groups. */
export interface TestBackbone extends Connection {
  readonly namespace: string
  /** What a service needs in its environment to use it. */
  readonly env: Readonly<Record<'KAFKA_BROKERS' | 'KAFKA_NAMESPACE' | 'SCHEMA_REGISTRY_URL' | 'KAFKA_SESSION_TIMEOUT_MS', string>>
  /** Every record there is now. */
  records(topic: { readonly name: string }): Promise<KafkaRecord[]>
  /** Every record there is now, decoded; tombstones left out. */
  received<T>(topic: Topic<T>): Promise<Received<T>[]>
  /** Deletes its topics, as far as that can be done within a few seconds. */
  close(): Promise<void>
}

/**
 * @param definitions topics to create; all of the system by default, each with its dead-letter topic.
 * @param servers where the servers are; this process' environment by default.
 */
export async function testBackbone(
  definitions: readonly TopicDefinition[] = topicDefinitions,
  servers: Readonly<Record<string, string | undefined>> = process.env,
): Promise<TestBackbone> {
  const registryUrl = required(servers, 'SCHEMA_REGISTRY_URL')
  const cluster = { ...clusterVariables(servers), KAFKA_BROKERS: required(servers, 'KAFKA_BROKERS') }
  const namespace = `t${randomBytes(5).toString('hex')}.`
  const config = { ...loadConfig(z.object(clusterConfig), cluster), KAFKA_NAMESPACE: namespace, SCHEMA_REGISTRY_URL: registryUrl }
  const created = await createTopics(kafkaClient(config, 'test'), { namespace, replicas: 1, definitions })
  const names = new Set(definitions.map(({ name }) => name))
  const produces = topics.filter(({ name }) => names.has(name))
  const registry = connectRegistry({ url: registryUrl })
  await Promise.all(produces.map((topic) => registry.register(subjectOf(topic, namespace), topic.schema)))
  const connection = await connect({ service: 'test', config, produces })
  return {
    ...connection,
    namespace,
    env: { ...cluster, KAFKA_NAMESPACE: namespace, SCHEMA_REGISTRY_URL: registryUrl, KAFKA_SESSION_TIMEOUT_MS: '6000' },
    records: (topic) => connection.tail(topic).records(),
    received: (topic) => connection.tail(topic).received(),
    async close() {
      await endedWithin(deleted(connection.client, created), deletePatienceMs)
      await connection.close()
    },
  }
}

/** What the environment says of how the cluster is reached. */
function clusterVariables(servers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const set: Record<string, string> = {}
  for (const name of Object.keys(clusterConfig)) if (servers[name]) set[name] = servers[name]
  return set
}

/** Away with what a test made: a broker that serves many runs would otherwise have no file handle left. */
async function deleted(client: KafkaClient, names: readonly string[]): Promise<void> {
  const admin = client.admin()
  try {
    await admin.deleteTopics(names)
  } catch (error) {
    // A broker that a test has killed is gone with all its topics.
    console.warn(`topics of the test are left behind: ${error instanceof Error ? error.message : String(error)}`)
  } finally {
    await admin.close()
  }
}

/** A database of its own on the environment's PostgreSQL. */
export async function testDatabase(): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const server = required(process.env, 'POSTGRES_URL')
  const name = `test_${randomBytes(6).toString('hex')}`
  await asSuperuser(server, `CREATE DATABASE ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => asSuperuser(server, `DROP DATABASE ${name} WITH (FORCE)`) }
}

async function asSuperuser(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

function required(servers: Readonly<Record<string, string | undefined>>, name: string): string {
  const value = servers[name]
  if (!value) throw new Error(`${name} is not set: run the tests by \`npm test\`, which starts the stack`)
  return value
}
