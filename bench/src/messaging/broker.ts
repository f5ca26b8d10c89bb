import { subjectOf } from '@swipestream/contracts'
import { connect, type Connection, createTopics } from '@swipestream/messaging'
import { type ServerName, startStack, type Stack } from '@swipestream/stack'
import { jsonInput, jsonOutput, judgedLog } from './topics.js'
import { transactionsLog } from '@swipestream/contracts'

/** One broker, and what stands on it. */
export interface Broker {
  readonly stack: Stack
  readonly connection: Connection
  readonly brokers: string
  /** What a child finds in its environment. */
  readonly env: Readonly<Record<string, string>>
  /** Makes the topics of a namespace and registers their schemas. */
  prepare(namespace: string): Promise<void>
  /** Makes a topic anew, with nothing on it. */
  emptied(topic: string): Promise<void>
  /** Removes topics with what stands on them. */
  remove(...topics: readonly string[]): Promise<void>
  /** Number of committed records of a topic. */
  count(topic: string): Promise<number>
  stop(): Promise<void>
}

/** As `transactions_log` has them. */
export const partitions = transactionsLog.partitions

/** Starts servers of its own: nothing else uses them, and nothing stays. */
export async function startBroker(servers: readonly ServerName[], onProgress: (line: string) => void): Promise<Broker> {
  const stack = await startStack({ servers, sustainedLoad: true, onProgress })
  try {
    const { KAFKA_BROKERS: brokers = '', SCHEMA_REGISTRY_URL: registry = '' } = stack.env
    const config = { KAFKA_BROKERS: brokers.split(','), KAFKA_CLIENT: 'platformatic', KAFKA_NAMESPACE: '', SCHEMA_REGISTRY_URL: registry } as const
    const prepare = async (namespace: string, { registry: to, client }: Pick<Connection, 'registry' | 'client'>): Promise<void> => {
      for (const topic of [transactionsLog, judgedLog]) await to.register(subjectOf(topic, namespace), topic.schema)
      await createTopics(client, { namespace, replicas: 1, definitions: [transactionsLog, judgedLog] })
    }
    // Without a schema to write with, to register the first.
    const first = await connect({ service: 'bench', config, produces: [] })
    await prepare('', first)
    await first.close()
    const connection = await connect({ service: 'bench', config, produces: [transactionsLog] })
    const admin = connection.client.admin()
    const create = (name: string): Promise<void> => admin.createTopics([{ name, partitions, config: transactionsLog.config }], 1)
    for (const topic of [jsonInput, jsonOutput]) await create(topic)
    return {
      stack,
      connection,
      brokers,
      env: { KAFKA_BROKERS: brokers, SCHEMA_REGISTRY_URL: registry, HTTP_PORT: '0', LOG_LEVEL: 'error' },
      prepare: (namespace) => prepare(namespace, connection),
      async emptied(topic) {
        await admin.deleteTopics([topic])
        await create(topic)
      },
      remove: (...topics) => admin.deleteTopics(topics),
      async count(topic) {
        const reader = connection.client.reader()
        try {
          let count = 0
          for (const [partition, { first: from, end }] of (await reader.bounds(topic)).entries()) {
            for await (const records of reader.read({ topic, partition }, from, end)) count += records.length
          }
          return count
        } finally {
          await reader.close()
        }
      },
      async stop() {
        await admin.close()
        await connection.close()
        await stack.stop()
      },
    }
  } catch (error) {
    await stack.stop()
    throw error
  }
}
