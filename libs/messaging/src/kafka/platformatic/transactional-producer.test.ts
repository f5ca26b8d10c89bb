import { initProducerIdV4 } from '@platformatic/kafka'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { RecordToSend } from '../ports.js'
import { type apis, fastRetries, type Fate, FakeCluster } from './cluster.fixture.js'

vi.mock('../retry-delay.js', () => fastRetries())
const { PlatformaticTransactionalProducer } = await import('./transactional-producer.js')

let cluster: FakeCluster
let producer: InstanceType<typeof PlatformaticTransactionalProducer>

beforeEach(() => {
  cluster = new FakeCluster()
  cluster.topics.set('t', 3)
  producer = new PlatformaticTransactionalProducer('id', cluster.brokers, 'none')
})

const record = (value: string): RecordToSend => ({ topic: 't', partition: 0, key: null, value: Buffer.from(value), headers: {} })
const offset = { groupId: 'g', topic: 'in', partition: 0, offset: 5n }
const refuse = (error: string): Fate => ({ error })
/** What becomes of an API's requests, the first of them first; the last one stays. */
function fates(of: Partial<Record<keyof typeof apis, Fate[]>>): void {
  cluster.fate = (api, time) => of[api]?.[time - 1] ?? null
}
const always = (fate: Fate) => Array.from({ length: 200 }, () => fate)
const order = () => cluster.asked.map(({ api }) => api)
/** Whether it was to be committed, of every end. */
const ends = () => cluster.asked.filter(({ api }) => api === 'endTxn').map(({ payload }) => payload.at(-2) === 1)

describe('open', () => {
  it('takes the id over, whoever has it: it names no producer of its own', async () => {
    await producer.open()
    await producer.open()
    for (const { payload } of cluster.asked) expect(payload).toEqual(initProducerIdV4.createRequest('id', 60_000, -1n, -1).buffer)
  })

  it.each(['COORDINATOR_NOT_AVAILABLE', 'NOT_COORDINATOR', 'COORDINATOR_LOAD_IN_PROGRESS', 'CONCURRENT_TRANSACTIONS'])('tries again after %s', async (error) => {
    fates({ initProducerId: [refuse(error), 'lost', refuse(error)] })
    await producer.open()
    expect(cluster.times('initProducerId')).toBe(4)
  })

  it('gives up after about half a minute, and at once what stays refused', async () => {
    fates({ initProducerId: always('lost') })
    await expect(producer.open()).rejects.toMatchObject({ code: 'KAFKA_UNAVAILABLE' })
    expect(cluster.times('initProducerId')).toBe(31)
    fates({ initProducerId: always(refuse('TRANSACTIONAL_ID_AUTHORIZATION_FAILED')) })
    await expect(producer.open()).rejects.toMatchObject({ code: 'KAFKA_REFUSED' })
    expect(cluster.times('initProducerId')).toBe(32)
  })

  it('is ended at once by its signal; the next one waits for the request under way, which would fence it', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    cluster.hold = () => promise
    const abort = new AbortController()
    const opening = producer.open(abort.signal)
    await vi.waitFor(() => expect(cluster.times('initProducerId')).toBe(1))
    abort.abort(new Error('revoked'))
    await expect(opening).rejects.toThrow('revoked')
    await expect(producer.open(abort.signal)).rejects.toThrow('revoked')
    const next = producer.open()
    resolve()
    await next
    await producer.write([record('a')])
    expect(cluster.times('initProducerId')).toBe(2)
  })
})

