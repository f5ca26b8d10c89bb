import { setTimeout as delay } from 'node:timers/promises'
import type { CompressionTypes } from 'kafkajs'
import { MessagingError } from '../../errors.js'
import { endedWithin } from '../patience.js'
import type { GroupOffset, KafkaClientOptions, RecordToSend, TopicPartition, TransactionalProducer } from '../ports.js'
import { retryDelay } from '../retry-delay.js'
import { chunksOf } from '../sending.js'
import { KafkajsCluster } from './cluster.js'
import { compressionTypes } from './codecs.js'
import { brokerSaid, isAnswer, isFenced, isPassing, messagingError } from './errors.js'
import { partitionsOf, PartitionWriter } from './partition-writer.js'
import { type CoordinatorType, coordinatorType, type Node, type ProducerIdentity, type TransactionOf } from './protocol.js'

/** After it the coordinator aborts a transaction, and takes nothing more from whoever began it. */
const transactionTimeoutMs = 60_000
/** For each of the two halves of a transaction, and for opening: longer than a broker's restart. */
const patienceMs = 25_000
const requestTimeoutMs = 10_000
const closePatienceMs = 2_000
/** The coordinator ends a transaction after it has said that it will, and refuses the next one until then. */
const stillEnding = ['CONCURRENT_TRANSACTIONS']
const notBegun = ['INVALID_TXN_STATE']
/** Kafka's answer (UNKNOWN_SERVER_ERROR) to the end of a transaction while it makes room for another producer of the id: it has done nothing, and says in a moment that this one is fenced. */
const makingRoom = ['UNKNOWN']

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
  /** What it writes with, or why it has nothing to write with. */
  #state: Opened | MessagingError
  /** Asks whether the id is still that of who wrote the transaction of which it is not known how it ended. */
  #doubt: ((ending: AbortSignal) => Promise<void>) | null = null
  #opening: Promise<unknown> = Promise.resolve()
  #writing: Promise<void> | null = null

  constructor(options: KafkaClientOptions, transactionalId: string) {
    this.#transactionalId = transactionalId
    this.#cluster = new KafkajsCluster(options, requestTimeoutMs)
    this.#compression = compressionTypes[options.compression ?? 'none']
    this.#state = new MessagingError('KAFKA_TRANSACTION_LOST', `${transactionalId} is not open`)
  }

  async open(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    this.#state = new MessagingError('KAFKA_TRANSACTION_LOST', `${this.#transactionalId} is being opened`)
    const ending = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(patienceMs), ...(signal ? [signal] : [])])
    // One that was given up may be under way still, and would fence this one.
    const opening = this.#opening.then(() => this.#takeOver(ending))
    this.#opening = opening.catch(() => undefined)
    const aborted = Promise.withResolvers<never>()
    const abort = () => aborted.reject(signal?.reason)
    signal?.addEventListener('abort', abort, { once: true })
    try {
      const { producerId, producerEpoch } = await Promise.race([opening, aborted.promise])
      const transaction = { transactionalId: this.#transactionalId, producerId, producerEpoch }
      this.#state = { transaction, writer: new PartitionWriter(this.#cluster, this.#compression, transaction) }
    } catch (error) {
      throw isFenced(error) ? this.#lose(error, 'another had opened it since') : error
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }

  /** From whoever has it; when it was left in doubt by this one, only if nobody has taken it over since. */
  async #takeOver(ending: AbortSignal): Promise<ProducerIdentity> {
    await this.#doubt?.(ending)
    const identity = await this.#ask(`Opening ${this.#transactionalId}`, ending, (coordinator) =>
      coordinator.initProducerId({ transactionalId: this.#transactionalId, transactionTimeout: transactionTimeoutMs }),
    )
    this.#doubt = null
    return identity
  }

  async write(records: readonly RecordToSend[], offset?: GroupOffset): Promise<void> {
    if (this.#writing) throw new MessagingError('KAFKA_CLIENT', `${this.#transactionalId} is writing already: one call at a time`)
    if (records.length === 0 && !offset) return
    this.#writing = this.#write(records, offset)
    try {
      await this.#writing
    } finally {
      this.#writing = null
    }
  }

  async close(): Promise<void> {
    if (this.#writing) await endedWithin(this.#writing.catch(() => undefined), closePatienceMs)
    this.#closing.abort()
    await this.#cluster.close()
  }

  async #write(records: readonly RecordToSend[], offset?: GroupOffset): Promise<void> {
    const opened = this.#state
    if (opened instanceof MessagingError) throw opened
    const { partitions, failed } = await partitionsOf(this.#cluster, records)
    // Nothing has begun yet.
    for (const error of failed.values()) throw error
    const begin = (ending: AbortSignal) => this.#begin(opened, [...partitions.values()].map(({ partition }) => partition), offset, ending)
    try {
      const ending = this.#inTime()
      await begin(ending)
      await all([this.#produce(opened, records, ending), offset && this.#writeOffset(opened, offset, ending)])
    } catch (error) {
      throw await this.#abort(opened, error, begin)
    }
    try {
      await this.#end(opened, true)
    } catch (error) {
      throw this.#lose(error, 'it was to be committed', begin)
    }
  }

  /** Over one connection, on which the second waits for the first: a coordinator that is writing one down refuses others. */
  async #begin({ transaction }: Opened, partitions: readonly TopicPartition[], offset: GroupOffset | undefined, ending: AbortSignal): Promise<void> {
    const topics = [...Map.groupBy(partitions, ({ topic }) => topic)].map(([topic, of]) => ({ topic, partitions: of.map(({ partition }) => partition) }))
    await all([
      topics.length > 0 && this.#ask('Beginning a transaction', ending, (coordinator) => coordinator.addPartitionsToTxn({ ...transaction, topics })),
      offset && this.#ask('Beginning a transaction', ending, (coordinator) => coordinator.addOffsetsToTxn({ ...transaction, groupId: offset.groupId })),
    ])
  }

  async #produce({ writer }: Opened, records: readonly RecordToSend[], ending: AbortSignal): Promise<void> {
    for (const chunk of chunksOf(records)) for (const error of (await writer.write(chunk, ending)).values()) throw error
  }

  async #writeOffset({ transaction }: Opened, { groupId, topic, partition, offset }: GroupOffset, ending: AbortSignal): Promise<void> {
    const topics = [{ topic, partitions: [{ partition, offset: String(offset) }] }]
    const doing = `Adding the offset of ${groupId} to a transaction`
    await this.#askCoordinator(coordinatorType.group, groupId, doing, ending, (coordinator) => coordinator.txnOffsetCommit({ ...transaction, groupId, topics }))
  }

  /** Gives the error to say: what was refused, when the transaction is aborted and the next one may follow. */
  async #abort(opened: Opened, error: unknown, begin: (ending: AbortSignal) => Promise<void>): Promise<MessagingError> {
    if (isFenced(error)) return this.#lose(error, 'it was to be written')
    try {
      // What is under way still must not come after an abort: the next `open` makes an end of it.
      if (opened.writer.inDoubt) await this.#askAgain(begin, this.#inTime())
      else await this.#end(opened, false)
    } catch (failure) {
      if (!brokerSaid(failure, notBegun)) return this.#lose(failure, 'it was to be aborted', begin)
    }
    if (opened.writer.inDoubt || brokerSaid(error, notBegun)) return this.#lose(error, 'it is not known what was written', begin)
    return messagingError(error, 'Writing a transaction')
  }

  #end({ transaction }: Opened, commit: boolean): Promise<unknown> {
    const doing = commit ? 'Committing a transaction' : 'Aborting a transaction'
    return this.#ask(doing, this.#inTime(), (coordinator) => coordinator.endTxn({ ...transaction, transactionResult: commit }), makingRoom)
  }

  /**
   * Adds to a transaction what it had already: that changes nothing of it, and is refused to whom the id was taken from.
   * Any other refusal says nothing about that.
   */
  async #askAgain(begin: (ending: AbortSignal) => Promise<void>, ending: AbortSignal): Promise<void> {
    try {
      await begin(ending)
    } catch (error) {
      if (isFenced(error) || !isAnswer(error)) throw error
    }
  }

  #lose(error: unknown, how: string, begin?: (ending: AbortSignal) => Promise<void>): MessagingError {
    const mapped = messagingError(error, `Transaction of ${this.#transactionalId}`)
    const fenced = mapped.code === 'KAFKA_FENCED'
    this.#doubt = fenced || !begin ? null : (ending) => this.#askAgain(begin, ending)
    return (this.#state = fenced ? mapped : new MessagingError('KAFKA_TRANSACTION_LOST', `${mapped.message}; ${how}`, { cause: error }))
  }

  #inTime(): AbortSignal {
    return AbortSignal.any([this.#closing.signal, AbortSignal.timeout(patienceMs)])
  }

  #ask<T>(doing: string, ending: AbortSignal, request: (coordinator: Node) => Promise<T>, passing: readonly string[] = []): Promise<T> {
    return this.#askCoordinator(coordinatorType.transaction, this.#transactionalId, doing, ending, request, passing)
  }

  /**
   * All that coordinators are asked here may be repeated: it says what shall be, not what to do.
   *
   * @param passing answers that, to this request, pass too
   */
  async #askCoordinator<T>(
    kind: CoordinatorType,
    key: string,
    doing: string,
    ending: AbortSignal,
    request: (coordinator: Node) => Promise<T>,
    passing: readonly string[] = [],
  ): Promise<T> {
    const name = `${kind}:${key}`
    for (let attempt = 1; ; attempt++) {
      try {
        const coordinator = this.#coordinators.get(name) ?? (await this.#cluster.coordinator(key, kind))
        this.#coordinators.set(name, coordinator)
        return await request(coordinator)
      } catch (error) {
        const mapped = messagingError(error, doing)
        if (ending.aborted || mapped.code !== 'KAFKA_UNAVAILABLE' || (isAnswer(error) && !isPassing(error) && !brokerSaid(error, passing))) throw mapped
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

/** Waits until all are done, then fails as the first did that failed. */
async function all(works: readonly (Promise<unknown> | false | undefined)[]): Promise<void> {
  for (const outcome of await Promise.allSettled(works)) if (outcome.status === 'rejected') throw outcome.reason
}
