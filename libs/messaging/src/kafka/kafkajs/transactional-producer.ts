import { setTimeout as delay } from 'node:timers/promises'
import type { CompressionTypes } from 'kafkajs'
import { MessagingError } from '../../errors.js'
import { endedWithin } from '../patience.js'
import type { GroupOffset, KafkaClientOptions, RecordToSend, TransactionalProducer } from '../ports.js'
import { retryDelay } from '../retry-delay.js'
import { chunksOf } from '../sending.js'
import { KafkajsCluster } from './cluster.js'
import { compressionTypes } from './codecs.js'
import { brokerSaid, isAnswer, isFenced, isPassing, messagingError } from './errors.js'
import { partitionsOf, PartitionWriter } from './partition-writer.js'
import { type CoordinatorType, coordinatorType, type Node, type TransactionOf } from './protocol.js'

/** After it the coordinator aborts a transaction, and takes nothing more from whoever began it. */
const transactionTimeoutMs = 60_000
/** For each of the two halves of a transaction, and for opening: longer than a broker's restart. */
const patienceMs = 25_000
const requestTimeoutMs = 10_000
const closePatienceMs = 2_000
/** The coordinator ends a transaction after it has said that it will, and refuses the next one until then. */
const stillEnding = ['CONCURRENT_TRANSACTIONS']
const notBegun = ['INVALID_TXN_STATE']

interface Opened {
  readonly transaction: TransactionOf
  readonly writer: PartitionWriter
}

/**
 * Transactions by the client's requests. Its own transactions cannot be ended again when the answer did not come, give
 * sequence numbers twice after an abort (see PartitionWriter), and take an id over only when the first of them begins.
 */
export class KafkajsTransactionalProducer implements TransactionalProducer {
  readonly #transactionalId: string
  readonly #cluster: KafkajsCluster
  readonly #compression: CompressionTypes
  readonly #closing = new AbortController()
  readonly #coordinators = new Map<string, Node>()
  #opened: Opened | null = null
  #working: Promise<unknown> = Promise.resolve()

  constructor(options: KafkaClientOptions, transactionalId: string) {
    this.#transactionalId = transactionalId
    this.#cluster = new KafkajsCluster(options, requestTimeoutMs)
    this.#compression = compressionTypes[options.compression ?? 'none']
  }