describe('write', () => {
  beforeEach(() => producer.open())

  it('adds partitions and offsets, writes records and offset, and commits', async () => {
    await producer.write([record('a')], offset)
    expect(order().slice(1, 3)).toEqual(['addPartitions', 'addOffsets'])
    expect(order().slice(3, 5).toSorted()).toEqual(['produce', 'txnOffsetCommit'])
    expect(ends()).toEqual([true])
  })

  it('asks only for what there is', async () => {
    await producer.write([])
    expect(order()).toEqual(['initProducerId'])
    await producer.write([], offset)
    expect(order().slice(1)).toEqual(['addOffsets', 'txnOffsetCommit', 'endTxn'])
  })

  it('waits while the transaction before is being ended', async () => {
    fates({ addPartitions: [refuse('CONCURRENT_TRANSACTIONS'), refuse('CONCURRENT_TRANSACTIONS')], addOffsets: [refuse('CONCURRENT_TRANSACTIONS')] })
    await producer.write([record('a')], offset)
    expect([cluster.times('addPartitions'), cluster.times('addOffsets')]).toEqual([3, 2])
  })

  it.each<[string, Partial<Record<keyof typeof apis, Fate[]>>, string]>([
    ['a partition that cannot be added', { addPartitions: [refuse('UNKNOWN_TOPIC_OR_PARTITION')] }, 'KAFKA_TOPIC_MISSING'],
    ['a record that is refused', { produce: [refuse('MESSAGE_TOO_LARGE')] }, 'KAFKA_RECORD_TOO_LARGE'],
    ['an offset that may not be stored', { txnOffsetCommit: [refuse('GROUP_AUTHORIZATION_FAILED')] }, 'KAFKA_REFUSED'],
    ['a leader that does not answer', { produce: always('lost') }, 'KAFKA_UNAVAILABLE'],
  ])('%s aborts it, and the next one may follow', async (_, fate, code) => {
    fates(fate)
    await expect(producer.write([record('a')], offset)).rejects.toMatchObject({ code })
    expect(ends()).toEqual([false])
    fates({})
    await producer.write([record('b')], offset)
    expect(ends()).toEqual([false, true])
  })

  it('aborts only after all that was under way has been answered', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    fates({ txnOffsetCommit: [refuse('GROUP_AUTHORIZATION_FAILED')] })
    cluster.hold = (api) => (api === 'produce' ? promise : Promise.resolve())
    const writing = expect(producer.write([record('a')], offset)).rejects.toMatchObject({ code: 'KAFKA_REFUSED' })
    await vi.waitFor(() => expect(cluster.times('produce')).toBe(1))
    await new Promise((done) => setTimeout(done, 10))
    expect(ends()).toEqual([])
    resolve()
    await writing
    expect(ends()).toEqual([false])
  })

  it('goes on with a new epoch of its own when it does not know what was written: who has opened the id since stays', async () => {
    fates({ produce: always('answer lost') })
    await expect(producer.write([record('a')])).rejects.toMatchObject({ code: 'KAFKA_UNAVAILABLE' })
    expect(cluster.asked.at(-1)?.payload).toEqual(initProducerIdV4.createRequest('id', 60_000, cluster.producerId, 0).buffer)
    fates({ initProducerId: always(refuse('PRODUCER_FENCED')), produce: always('answer lost') })
    await expect(producer.write([record('a')])).rejects.toMatchObject({ code: 'KAFKA_FENCED' })
  })

  it('that was refused before it had begun needs no abort', async () => {
    fates({ addPartitions: [refuse('UNKNOWN_TOPIC_OR_PARTITION')], endTxn: [refuse('INVALID_TXN_STATE')] })
    await expect(producer.write([record('a')])).rejects.toMatchObject({ code: 'KAFKA_TOPIC_MISSING' })
    await producer.write([record('b')])
  })

  it.each(['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED', 'INVALID_PRODUCER_ID_MAPPING'])('is fenced by %s, wherever it comes from, and so are all until it is opened again', async (error) => {
    for (const api of ['addPartitions', 'addOffsets', 'produce', 'txnOffsetCommit', 'endTxn'] as const) {
      fates({ [api]: always(refuse(error)) })
      await expect(producer.write([record('a')], offset)).rejects.toMatchObject({ code: 'KAFKA_FENCED' })
      const before = cluster.asked.length
      await expect(producer.write([record('b')])).rejects.toMatchObject({ code: 'KAFKA_FENCED' })
      expect(cluster.asked).toHaveLength(before)
      fates({})
      await producer.open()
    }
  })

  it.each(['produce', 'txnOffsetCommit'] as const)('is fenced when %s finds no transaction, and the coordinator says that another has the id', async (api) => {
    fates({ [api]: always(refuse('INVALID_TXN_STATE')), endTxn: [refuse('PRODUCER_FENCED')] })
    await expect(producer.write([record('a')], offset)).rejects.toMatchObject({ code: 'KAFKA_FENCED' })
    expect(ends()).toEqual([false])
  })

  it.each([true, false])('asks again when the coordinator fails while it makes room for another (at the commit: %s)', async (commit) => {
    const first = commit ? {} : { produce: [refuse('MESSAGE_TOO_LARGE')] }
    fates({ ...first, endTxn: [refuse('UNKNOWN_SERVER_ERROR'), refuse('CONCURRENT_TRANSACTIONS'), refuse('PRODUCER_FENCED')] })
    await expect(producer.write([record('a')], offset)).rejects.toMatchObject({ code: 'KAFKA_FENCED' })
    expect(ends()).toEqual([commit, commit, commit])
  })

  it('is lost when the coordinator has no such transaction any more', async () => {
    for (const api of ['produce', 'endTxn'] as const) {
      fates({ [api]: always(refuse('INVALID_TXN_STATE')) })
      await expect(producer.write([record('a')])).rejects.toMatchObject({ code: 'KAFKA_TRANSACTION_LOST' })
      fates({})
      await producer.open()
    }
  })

  it('repeats a commit that is not answered until it is', async () => {
    fates({ endTxn: ['answer lost', 'lost', refuse('NOT_COORDINATOR'), refuse('CONCURRENT_TRANSACTIONS')] })
    await producer.write([record('a')], offset)
    expect(ends()).toEqual([true, true, true, true, true])
  })

  it('is lost when a commit is not answered for half a minute', async () => {
    fates({ endTxn: always('lost') })
    await expect(producer.write([record('a')])).rejects.toMatchObject({ code: 'KAFKA_TRANSACTION_LOST' })
    expect(new Set(ends())).toEqual(new Set([true]))
    expect(ends()).toHaveLength(31)
    await expect(producer.write([record('b')])).rejects.toMatchObject({ code: 'KAFKA_TRANSACTION_LOST' })
  })

  describe('that was lost', () => {
    const lose = async () => {
      fates({ endTxn: always('lost') })
      await expect(producer.write([record('a')])).rejects.toMatchObject({ code: 'KAFKA_TRANSACTION_LOST' })
      cluster.asked.length = 0
    }

    it('is followed by an opening that first ends it, and goes on from its own epoch', async () => {
      await lose()
      fates({ endTxn: Array.from({ length: 40 }, () => refuse('INVALID_TXN_STATE')) })
      await producer.open()
      expect(order()).toEqual(['endTxn', 'initProducerId'])
      expect(ends()).toEqual([false])
      expect(cluster.asked[1]?.payload).toEqual(initProducerIdV4.createRequest('id', 60_000, cluster.producerId, 0).buffer)
      fates({})
      await producer.write([record('b')])
    })

    it.each(['endTxn', 'initProducerId'] as const)('is followed by an opening that takes the id from nobody, as %s says; the one after it does', async (api) => {
      await lose()
      fates({ [api]: always(refuse('PRODUCER_FENCED')) })
      await expect(producer.open()).rejects.toMatchObject({ code: 'KAFKA_FENCED' })
      await expect(producer.write([record('b')])).rejects.toMatchObject({ code: 'KAFKA_FENCED' })
      fates({})
      await producer.open()
      expect(cluster.asked.at(-1)?.payload).toEqual(initProducerIdV4.createRequest('id', 60_000, -1n, -1).buffer)
    })

    it('is ended once: an opening whose answer was lost is repeated as it was', async () => {
      await lose()
      fates({ initProducerId: always('answer lost') })
      await expect(producer.open()).rejects.toMatchObject({ code: 'KAFKA_UNAVAILABLE' })
      fates({})
      await producer.open()
      expect(ends()).toEqual([false])
      expect(cluster.asked.at(-1)?.payload).toEqual(initProducerIdV4.createRequest('id', 60_000, cluster.producerId, 0).buffer)
    })
  })

  it('is lost when it can neither be written nor aborted', async () => {
    fates({ produce: [refuse('MESSAGE_TOO_LARGE')], endTxn: always('lost') })
    await expect(producer.write([record('a')])).rejects.toMatchObject({ code: 'KAFKA_TRANSACTION_LOST' })
  })
})

it('nothing is written before it is opened', async () => {
  await expect(producer.write([record('a')])).rejects.toMatchObject({ code: 'KAFKA_TRANSACTION_LOST' })
  expect(cluster.asked).toEqual([])
})
