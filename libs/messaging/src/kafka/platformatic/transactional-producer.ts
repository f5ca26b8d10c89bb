import { addOffsetsToTxnV3, addPartitionsToTxnV3, endTxnV3, initProducerIdV4, txnOffsetCommitV3 } from '@platformatic/kafka'
import { MessagingError } from '../../errors.js'
import { endedWithin } from '../patience.js'
import type { Compression, GroupOffset, RecordToSend, TopicPartition, TransactionalProducer } from '../ports.js'
import type { Brokers, Request } from './brokers.js'
import { brokerSaid, messagingError } from './errors.js'
import { byPartition, type Identity, type PartitionRecords, PartitionWriter } from './partition-writer.js'
import { mayPass, patience, type Patience, repeated } from './repeating.js'

/** A coordinator ends by itself what has not ended by then: more than what is repeated before the end, and the end itself, take. */
const transactionTimeoutMs = 60_000
const closePatienceMs = 2_000

/**
 * Answers that mean: this identity is not the id's any more. The last one, when the epochs of a producer id were used up
 * and who opened next got another one, or when the coordinator has forgotten the id after a week.
 */
const fenced = ['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED', 'INVALID_PRODUCER_ID_MAPPING']
/** The coordinator has no such transaction: it has ended, and not through us. */
const noTransaction = ['INVALID_TXN_STATE']
/** Kafka's answer to the end of a transaction while it makes room for another producer of the id: it has done nothing, and says in a moment that this one is fenced. */
const makingRoom = ['UNKNOWN_SERVER_ERROR']

/** An identity with which it is not known how its last transaction ended, or that it has `ended`. */
interface Left extends Identity {
  readonly ended: boolean
}

/** What has an identity between `open` and the loss of it. */
interface Opened {
  readonly identity: Identity & { readonly transactionalId: string }
  readonly writer: PartitionWriter
}

/**
 * Transactions by the requests of Kafka's protocol themselves, in versions that Kafka 2.8 and all later ones know. The
 * client's own transactions end after its request timeout, commit one offset in a request, as the member of a consumer,
 * and repeat what must not be repeated.
 *
 * A write takes three round trips: its partitions and the group's offsets are added to the transaction, both at once;
 * then the records and the offset are written, all at once; then it ends. What the partitions' leaders are asked for
 * must come after the first: they ask the coordinator whether there is a transaction.
 */
export class PlatformaticTransactionalProducer implements TransactionalProducer {
  readonly #id: string
  readonly #brokers: Brokers
  readonly #compression: Compression
  readonly #closing = new AbortController()
  #opened: Opened | null = null
  /** Why there is none. */
  #lost: MessagingError
  /** Who it was when it was lost how a transaction ended: the coordinator knows whether the id is still its own. */
  #left: Left | null = null
  #opening: Promise<unknown> = Promise.resolve()
  #writing: Promise<void> | null = null
  #closed: Promise<void> | undefined

  constructor(transactionalId: string, brokers: Brokers, compression: Compression) {
    this.#id = transactionalId
    this.#brokers = brokers
    this.#compression = compression
    this.#lost = new MessagingError('KAFKA_TRANSACTION_LOST', `${transactionalId} is not open`)
    brokers.use()
  }

