import { ContractError, encoder, fraudFeedback, type FraudFeedback, type SchemaRegistry, type Transaction, transactionsLog } from '@swipestream/contracts'
import type { KafkaRecord, Reader } from '@swipestream/messaging'
import { expect, it } from 'vitest'
import { exampleFeedback, exampleTransaction, minutes, tenOClock } from '../../domain/example-transaction.js'
import { TransactionLog } from './transaction-log.js'

const schemas = new Map([[1, transactionsLog.schema], [2, fraudFeedback.schema]])
const registry = { schemaById: async (id: number) => schemas.get(id) ?? Promise.reject(new ContractError('SCHEMA_UNKNOWN', `no ${id}`)) } as unknown as SchemaRegistry
const [encodeTransaction, encodeFeedback] = [encoder<Transaction>(transactionsLog.schema), encoder<FraudFeedback>(fraudFeedback.schema)]

const swipe = (transaction_id: string, minute: number, changes: Partial<Transaction> = {}): Buffer =>
  encodeTransaction(1, exampleTransaction({ transaction_id, occurred_at: tenOClock + minutes(minute), received_at: tenOClock + minutes(minute), ...changes }))
const say = (transaction_id: string, minute: number, changes: Partial<FraudFeedback> = {}): Buffer =>
  encodeFeedback(2, exampleFeedback({ transaction_id, given_at: tenOClock + minutes(minute), ...changes }))

/** Topics with these values in each partition; each record arrives at ten o'clock plus its minutes, long after unless said. */
function readerOf(topics: Readonly<Record<string, readonly (readonly (Buffer | null)[])[]>>, arrival = tenOClock + minutes(100_000)): Reader {
  const partitionsOf = (topic: string) => topics[topic] ?? []
  return {
    bounds: async (topic: string) => partitionsOf(topic).map((values) => ({ first: 0n, end: BigInt(values.length) })),
    async *read({ topic, partition }: { topic: string; partition: number }) {
      const values = partitionsOf(topic)[partition] ?? []
      // two batches, as a fetch may give them
      const records = values.map((value, offset): KafkaRecord => ({ topic, partition, offset: BigInt(offset), timestamp: arrival, key: null, value, headers: {} }))
      for (const half of [records.slice(0, 2), records.slice(2)]) if (half.length > 0) yield half
    },
  } as unknown as Reader
}

async function read(reader: Reader) {
  const log = await TransactionLog.open({ reader, registry }, 'n.', 'transactions_log')
  const events: string[] = []
  for await (const some of log.events()) {
    for (const event of some) events.push(event.kind === 'feedback' ? `say ${event.feedback.transaction_id}` : `${event.tx.transaction_id} ${event.fraud}`)
  }
  return { log, events }
}

it('merges partitions by time of event, and what people say at the time they said it; of one moment that comes first', async () => {
  const { events, log } = await read(readerOf({
    'n.transactions_log': [[swipe('a', 0), swipe('c', 20), swipe('e', 40)], [swipe('b', 10), swipe('d', 30)]],
    'n.fraud_feedback': [[say('a', 30)], [say('b', 15, { verdict: 'legitimate' })]],
  }))
  expect(events).toEqual(['a true', 'b false', 'say b', 'c null', 'say a', 'd null', 'e null'])
  expect([log.share, log.behind]).toEqual([1, 0])
})

it('keeps the order of a partition: what came late there comes late', async () => {
  const { events } = await read(readerOf({ 'n.transactions_log': [[swipe('a', 0), swipe('c', 30), swipe('late', 5)], [swipe('b', 10), swipe('d', 40)]] }))
  expect(events).toEqual(['a null', 'b null', 'c null', 'late null', 'd null'])
})

it('does not let a clock that is ahead hold up its partition', async () => {
  const { events } = await read(readerOf({
    'n.transactions_log': [[swipe('ahead', 9_000, { received_at: tenOClock + minutes(5) }), swipe('b', 10)], [swipe('a', 0), swipe('c', 20)]],
  }))
  expect(events).toEqual(['a null', 'ahead null', 'b null', 'c null'])
  // the same for one who answers: it counts from its arrival
  const said = readerOf({ 'n.transactions_log': [[swipe('a', 0), swipe('b', 20)]], 'n.fraud_feedback': [[say('a', 9_000)]] }, tenOClock + minutes(10))
  expect((await read(said)).events).toEqual(['a true', 'say a', 'b null'])
})

it('counts a transaction as the last word on it says, though features hear each in its turn', async () => {
  const { events } = await read(readerOf({
    'n.transactions_log': [[swipe('a', 0), swipe('b', 20)]],
    'n.fraud_feedback': [[say('a', 10), say('a', 30, { verdict: 'legitimate' })]],
  }))
  expect(events).toEqual(['a false', 'say a', 'b null', 'say a'])
})

it('refuses what cannot be decoded, with its place, and reads on', async () => {
  const { events, log } = await read(readerOf({
    'n.transactions_log': [[swipe('a', 0), null, Buffer.from('x'), Buffer.from([0, 0, 0, 0, 9, 1]), swipe('b', 1)]],
    'n.fraud_feedback': [[Buffer.from('y'), say('b', 0)]],
  }))
  expect(events).toEqual(['say b', 'a null', 'b true'])
  expect(log.refusals.first).toEqual([
    expect.stringMatching(/^n\.fraud_feedback\/0 at 0: AVRO_NOT_FRAMED/),
    'n.transactions_log/0 at 1: it has no value',
    expect.stringMatching(/^n\.transactions_log\/0 at 2: AVRO_NOT_FRAMED/),
    expect.stringMatching(/^n\.transactions_log\/0 at 3: SCHEMA_UNKNOWN/),
  ])
})

it('ends when the registry does not answer: nothing is refused for that', async () => {
  const down = { schemaById: () => Promise.reject(new ContractError('REGISTRY_UNAVAILABLE', 'no answer')) } as unknown as SchemaRegistry
  const log = await TransactionLog.open({ reader: readerOf({ 'n.transactions_log': [[swipe('a', 0)]] }), registry: down }, 'n.', 'transactions_log')
  await expect(log.events().next()).rejects.toThrow('no answer')
})
