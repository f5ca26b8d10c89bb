import { fraudFeedback } from '@swipestream/contracts'
import { describe, expect, it, vi } from 'vitest'
import { MessagingError } from '../errors.js'
import type { GroupOffset, KafkaRecord, RecordToSend, TransactionalProducer } from '../kafka/ports.js'
import { ExactlyOnce } from './exactly-once.js'
import { PartitionWorker } from './partition-worker.js'
import type { Handle } from './pipeline.js'
import { upTo, workerParts } from './worker-parts.fixture.js'

const at = { topic: 't', partition: 3 }
const record = (offset: number, value: Buffer | null = Buffer.from(String(offset))): KafkaRecord => ({ ...at, offset: BigInt(offset), timestamp: 0, key: null, value, headers: {} })
const copy: Handle = (messages) =>
  Promise.resolve([messages].flat().map(({ value }) => fraudFeedback.event({ card_id: 'c', comment: value } as never)))

/** A partition handled exactly once, over a log of transactions in memory. */
async function partition(more: Parameters<typeof workerParts>[0] = {}) {
  const written: { records: readonly RecordToSend[]; offset: bigint }[] = []
  const failures: MessagingError[] = []
  const producer = {
    open: vi.fn<TransactionalProducer['open']>(() => Promise.resolve()),
    write: vi.fn<TransactionalProducer['write']>((records, offset?: GroupOffset) => {
      const failure = failures.shift()
      if (failure) return Promise.reject(failure)
      written.push({ records, offset: offset?.offset ?? -1n })
      return Promise.resolve()
    }),
    close: vi.fn<TransactionalProducer['close']>(() => Promise.resolve()),
  }
  const subscription = { topic: fraudFeedback, batch: 10, state: {}, tables: {}, exactlyOnce: true }
  const surroundings = workerParts({ subscription, handle: copy, delivery: (revoked) => new ExactlyOnce(producer, 'g', revoked), ...more })
  const worker = new PartitionWorker(at, surroundings.parts)
  const begun = (times: number) => vi.waitFor(() => expect(surroundings.observed.filter((what) => what === 'begins')).toHaveLength(times))
  await begun(1)
  return { ...surroundings, worker, producer, written, failures, begun }
}
const comments = (records: readonly RecordToSend[]) => records.map(({ value }) => (JSON.parse(String(value)) as { comment: string }).comment)

