import { fraudFeedback, type FraudFeedback, type Transaction, transactionsLog } from '@swipestream/contracts'
import type { Connection, KafkaRecord, Reader } from '@swipestream/messaging'
import { type StreamEvent, timeOf } from '../../domain/backtest/stream.js'
import { type Lane, merged } from './merge.js'
import { type Decoded, recordDecoder } from './record-decoder.js'
import { type BacktestSource, Refusals } from './source.js'

/** Records are decoded, and events given, so many at a time. */
const BATCH = 500

interface Placed {
  readonly event: StreamEvent
  readonly at: number
}

interface Stretch {
  readonly topic: string
  readonly partition: number
  readonly first: bigint
  readonly end: bigint
}

/**
 * Transactions of a topic, from its first record to what is its end now, and what people say of them on
 * `fraud_feedback`. Nothing is written, and no group is joined.
 *
 * Partitions are merged by time, that of the event for a transaction and that when it was given for feedback, neither
 * later than its arrival. A partition keeps its own order, so that each card's transactions come as the service saw them:
 * late ones are late. What counts as a transaction's label is the last that was said of it, whenever that was.
 *
 * Memory: a batch of each partition, and the id of each transaction that somebody has labelled.
 */
export class TransactionLog implements BacktestSource {
  readonly refusals = new Refusals()
  /** In a log nothing is out of order: what is late there has arrived so. */
  readonly behind = 0
  readonly #labels = new Map<string, boolean>()
  readonly #readTransactions
  readonly #readFeedback
  readonly #total: number
  #read = 0

  private constructor(
    private readonly reader: Reader, registry: Connection['registry'], private readonly transactions: readonly Stretch[], private readonly feedback: readonly Stretch[],
  ) {
    this.#readTransactions = recordDecoder<Transaction>(transactionsLog, registry)
    this.#readFeedback = recordDecoder<FraudFeedback>(fraudFeedback, registry)
    this.#total = [...transactions, ...feedback].reduce((sum, { first, end }) => sum + Number(end - first), 0)
  }

  /**
   * Looks where the topics end now, and takes the labels.
   *
   * @param topic of transactions, without the namespace
   * @param namespace in front of it, and of `fraud_feedback`
   * @throws MessagingError; ContractError
   */
  static async open({ reader, registry }: { readonly reader: Reader } & Pick<Connection, 'registry'>, namespace: string, topic: string): Promise<TransactionLog> {
    const log = new TransactionLog(reader, registry, await stretches(reader, namespace + topic), await stretches(reader, namespace + fraudFeedback.name))
    await log.#takeLabels()
    return log
  }

  get share(): number {
    return this.#total === 0 ? 1 : Math.min(1, this.#read / this.#total)
  }

  /** @throws MessagingError; ContractError when the registry does not answer */
  async *events(): AsyncGenerator<readonly StreamEvent[]> {
    // feedback first: of one moment, what was said is known to who is judged
    const said = this.feedback.map((stretch) => this.#lane(stretch, this.#readFeedback, (feedback, { timestamp }) => (
      { event: { kind: 'feedback', feedback }, at: Math.min(feedback.given_at, timestamp) }
    )))
    const swiped = this.transactions.map((stretch) => this.#lane(stretch, this.#readTransactions, (tx) => (
      { event: { kind: 'transaction', tx, fraud: this.#labels.get(tx.transaction_id) ?? null }, at: timeOf(tx) }
    )))
    let batch: StreamEvent[] = []
    for await (const { event } of merged([...said, ...swiped])) {
      if (batch.push(event) < BATCH) continue
      yield batch
      batch = []
    }
    yield batch
  }

  async #takeLabels(): Promise<void> {
    for (const stretch of this.feedback) {
      for await (const decoded of this.#decoded(stretch, this.#readFeedback)) {
        for (const one of decoded) if ('value' in one) this.#labels.set(one.value.transaction_id, one.value.verdict === 'confirmed_fraud')
      }
    }
  }

  #lane<T>(stretch: Stretch, read: (records: readonly KafkaRecord[]) => Promise<Decoded<T>[]>, placed: (value: T, record: KafkaRecord) => Placed): Lane<Placed> {
    const decoded = () => this.#decoded(stretch, read)
    const taken = (one: Decoded<T>) => this.#taken(one, stretch, placed)
    async function* batches(): AsyncGenerator<Placed[]> {
      for await (const records of decoded()) {
        const batch = records.flatMap(taken)
        if (batch.length > 0) yield batch
      }
    }
    return { batches: batches(), timeOf: ({ at }) => at }
  }

  /** What is decoded as an event; what is not is refused. */
  #taken<T>(one: Decoded<T>, { topic, partition }: Stretch, placed: (value: T, record: KafkaRecord) => Placed): Placed[] {
    this.#read++
    if ('value' in one) return [placed(one.value, one.record)]
    this.refusals.add(`${topic}/${partition} at ${one.record.offset}`, one.reason)
    return []
  }

  async *#decoded<T>({ topic, partition, first, end }: Stretch, read: (records: readonly KafkaRecord[]) => Promise<Decoded<T>[]>): AsyncGenerator<Decoded<T>[]> {
    for await (const records of this.reader.read({ topic, partition }, first, end)) {
      for (let start = 0; start < records.length; start += BATCH) yield await read(records.slice(start, start + BATCH))
    }
  }
}

async function stretches(reader: Reader, topic: string): Promise<Stretch[]> {
  return (await reader.bounds(topic)).map((bounds, partition) => ({ topic, partition, ...bounds }))
}
