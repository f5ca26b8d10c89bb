import { changelog, etlCheckpoints, etlQuarantine, opsAlerts } from '@swipestream/contracts'
import { createTopics, type Reader } from '@swipestream/messaging'
import { eventually, testBackbone, type TestBackbone } from '@swipestream/messaging/testing'
import type { Bench } from './bench.js'
import type { Source } from './source.js'

/** What the names of topics of tables begin with. */
export const sourceName = 'bench'
/** As extract makes topics. */
const partitions = 6

/** A namespace for the topics of a source's tables. */
export interface Ground extends Pick<TestBackbone, 'client' | 'registry' | 'namespace'> {
  /** What the commands need in their environment. */
  readonly env: Readonly<Record<string, string>>
  readonly reader: Reader
  /** The topic of a table, without the namespace. */
  topicOf(table: string): string
  /** Makes the topic of a table, as extract would, so that it can be looked at from the beginning. */
  makeTopic(table: string): Promise<void>
  /** Committed records of a table's topic; ends of transactions, one for each partition and 10,000 rows, count too. */
  written(table: string): Promise<number>
  /** The same, each looked at. */
  count(table: string): Promise<number>
  close(): Promise<void>
}

export async function prepareGround({ stack }: Pick<Bench, 'stack'>, source: Source, env: Readonly<Record<string, string>> = {}): Promise<Ground> {
  // A registry that is busy gives no answer now and then; a bench of an hour must not end by that.
  const backbone = await eventually(() => testBackbone([etlCheckpoints, etlQuarantine, opsAlerts], stack.env), { timeoutMs: 60_000 })
  const { client, namespace } = backbone
  const reader = client.reader()
  const made = new Set<string>()
  const topicOf = (table: string): string => `${sourceName}.${source.database}.${table}`
  return {
    ...backbone,
    env: { ...backbone.env, ETL_SOURCE_URL: source.url, ETL_SOURCE_NAME: sourceName, ...env },
    reader,
    topicOf,
    async makeTopic(table) {
      const { name, cleanup, config } = changelog<{ key: string }>(topicOf(table), 'key', 'string', partitions)
      for (const topic of await createTopics(client, { namespace, replicas: 1, definitions: [{ name, cleanup, config, partitions }] })) made.add(topic)
    },
    async written(table) {
      const bounds = await reader.bounds(namespace + topicOf(table))
      return bounds.reduce((sum, { first, end }) => sum + Number(end - first), 0)
    },
    async count(table) {
      const topic = namespace + topicOf(table)
      let count = 0
      for (const [partition, { first, end }] of (await reader.bounds(topic)).entries()) {
        for await (const records of reader.read({ topic, partition }, first, end)) count += records.length
      }
      return count
    },
    async close() {
      const admin = client.admin()
      await admin.deleteTopics([...made])
      await admin.close()
      await reader.close()
      await backbone.close()
    },
  }
}