describe('a partition handled exactly once', () => {
  it('is taken over before anything is read of it', async () => {
    const opening = Promise.withResolvers<void>()
    const { parts, observed } = workerParts()
    const producer = { open: () => opening.promise, write: () => Promise.resolve(), close: () => Promise.resolve() }
    const worker = new PartitionWorker(at, { ...parts, delivery: (revoked) => new ExactlyOnce(producer, 'g', revoked) })
    await new Promise(setImmediate)
    expect(observed).toEqual([])
    opening.resolve()
    await vi.waitFor(() => expect(observed).toEqual(['begins']))
    await worker.drain()
  })

  it('writes what the handler returned, the dead letters and the offset in one transaction', async () => {
    const { worker, producer, written, observed } = await partition()
    worker.push([record(5), record(6, null), record(7)], upTo(8n))
    await vi.waitFor(() => expect(written).toHaveLength(1))
    expect(producer.write).toHaveBeenCalledWith(expect.anything(), { ...at, groupId: 'g', offset: 8n })
    expect(written[0]?.records.map(({ topic }) => topic)).toEqual(['fraud_feedback', 'fraud_feedback', 't.dlq'])
    expect(observed).toContain('gave up')
    await worker.drain()
    expect(producer.close).toHaveBeenCalledOnce()
  })

  it('writes records one by one, each with its offset, when they fail together: only the one at fault is given up', async () => {
    const handle: Handle = (messages) => ([messages].flat().some(({ value }) => value === '6') ? Promise.reject(new MessagingError('KAFKA_RECORD_TOO_LARGE', '6 is too large')) : copy(messages, undefined as never))
    const { worker, written } = await partition({ handle })
    worker.push([record(5), record(6), record(7)], upTo(8n))
    await vi.waitFor(() => expect(written.map(({ offset }) => offset)).toEqual([6n, 7n, 8n]))
    expect(written.map(({ records }) => records[0]?.topic)).toEqual(['fraud_feedback', 't.dlq', 'fraud_feedback'])
    await worker.drain()
  })

  it('reads the next batch while one is on its way out, if all of it is here, and writes them in order', async () => {
    const { worker, producer, written, parts } = await partition()
    const decode = vi.spyOn(parts.schemas, 'decode')
    const gate = Promise.withResolvers<void>()
    producer.write.mockImplementationOnce(async (records, offset) => {
      await gate.promise
      written.push({ records, offset: offset?.offset ?? -1n })
    })
    worker.push(Array.from({ length: 25 }, (_, i) => record(i)), upTo(25n))
    await vi.waitFor(() => expect(decode).toHaveBeenCalledTimes(20))
    expect(written).toEqual([])
    gate.resolve()
    await vi.waitFor(() => expect(written.map(({ offset }) => offset)).toEqual([10n, 20n, 25n]))
    expect(written.flatMap(({ records }) => comments(records))).toEqual(Array.from({ length: 25 }, (_, i) => String(i)))
    expect(decode).toHaveBeenCalledTimes(25)
    await worker.drain()
  })

  it('drops also what was read ahead when it is fenced', async () => {
    const { worker, producer, written, begun, parts } = await partition()
    const decode = vi.spyOn(parts.schemas, 'decode')
    const fenced = Promise.withResolvers<void>()
    producer.write.mockImplementationOnce(() => fenced.promise)
    worker.push(Array.from({ length: 20 }, (_, i) => record(i)), upTo(20n))
    await vi.waitFor(() => expect(decode).toHaveBeenCalledTimes(20))
    fenced.reject(new MessagingError('KAFKA_FENCED', 'gone'))
    await begun(2)
    worker.push([record(30)], upTo(31n))
    await vi.waitFor(() => expect(written.map(({ offset }) => offset)).toEqual([31n]))
    await worker.drain()
  })

  it.each(['KAFKA_FENCED', 'KAFKA_TRANSACTION_LOST'] as const)('begins anew after %s: what was in hand and what waited is dropped', async (code) => {
    const { worker, producer, written, failures, begun, fatal, observed } = await partition()
    failures.push(new MessagingError(code, 'gone'))
    worker.push(Array.from({ length: 15 }, (_, i) => record(i)), upTo(15n))
    await begun(2)
    expect(producer.open).toHaveBeenCalledTimes(2)
    expect(written).toEqual([])
    expect(observed).toContain('waits: gone')
    // The group's offset says that the first ten were written after all.
    worker.push([record(10), record(11)], upTo(15n))
    await vi.waitFor(() => expect(written).toHaveLength(1))
    expect(comments(written[0]?.records ?? [])).toEqual(['10', '11'])
    expect(observed.at(-1)).not.toMatch(/waits/)
    expect(fatal).toEqual([])
    await worker.drain()
  })

  it('takes in nothing that was on its way when it began anew', async () => {
    const { worker, producer, written, failures, begun, observed } = await partition({ fencedMs: 1 })
    const settled = Promise.withResolvers<void>()
    producer.open.mockReturnValueOnce(settled.promise)
    failures.push(new MessagingError('KAFKA_FENCED', 'gone'))
    worker.push([record(0)], upTo(1n))
    await vi.waitFor(() => expect(observed).toContain('waits: gone'))
    worker.push([record(1)], upTo(2n))
    settled.resolve()
    await begun(2)
    worker.push([record(0)], upTo(2n))
    await vi.waitFor(() => expect(written).toHaveLength(1))
    expect(written[0]?.offset).toBe(1n)
    await worker.drain()
  })

  it('begins nothing anew when it was fenced because it went to another member', async () => {
    const { worker, producer, failures, fatal, observed } = await partition({ fencedMs: 60_000 })
    failures.push(new MessagingError('KAFKA_FENCED', 'gone'))
    worker.push([record(0)], upTo(1n))
    await vi.waitFor(() => expect(observed).toContain('waits: gone'))
    worker.revoke()
    await vi.waitFor(() => expect(producer.close).toHaveBeenCalledOnce())
    expect(producer.open).toHaveBeenCalledOnce()
    expect(fatal).toEqual([])
  })

  it('tries a refused transaction again in its place, as the kind of the refusal asks', async () => {
    const { worker, producer, written, failures, observed } = await partition()
    failures.push(new MessagingError('KAFKA_TOPIC_MISSING', 'no such topic'))
    worker.push([record(0)], upTo(1n))
    await vi.waitFor(() => expect(written).toHaveLength(1))
    expect(producer.open).toHaveBeenCalledOnce()
    expect(observed).toContain('goes on')
    await worker.drain()
  })
})