  async open(signal?: AbortSignal): Promise<void> {
    this.#opened = null
    signal?.throwIfAborted()
    const ending = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(patienceMs), ...(signal ? [signal] : [])])
    const opening = this.#ask(`Opening ${this.#transactionalId}`, ending, (coordinator) =>
      coordinator.initProducerId({ transactionalId: this.#transactionalId, transactionTimeout: transactionTimeoutMs }),
    )
    const aborted = Promise.withResolvers<never>()
    const abort = () => aborted.reject(signal?.reason)
    signal?.addEventListener('abort', abort, { once: true })
    try {
      const { producerId, producerEpoch } = await Promise.race([opening, aborted.promise])
      const transaction = { transactionalId: this.#transactionalId, producerId, producerEpoch }
      this.#opened = { transaction, writer: new PartitionWriter(this.#cluster, this.#compression, transaction) }
    } finally {
      signal?.removeEventListener('abort', abort)
      // What is still under way then is nobody's business any more.
      opening.catch(() => undefined)
    }
  }

  write(records: readonly RecordToSend[], offset?: GroupOffset): Promise<void> {
    const written = this.#write(records, offset)
    this.#working = written.catch(() => undefined)
    return written
  }

  async close(): Promise<void> {
    await endedWithin(this.#working, closePatienceMs)
    this.#closing.abort()
    await this.#cluster.close()
  }

  async #write(records: readonly RecordToSend[], offset?: GroupOffset): Promise<void> {
    const opened = this.#opened
    if (!opened) throw new MessagingError('KAFKA_CLIENT', `The transactional id ${this.#transactionalId} is not open`)
    if (records.length === 0 && !offset) return
    const { partitions, failed } = await partitionsOf(this.#cluster, records)
    // Nothing has begun yet.
    for (const error of failed.values()) throw error
    const topics = [...Map.groupBy(partitions.values(), ({ partition }) => partition.topic)].map(([topic, those]) => ({
      topic,
      partitions: those.map(({ partition }) => partition.partition),
    }))
    try {
      const ending = this.#inTime()
      if (topics.length > 0) {
        await this.#ask('Beginning a transaction', ending, (coordinator) => coordinator.addPartitionsToTxn({ ...opened.transaction, topics }))
      }
      const halves = await Promise.allSettled([this.#produce(opened, records, ending), offset && this.#addOffset(opened, offset, ending)])
      for (const half of halves) if (half.status === 'rejected') throw half.reason
    } catch (error) {
      throw await this.#abort(opened, error)
    }
    try {
      await this.#end(opened, true)
    } catch (error) {
      throw this.#lost(error, 'it was to be committed')
    }
  }

  async #produce({ writer }: Opened, records: readonly RecordToSend[], ending: AbortSignal): Promise<void> {
    for (const chunk of chunksOf(records)) for (const error of (await writer.write(chunk, ending)).values()) throw error
  }

  async #addOffset({ transaction }: Opened, { groupId, topic, partition, offset }: GroupOffset, ending: AbortSignal): Promise<void> {
    const doing = `Adding the offset of ${groupId} to a transaction`
    await this.#ask(doing, ending, (coordinator) => coordinator.addOffsetsToTxn({ ...transaction, groupId }))
    const topics = [{ topic, partitions: [{ partition, offset: String(offset) }] }]
    await this.#askCoordinator(coordinatorType.group, groupId, doing, ending, (coordinator) => coordinator.txnOffsetCommit({ ...transaction, groupId, topics }))
  }

  /** Gives the error to say: what was refused, when the transaction is aborted and the next one may follow. */
  async #abort(opened: Opened, error: unknown): Promise<MessagingError> {
    if (isFenced(error) || opened.writer.inDoubt) return this.#lost(error, 'it is not known what was written')
    try {
      await this.#end(opened, false)
    } catch (failure) {
      if (!brokerSaid(failure, notBegun)) return this.#lost(failure, 'it was to be aborted')
    }
    return messagingError(error, 'Writing a transaction')
  }

  #end({ transaction }: Opened, commit: boolean): Promise<unknown> {
    const doing = commit ? 'Committing a transaction' : 'Aborting a transaction'
    return this.#ask(doing, this.#inTime(), (coordinator) => coordinator.endTxn({ ...transaction, transactionResult: commit }))
  }

  #lost(error: unknown, how: string): MessagingError {
    this.#opened = null
    const mapped = messagingError(error, `Transaction of ${this.#transactionalId}`)
    return mapped.code === 'KAFKA_FENCED' ? mapped : new MessagingError('KAFKA_TRANSACTION_LOST', `${mapped.message}; ${how}`, { cause: error })
  }

  #inTime(): AbortSignal {
    return AbortSignal.any([this.#closing.signal, AbortSignal.timeout(patienceMs)])
  }

  #ask<T>(doing: string, ending: AbortSignal, request: (coordinator: Node) => Promise<T>): Promise<T> {
    return this.#askCoordinator(coordinatorType.transaction, this.#transactionalId, doing, ending, request)
  }

  /** All that coordinators are asked here may be repeated: it says what shall be, not what to do. */
  async #askCoordinator<T>(kind: CoordinatorType, key: string, doing: string, ending: AbortSignal, request: (coordinator: Node) => Promise<T>): Promise<T> {
    const name = `${kind}:${key}`
    for (let attempt = 1; ; attempt++) {
      try {
        const coordinator = this.#coordinators.get(name) ?? (await this.#cluster.coordinator(key, kind))
        this.#coordinators.set(name, coordinator)
        return await request(coordinator)
      } catch (error) {
        const mapped = messagingError(error, doing)
        if (ending.aborted || mapped.code !== 'KAFKA_UNAVAILABLE' || (isAnswer(error) && !isPassing(error))) throw mapped
        if (brokerSaid(error, stillEnding)) {
          await delay(Math.min(2 ** attempt, 50))
          continue
        }
        this.#coordinators.delete(name)
        this.#cluster.noteFailure(error)
        await retryDelay(attempt, ending)
      }
    }
  }
}
