import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { RecordToSend } from '../ports.js'
import type { KafkajsCluster } from './cluster.js'
import type { Node } from './protocol.js'

vi.mock('../retry-delay.js', () => ({ retryDelay: () => Promise.resolve() }))

const apis = ['initProducerId', 'addPartitionsToTxn', 'addOffsetsToTxn', 'produce', 'txnOffsetCommit', 'endTxn'] as const
type Api = (typeof apis)[number]

/** One broker that answers as it is told; what it is not told of goes well. */
class FakeCluster {
  readonly asked: { readonly api: Api; readonly request: unknown }[] = []
  /** Errors by which the next requests of an API are answered. */
  refusals: Partial<Record<Api, string[]>> = {}
  #epoch = 0

  readonly node = async (): Promise<Node> =>
    Object.fromEntries(apis.map((api) => [api, (request: unknown) => this.#answer(api, request)])) as unknown as Node
  coordinator = this.node
  know = async (): Promise<string[]> => []
  partitionCount = (): number => 1
  leaderOf = (): number => 1
  noteFailure = (): void => undefined
  close = async (): Promise<void> => undefined

  order(): Api[] {
    return this.asked.splice(0).map(({ api }) => api)
  }

  async #answer(api: Api, request: unknown): Promise<unknown> {
    this.asked.push({ api, request })
    const type = this.refusals[api]?.shift()
    if (type === 'unheard') throw new Error('Connection closed')
    if (type) throw Object.assign(new Error(type), { type, retriable: type === 'CONCURRENT_TRANSACTIONS' })
    return { producerId: '4000', producerEpoch: this.#epoch++ }
  }
}

let cluster: FakeCluster
vi.mock('./cluster.js', () => ({
  KafkajsCluster: function (): KafkajsCluster {
    return cluster as unknown as KafkajsCluster
  },
}))
const { KafkajsTransactionalProducer } = await import('./transactional-producer.js')

let producer: InstanceType<typeof KafkajsTransactionalProducer>
beforeEach(async () => {
  cluster = new FakeCluster()
  producer = new KafkajsTransactionalProducer({ clientId: 'test', brokers: ['a:1'] }, 'id')
  await producer.open()
  cluster.asked.length = 0
})

const record: RecordToSend = { topic: 't', partition: 0, key: null, value: Buffer.from('v'), headers: {} }
const offset = { groupId: 'g', topic: 'in', partition: 0, offset: 5n }
const write = () => producer.write([record], offset)

describe('another has the id, and this one is KAFKA_FENCED', () => {
  it('when the coordinator fails while it makes room for the other, and says so in a moment', async () => {
    cluster.refusals = { endTxn: ['UNKNOWN', 'CONCURRENT_TRANSACTIONS', 'INVALID_PRODUCER_EPOCH'] }
    await expect(write()).rejects.toMatchObject({ code: 'KAFKA_FENCED' })
    expect(cluster.order().slice(-3)).toEqual(['endTxn', 'endTxn', 'endTxn'])
  })

  it('when a leader finds no transaction, and the coordinator knows why', async () => {
    cluster.refusals = { produce: ['INVALID_TXN_STATE'], addPartitionsToTxn: ['', 'INVALID_PRODUCER_EPOCH'] }
    await expect(write()).rejects.toMatchObject({ code: 'KAFKA_FENCED' })
  })

  it("when the group's coordinator finds no transaction, and that of the transactions knows why", async () => {
    cluster.refusals = { txnOffsetCommit: ['INVALID_TXN_STATE'], endTxn: ['INVALID_PRODUCER_EPOCH'] }
    await expect(write()).rejects.toMatchObject({ code: 'KAFKA_FENCED' })
  })
})

describe('it is KAFKA_TRANSACTION_LOST', () => {
  it.each(['produce', 'txnOffsetCommit'] as const)('when %s finds no transaction, and the id is nobody else’s', async (api) => {
    cluster.refusals = { [api]: ['INVALID_TXN_STATE'] }
    await expect(write()).rejects.toMatchObject({ code: 'KAFKA_TRANSACTION_LOST' })
  })

  it('and what is written next is not, after it was opened again: that asks first whether the id was taken', async () => {
    cluster.refusals = { produce: ['INVALID_TXN_STATE'] }
    await expect(write()).rejects.toMatchObject({ code: 'KAFKA_TRANSACTION_LOST' })
    cluster.order()
    await producer.open()
    expect(cluster.order()).toEqual(['addPartitionsToTxn', 'addOffsetsToTxn', 'initProducerId'])
    await write()
    await producer.open()
    expect(cluster.order().at(-1)).toBe('initProducerId')
  })

  it('and the id was taken meanwhile: opening takes it from nobody, the one after it does', async () => {
    cluster.refusals = { produce: ['INVALID_TXN_STATE'] }
    await expect(write()).rejects.toMatchObject({ code: 'KAFKA_TRANSACTION_LOST' })
    cluster.refusals = { addOffsetsToTxn: ['unheard', 'CONCURRENT_TRANSACTIONS', 'INVALID_PRODUCER_EPOCH'] }
    cluster.order()
    await expect(producer.open()).rejects.toMatchObject({ code: 'KAFKA_FENCED' })
    await expect(write()).rejects.toMatchObject({ code: 'KAFKA_FENCED' })
    expect(cluster.order()).not.toContain('initProducerId')
    await producer.open()
    expect(cluster.order()).toEqual(['initProducerId'])
  })

  it('and the opening that asked failed: the next one asks again, for the id may have been taken since', async () => {
    cluster.refusals = { produce: ['INVALID_TXN_STATE'] }
    await expect(write()).rejects.toMatchObject({ code: 'KAFKA_TRANSACTION_LOST' })
    cluster.refusals = { initProducerId: ['BROKER_NOT_AVAILABLE'] }
    await expect(producer.open()).rejects.toMatchObject({ code: 'KAFKA_UNAVAILABLE' })
    cluster.refusals = { addPartitionsToTxn: ['INVALID_PRODUCER_EPOCH'] }
    cluster.order()
    await expect(producer.open()).rejects.toMatchObject({ code: 'KAFKA_FENCED' })
    expect(cluster.order()).not.toContain('initProducerId')
  })

  it('and a topic of it is gone: that says nothing about the id', async () => {
    cluster.refusals = { produce: ['INVALID_TXN_STATE'] }
    await expect(write()).rejects.toMatchObject({ code: 'KAFKA_TRANSACTION_LOST' })
    cluster.refusals = { addPartitionsToTxn: ['UNKNOWN_TOPIC_OR_PARTITION'] }
    await producer.open()
    await write()
  })
})
