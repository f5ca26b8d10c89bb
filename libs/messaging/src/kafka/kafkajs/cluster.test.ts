import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

/** What the client knows, in place of its own cluster. */
class FakeClient {
  /** Leaders by topic; below 0: there is none just now. */
  readonly topics = new Map<string, number[]>()
  targetTopics = new Set<string>()
  #known = new Map<string, number[]>()

  connect = async (): Promise<void> => undefined
  /** As the client does: one topic that is missing, or one partition without a leader, and nothing is told of any. */
  refreshMetadata = async (): Promise<void> => {
    for (const topic of this.targetTopics) {
      const leaders = this.topics.get(topic)
      const type = leaders ? leaders.some((leader) => leader < 0) && 'LEADER_NOT_AVAILABLE' : 'UNKNOWN_TOPIC_OR_PARTITION'
      if (type) throw Object.assign(new Error(type), { type, retriable: true })
    }
    this.#known = new Map([...this.targetTopics].map((topic) => [topic, [...(this.topics.get(topic) ?? [])]]))
  }
  findTopicPartitionMetadata = (topic: string) => (this.#known.get(topic) ?? []).map((leader, partitionId) => ({ partitionId, leader }))
}

let fake: FakeClient | null = null
vi.mock('./protocol.js', async (original) => {
  const real = await original<typeof import('./protocol.js')>()
  return {
    ...real,
    Kafka: class extends real.Kafka {
      override consumer(config: Parameters<InstanceType<typeof real.Kafka>['consumer']>[0]) {
        if (fake) config?.partitionAssigners?.[0]?.({ cluster: fake, groupId: 'g' } as never)
        return fake ? (null as never) : super.consumer(config)
      }
    },
  }
})
const { KafkajsCluster } = await import('./cluster.js')

describe('a partition without a leader', () => {
  const client = (fake = new FakeClient())
  const cluster = new KafkajsCluster({ clientId: 'test', brokers: ['a:1'] }, 300)
  fake = null

  it('keeps nothing from being known of other topics, and its own is there still', async () => {
    client.topics.set('t', [1, 2]).set('other', [1])
    expect(await cluster.know(['t', 'other'])).toEqual([])
    client.topics.set('t', [1, -1]).set('other', [2])
    expect(await cluster.know(['t', 'other'], 0)).toEqual([])
    expect([cluster.leaderOf({ topic: 'other', partition: 0 }), cluster.leaderOf({ topic: 't', partition: 0 }), cluster.partitionCount('t')]).toEqual([2, 1, 2])
  })

  it('of a topic that was never known is no missing topic', async () => {
    client.topics.set('new', [-1])
    await expect(cluster.know(['new'])).rejects.toMatchObject({ type: 'LEADER_NOT_AVAILABLE' })
    expect(cluster.leaderOf({ topic: 'other', partition: 0 })).toBe(2)
  })
})

/** A broker that says nothing. */
let server: Server
const connections: Socket[] = []

beforeEach(async () => {
  connections.length = 0
  server = createServer((socket) => void connections.push(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(() => {
  for (const socket of connections) socket.destroy()
  server.close()
})

describe('a cluster that was closed', () => {
  it('is not connected to any more: nobody would close that', async () => {
    const cluster = new KafkajsCluster({ clientId: 'test', brokers: [`127.0.0.1:${(server.address() as AddressInfo).port}`] }, 300)
    await cluster.close()
    await expect(cluster.know(['t'])).rejects.toThrow('closed')
  })
})
