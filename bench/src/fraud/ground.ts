import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type TopicDefinition, topicDefinitions } from '@swipestream/contracts'
import { createTopics } from '@swipestream/messaging'
import { testBackbone, type TestBackbone } from '@swipestream/messaging/testing'
import type { Stack } from '@swipestream/stack'
import { stepMs, swipeEvent, type Swipes, transactionAt } from './swipes.js'

const run = promisify(execFile)
const rulesCommand = fileURLToPath(new URL('../../../apps/fraud-service/dist/cli/rules.js', import.meta.url))
const shipped = fileURLToPath(new URL('../../../deploy/rules', import.meta.url))

/** Records of the log that are written together. */
const chunk = 5_000

/** Rules that the peer has as well. */
export const fiveRules = ['large_amount', 'velocity', 'impossible_travel', 'amount_against_history', 'card_testing'] as const

/** All topics of the system in a namespace of their own. */
export interface Ground extends TestBackbone {
  /** Makes topics anew, with nothing on them. */
  emptied(...topics: readonly { readonly name: string }[]): Promise<void>
  /** Makes topics like one of the system's under other names. */
  like(topic: TopicDefinition, ...names: readonly string[]): Promise<void>
  remove(...topics: readonly string[]): Promise<void>
  /** Committed records of a topic, and the transactions that wrote them, each counted once for every partition it wrote to. */
  count(topic: string): Promise<{ readonly records: number; readonly commits: number }>
  /** Puts shipped rules as an operator does: those named, or all. */
  putRules(names?: readonly string[]): Promise<void>
}

export async function prepareGround({ env }: Stack): Promise<Ground> {
  const backbone = await testBackbone(undefined, env)
  const { namespace, client } = backbone
  const remove = async (...topics: readonly string[]): Promise<void> => {
    const admin = client.admin()
    try {
      await admin.deleteTopics(topics.map((topic) => namespace + topic))
    } finally {
      await admin.close()
    }
  }
  return {
    ...backbone,
    remove,
    async emptied(...topics) {
      const names = topics.map(({ name }) => name)
      await remove(...names)
      await createTopics(client, { namespace, replicas: 1, definitions: topicDefinitions.filter(({ name }) => names.includes(name)) })
    },
    async like({ partitions, cleanup, config }, ...names) {
      await createTopics(client, { namespace, replicas: 1, definitions: names.map((name) => ({ name, partitions, cleanup, config })) })
    },
    async count(topic) {
      const reader = client.reader()
      try {
        let [records, offsets] = [0, 0]
        for (const [partition, { first, end }] of (await reader.bounds(namespace + topic)).entries()) {
          offsets += Number(end - first)
          for await (const some of reader.read({ topic: namespace + topic, partition }, first, end)) records += some.length
        }
        // The end of a transaction has an offset of its own in each partition.
        return { records, commits: offsets - records }
      } finally {
        await reader.close()
      }
    },
    async putRules(names) {
      const paths = names === undefined ? [shipped] : names.map((name) => `${shipped}/${name}.json`)
      await run(process.execPath, [rulesCommand, 'put', ...paths, '--by', 'bench'], { env: { ...process.env, ...backbone.env } })
    },
  }
}

/** Writes the transactions that every side reads, as transactions-api does; the last one happens about now. */
export async function fillLog(ground: Ground, records: number, terminals: boolean): Promise<void> {
  const swipes: Swipes = { began: Date.now() - records * stepMs, terminals }
  for (let from = 0; from < records; from += chunk) {
    await ground.publish(Array.from({ length: Math.min(chunk, records - from) }, (_, i) => swipeEvent(transactionAt(from + i, swipes))))
  }
}
