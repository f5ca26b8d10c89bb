import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { RecordToSend } from '../ports.js'
import type { KafkajsCluster } from './cluster.js'
import type { Node } from './protocol.js'

/** One broker that leads two partitions of every topic but `none`, and takes no more than a MiB for one. */
class FakeCluster {
  readonly log = new Map<string, string[]>()
  /** A request is taken up only after this. */
  hold: Promise<void> = Promise.resolve()
  /** Topics of which nothing is taken, with Kafka's name for why. */
  readonly refused = new Map<string, string>()
  /** Whether that is so for the next request only. */
  once = false

  know = async (topics: readonly string[]): Promise<string[]> => topics.filter((topic) => topic === 'none')
  partitionCount = (topic: string): number => (topic === 'none' ? 0 : 2)
  leaderOf = (): number => 1
  noteFailure = (): void => undefined
  anyNode = async (): Promise<unknown> => ({ producerId: '1', producerEpoch: 0 })
  node = async (): Promise<Node> => ({ produce: this.#produce }) as unknown as Node

  readonly #produce: Node['produce'] = async ({ topicData }) => {
    await this.hold
    const batches = topicData.flatMap(({ topic, partitions }) => partitions.map((batch) => ({ topic, ...batch })))
    for (const { topic, messages } of batches) {
      const bytes = messages.reduce((sum, { value }) => sum + (value?.length ?? 0), 0)
      const type = this.refused.get(topic) ?? (bytes > 1 << 20 ? 'MESSAGE_TOO_LARGE' : undefined)
      if (this.once) this.refused.delete(topic)
      if (type) throw Object.assign(new Error(type), { type, retriable: false })
    }
    for (const { topic, partition, messages } of batches) {
      const name = `${topic}/${partition}`
      this.log.set(name, [...(this.log.get(name) ?? []), ...messages.map(({ value }) => String(value))])
    }
  }
}

let cluster: FakeCluster
vi.mock('./cluster.js', () => ({
  KafkajsCluster: function (): KafkajsCluster {
    return cluster as unknown as KafkajsCluster
  },
}))
const { KafkajsProducer } = await import('./producer.js')

let producer: InstanceType<typeof KafkajsProducer>
beforeEach(() => {
  cluster = new FakeCluster()
  producer = new KafkajsProducer({ clientId: 'test', brokers: ['a:1'] })
})

const record = (value: string, more: Partial<RecordToSend> = {}): RecordToSend => ({ topic: 't', partition: 0, key: null, value: Buffer.from(value), headers: {}, ...more })
const large = 'x'.repeat(1_100_000)
/** Fits into no request with another like it. */
const half = 'x'.repeat(500_000)

/** The calls in one group. */
async function together(calls: readonly (readonly RecordToSend[])[]): Promise<PromiseSettledResult<void>[]> {
  const { promise, resolve } = Promise.withResolvers<void>()
  cluster.hold = promise
  const first = producer.send([record('first', { topic: 'first' })])
  const outcomes = Promise.allSettled(calls.map((records) => producer.send(records)))
  resolve()
  await first
  return outcomes
}

describe('calls that are sent together', () => {
  it('do not fail for a record of another that is too large, be it in the same partition', async () => {
    expect(await together([[record(large)], [record('same')], [record('other', { partition: 1 })]])).toMatchObject([
      { reason: { code: 'KAFKA_RECORD_TOO_LARGE' } },
      { status: 'fulfilled' },
      { status: 'fulfilled' },
    ])
    expect([cluster.log.get('t/0'), cluster.log.get('t/1')]).toEqual([['same'], ['other']])
  })

  it("do not fail for another's topic", async () => {
    cluster.refused.set('closed', 'TOPIC_AUTHORIZATION_FAILED')
    expect(await together([[record(half, { topic: 'closed' })], [record(half, { topic: 'none' })], [record('mine')]])).toMatchObject([
      { reason: { code: 'KAFKA_REFUSED' } },
      { reason: { code: 'KAFKA_TOPIC_MISSING' } },
      { status: 'fulfilled' },
    ])
  })

  it('are not written behind what could not be written before them', async () => {
    cluster.refused.set('t', 'INVALID_TIMESTAMP')
    cluster.once = true
    const refused = { reason: { code: 'KAFKA_CLIENT' } }
    expect(await together([[record(half)], [record(half)], [record('other', { partition: 1 })]])).toMatchObject([refused, refused, { status: 'fulfilled' }])
    expect(cluster.log.get('t/0')).toBeUndefined()
  })
})

it('writes nothing that comes after a record that was refused in the same call and fitted into no request with it', async () => {
  await expect(producer.send([record('before'), record(large), record('after')])).rejects.toMatchObject({ code: 'KAFKA_RECORD_TOO_LARGE' })
  expect(cluster.log.get('t/0')).toEqual(['before'])
})