  async open(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    this.#opened = null
    this.#lost = new MessagingError('KAFKA_TRANSACTION_LOST', `${this.#id} is being opened`)
    const either = AbortSignal.any([this.#closing.signal, ...(signal ? [signal] : [])])
    // One that was given up may be under way still, and would fence this one.
    const opening = this.#opening.then(() => this.#takeOver(patience(either)))
    this.#opening = opening.catch(() => undefined)
    try {
      const opened = await untilAborted(opening, either)
      if (!either.aborted) this.#opened = opened
      this.#left = null
    } catch (error) {
      signal?.throwIfAborted()
      const doing = `Opening ${this.#id}`
      throw this.#left && brokerSaid(error, fenced) ? this.#lose(this.#left, doing, error) : messagingError(error, doing)
    }
  }

  async write(records: readonly RecordToSend[], offset?: GroupOffset): Promise<void> {
    if (this.#writing) throw new MessagingError('KAFKA_CLIENT', `${this.#id} is writing already: one call at a time`)
    if (records.length === 0 && !offset) return
    this.#writing = this.#transaction(records, offset)
    try {
      await this.#writing
    } finally {
      this.#writing = null
    }
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close())
  }

  async #close(): Promise<void> {
    if (this.#writing) await endedWithin(this.#writing.catch(() => undefined), closePatienceMs)
    this.#closing.abort(new MessagingError('KAFKA_UNAVAILABLE', `${this.#id} was closed`))
    await endedWithin(this.#brokers.release(), closePatienceMs)
  }

  /** From whoever has it; when it was left in doubt by this one, only if nobody has taken it over since. */
  async #takeOver(limits: Patience): Promise<Opened> {
    const left = this.#left
    if (left && !left.ended) {
      await this.#endByAbort(left, limits)
      this.#left = { ...left, ended: true }
    }
    return this.#initialise(left, limits)
  }

  /** A new identity; in place of another, only if the id is still that one's (KIP-360). */
  async #initialise(current: Identity | null, limits: Patience): Promise<Opened> {
    limits.signal.throwIfAborted()
    const { producerId, epoch } = current ?? { producerId: -1n, epoch: -1 }
    const given = await this.#atCoordinator(limits, (connection) =>
      initProducerIdV4.api.async(connection, this.#id, transactionTimeoutMs, producerId, epoch),
    )
    const identity = { transactionalId: this.#id, producerId: given.producerId, epoch: given.producerEpoch }
    return { identity, writer: new PartitionWriter(this.#brokers, identity, this.#compression) }
  }

  async #transaction(records: readonly RecordToSend[], offset: GroupOffset | undefined): Promise<void> {
    const opened = this.#opened
    if (!opened) throw this.#lost
    const limits = patience(this.#closing.signal)
    const doing = `Writing ${records.length} record(s) as ${this.#id}`
    try {
      const topics = new Set(records.map(({ topic }) => topic))
      const partitions = byPartition(records, await repeated(() => this.#brokers.metadata(topics), limits))
      await this.#begin(opened, partitions, offset, limits)
      await all([partitions.length > 0 && write(opened, partitions, limits), offset && this.#writeOffset(opened, offset, limits)])
    } catch (error) {
      throw await this.#abort(opened, error, doing)
    }
    try {
      await this.#end(opened.identity, true, patience(this.#closing.signal))
    } catch (error) {
      throw this.#lose(opened.identity, `${doing}, at the commit`, error)
    }
  }

  /** Over one connection, that the second waits for the first: a coordinator that is writing one down refuses others. */
  async #begin({ identity }: Opened, partitions: readonly TopicPartition[], offset: GroupOffset | undefined, limits: Patience): Promise<void> {
    const { producerId, epoch } = identity
    const topics = [...Map.groupBy(partitions, ({ topic }) => topic)].map(([name, of]) => ({ name, partitions: of.map(({ partition }) => partition) }))
    const transaction = { transactionalId: this.#id, producerId, producerEpoch: epoch, verifyOnly: false, topics }
    let open: Request<unknown>[] = []
    if (partitions.length > 0) open.push((connection) => addPartitionsToTxnV3.api.async(connection, [transaction]))
    if (offset) open.push((connection) => addOffsetsToTxnV3.api.async(connection, this.#id, producerId, epoch, offset.groupId))
    await this.#atCoordinator(limits, async (connection) => {
      const answers = await Promise.allSettled(open.map((request) => request(connection)))
      open = open.filter((_, i) => answers[i]?.status === 'rejected')
      throwFirst(answers)
    })
  }

  /** As nobody's: who may write is known by the transactional id, and a member's generation changes while nothing moves. */
  async #writeOffset({ identity: { producerId, epoch } }: Opened, { groupId, topic, partition, offset }: GroupOffset, limits: Patience): Promise<void> {
    const topics = [{ name: topic, partitions: [{ partitionIndex: partition, committedOffset: offset, committedLeaderEpoch: -1, committedMetadata: null }] }]
    const commit = () =>
      this.#brokers.atCoordinator('group', groupId, (connection) =>
        txnOffsetCommitV3.api.async(connection, this.#id, groupId, producerId, epoch, -1, '', null, topics),
      )
    await repeated(commit, limits)
  }

  /** The same again is answered as the first time, as long as nothing was begun after it. */
  async #end({ producerId, epoch }: Identity, commit: boolean, limits: Patience): Promise<void> {
    await this.#atCoordinator(limits, (connection) => endTxnV3.api.async(connection, this.#id, producerId, epoch, commit), makingRoom)
  }

  /** Leaves nothing behind of what may have begun. Who has the id is looked at first: only then, whether there is a transaction. */
  async #endByAbort(identity: Identity, limits: Patience): Promise<void> {
    try {
      await this.#end(identity, false, limits)
    } catch (refused) {
      if (!brokerSaid(refused, noTransaction)) throw refused
    }
  }

  /** Gives the reason to reject the write with. */
  async #abort({ identity, writer }: Opened, error: unknown, doing: string): Promise<MessagingError> {
    if (brokerSaid(error, fenced)) return this.#lose(identity, doing, error)
    const limits = patience(this.#closing.signal)
    try {
      await this.#endByAbort(identity, limits)
      // A leader had the end of the transaction before it had these records. Another's doing it was not: that was said just now.
      if (brokerSaid(error, noTransaction)) return this.#lose(identity, doing, error)
      if (writer.unsure) this.#opened = await this.#initialise(identity, limits)
    } catch (another) {
      return this.#lose(identity, `${doing}, which failed (${messagingError(error, '').message}), at the abort`, another)
    }
    return messagingError(error, doing)
  }

  /** Nothing is written any more before `open`. */
  #lose(identity: Identity, doing: string, cause: unknown): MessagingError {
    const gone = brokerSaid(cause, fenced)
    const because = gone ? 'another producer has opened the id' : 'how the transaction ended is not known'
    this.#opened = null
    this.#left = gone ? null : { ...identity, ended: false }
    this.#lost = new MessagingError(gone ? 'KAFKA_FENCED' : 'KAFKA_TRANSACTION_LOST', `${doing}: ${because} (${messagingError(cause, 'the broker').message})`, { cause })
    return this.#lost
  }

  /** @param passing answers that pass as well */
  #atCoordinator<T>(limits: Patience, request: Request<T>, passing: readonly string[] = []): Promise<T> {
    return repeated(() => this.#brokers.atCoordinator('transaction', this.#id, request), limits, passing)
  }
}

async function write({ writer }: Opened, partitions: readonly PartitionRecords[], limits: Patience): Promise<void> {
  const failed = [...(await writer.write(partitions, limits)).values()]
  if (failed.length > 0) throw failed.find((error) => brokerSaid(error, fenced)) ?? failed[0]
}

/** Waits for all to end, also when one fails: what is under way must not come after an abort. */
async function all(requests: readonly (Promise<void> | false | undefined)[]): Promise<void> {
  throwFirst(await Promise.allSettled(requests))
}

/** The one that says most, of what failed. */
function throwFirst(answers: readonly PromiseSettledResult<unknown>[]): void {
  const failed = answers.flatMap((answer): unknown[] => (answer.status === 'rejected' ? [answer.reason] : []))
  if (failed.length > 0) throw failed.find((error) => brokerSaid(error, [...fenced, ...noTransaction])) ?? failed.find((error) => !mayPass(error)) ?? failed[0]
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = () => reject(signal.reason as Error)
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
