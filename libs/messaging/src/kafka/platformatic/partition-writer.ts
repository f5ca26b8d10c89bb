import { type Broker, type ClusterMetadata, NetworkError, ProtocolError } from '@platformatic/kafka'
import { MessagingError } from '../../errors.js'
import { partitionOfKey } from '../key-hash.js'
import { type Compression, nameOf, type RecordToSend, type TopicPartition } from '../ports.js'
import type { Brokers } from './brokers.js'
import { brokerSaid } from './errors.js'
import { leaderOf } from './fetch-request.js'
import { type Batches, produce } from './produce-request.js'
import { recordBatch, recycle, sequenceAfter } from './record-batch.js'
import { isMomentary, isOver, mayPass, type Patience, pause } from './repeating.js'
import type { Wanted } from '../send-queue.js'
import { chunksOf } from '../sending.js'

/** Who writes: brokers know by it what was written already, and who may not write any more. */
export interface Identity {
  readonly transactionalId: string | null
  readonly producerId: bigint
  readonly epoch: number
}

/** What is to be written to one partition, in order. */
interface Queue extends TopicPartition {
  readonly apart: boolean
  chunks: RecordToSend[][]
  /** The first of the chunks, as it is sent: repeated as it was, that it is not written twice. */
  batch: Buffer | null
  /** Whether the first of the chunks was sent, and may have been written. */
  left: boolean
  /** Whether it was sent once only: no other request may have its bytes still. */
  once: boolean
  /** Why the first of the chunks could not be written when it was last tried. */
  trouble: unknown
}

export interface PartitionRecords extends TopicPartition {
  readonly records: readonly RecordToSend[]
}

/** Records by partition of those that are there. @throws MessagingError KAFKA_CLIENT: there is no such partition */
export function byPartition(records: readonly RecordToSend[], { topics }: ClusterMetadata): PartitionRecords[] {
  const found: PartitionRecords[] = []
  const byTopic = new Map<string, { readonly count: number; readonly partitions: (RecordToSend[] | undefined)[]; key: Buffer | null; hashed: number }>()
  for (const record of records) {
    const { topic, key } = record
    let of = byTopic.get(topic)
    if (!of) byTopic.set(topic, (of = { count: topics.get(topic)?.partitionsCount ?? 1, partitions: [], key: null, hashed: 0 }))
    // Many records one after the other may have one key: the same bytes, not only equal ones.
    if (record.partition === undefined && key !== of.key) {
      of.hashed = partitionOfKey(key, of.count)
      of.key = key
    }
    const partition = record.partition ?? of.hashed
    if (partition >= of.count) throw new MessagingError('KAFKA_CLIENT', `There is no partition ${partition} of ${topic}: it has ${of.count}`)
    const there = of.partitions[partition]
    if (there) there.push(record)
    else found.push({ topic, partition, records: (of.partitions[partition] = [record]) })
  }
  return found
}

const tooLarge = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']

/**
 * Writes to partitions under one identity, each record once: a partition's batches are numbered, one is under way at a
 * time, and it is repeated with its number until the leader, whoever that is by then, has answered.
 */
export class PartitionWriter {
  readonly #brokers: Brokers
  readonly #identity: Identity
  readonly #compression: Compression
  /** Number of the next record by partition. */
  readonly #sequences = new Map<string, number>()
  #unsure = false

  constructor(brokers: Brokers, identity: Identity, compression: Compression) {
    this.#brokers = brokers
    this.#identity = identity
    this.#compression = compression
  }

  /** It is not known what the next number of a partition is: nothing more can be written under this identity. */
  get unsure(): boolean {
    return this.#unsure
  }

  /**
   * Writes the records, one batch for every partition in a request. One call at a time.
   *
   * @param apart a record that is too large does not keep those after it from being written.
   * @param wanted what has not left when nobody waits for it any more never does.
   * @returns records that were not written, with the reason: of a partition where one could not be, all after it too.
   */
  async write(partitions: readonly PartitionRecords[], limits: Patience, apart = false, wanted: Wanted = (all) => all): Promise<Map<RecordToSend, unknown>> {
    const failed = new Map<RecordToSend, unknown>()
    let open = partitions.map(({ topic, partition, records }): Queue => ({ topic, partition, apart, chunks: chunksOf(records), batch: null, left: false, once: true, trouble: null }))
    for (let attempt = 1; ; attempt++) {
      await this.#round(open, failed, wanted)
      open = open.filter(({ chunks }) => chunks.length > 0)
      if (open.length === 0) return failed
      const troubles = open.map(({ trouble }) => trouble).filter((trouble) => trouble !== null)
      if (troubles.length === 0) attempt = 0
      else if (isOver(limits)) return this.#giveUp(open, failed)
      else {
        if (!troubles.every(isMomentary)) this.#brokers.forgetMetadata()
        await pause(troubles.find((trouble) => !isMomentary(trouble)) ?? troubles[0], attempt, limits.signal)
      }
    }
  }

  #giveUp(open: readonly Queue[], failed: Map<RecordToSend, unknown>): Map<RecordToSend, unknown> {
    for (const queue of open) this.#fail(queue, queue.trouble ?? new NetworkError('Another partition could not be written for too long'), failed)
    return failed
  }

  #fail(queue: Queue, error: unknown, failed: Map<RecordToSend, unknown>): void {
    // An earlier try may have been written all the same.
    this.#unsure = true
    for (const record of queue.chunks.flat()) failed.set(record, error)
    queue.chunks = []
  }

  #unanswered(queues: readonly Queue[], error: unknown, failed: Map<RecordToSend, unknown>): void {
    for (const queue of queues) {
      if (mayPass(error)) queue.trouble = error
      else this.#fail(queue, error, failed)
    }
  }

  /** Sends the next batch of every partition, a request to every leader. */
  async #round(queues: readonly Queue[], failed: Map<RecordToSend, unknown>, wanted: Wanted): Promise<void> {
    const byBroker = new Map<Broker, Queue[]>()
    try {
      const metadata = await this.#brokers.metadata(new Set(queues.map(({ topic }) => topic)))
      for (const queue of queues) {
        queue.trouble = null
        if (!queue.left) dropUnwanted(queue, wanted)
        if (queue.chunks.length === 0) continue
        const broker = brokerOf(metadata, queue)
        if (broker instanceof Error) queue.trouble = broker
        else byBroker.set(broker, [...(byBroker.get(broker) ?? []), queue])
      }
    } catch (error) {
      const byTopic = [...Map.groupBy(queues, ({ topic }) => topic).values()]
      if (mayPass(error) || byTopic.length === 1) return this.#unanswered(queues, error, failed)
      // When one is missing, the client tells of none. The others may be under way: given up, they would be written once more.
      await Promise.all(byTopic.map((each) => this.#round(each, failed, wanted)))
      return
    }
    await Promise.all([...byBroker].map(([broker, led]) => this.#request(broker, led, failed)))
  }

  async #request(broker: Broker, queues: readonly Queue[], failed: Map<RecordToSend, unknown>): Promise<void> {
    const batches: Map<string, Map<number, Buffer>> = new Map()
    for (const queue of queues) {
      queue.batch ??= await this.#encode(queue)
      const ofTopic = batches.get(queue.topic)
      if (ofTopic) ofTopic.set(queue.partition, queue.batch)
      else batches.set(queue.topic, new Map([[queue.partition, queue.batch]]))
    }
    try {
      const { transactionalId } = this.#identity
      const written = await this.#brokers.at(broker, (connection) => {
        for (const queue of queues) {
          queue.once = !queue.left
          queue.left = true
        }
        return produce(connection, transactionalId, batches as Batches)
      })
      for (const queue of queues) this.#answered(queue, written.get(queue.topic)?.get(queue.partition), failed)
    } catch (error) {
      this.#unanswered(queues, error, failed)
    }
  }

  #encode(queue: Queue): Promise<Buffer> {
    const { producerId, epoch, transactionalId } = this.#identity
    const sequence = this.#sequences.get(nameOf(queue)) ?? 0
    const transactional = transactionalId !== null
    return recordBatch(queue.chunks[0] ?? [], { producerId, epoch, sequence, transactional, compression: this.#compression, timestamp: Date.now() })
  }

  #answered(queue: Queue, code: number | undefined, failed: Map<RecordToSend, unknown>): void {
    const error = code === 0 ? null : code === undefined ? new NetworkError(`No answer for ${nameOf(queue)}`) : new ProtocolError(code)
    // Written by an earlier try whose answer was lost.
    if (error === null || brokerSaid(error, ['DUPLICATE_SEQUENCE_NUMBER'])) return this.#next(queue, queue.chunks[0]?.length ?? 0)
    const [chunk = [], ...later] = queue.chunks
    if (brokerSaid(error, tooLarge)) {
      // The records of a batch can be too large together: only one that is so alone is refused.
      const half = Math.ceil(chunk.length / 2)
      if (chunk.length > 1) queue.chunks = [chunk.slice(0, half), chunk.slice(half), ...later]
      else {
        for (const record of queue.apart ? chunk : queue.chunks.flat()) failed.set(record, error)
        queue.chunks = queue.apart ? later : []
      }
      queue.batch = null
      queue.left = false
    } else if (mayPass(error) || brokerSaid(error, ['UNKNOWN_TOPIC_OR_PARTITION'])) {
      // The topic was there a moment ago: a broker that has just become its leader may not know it yet.
      queue.trouble = error
    } else {
      this.#fail(queue, error, failed)
    }
  }

  #next(queue: Queue, written: number): void {
    const name = nameOf(queue)
    this.#sequences.set(name, sequenceAfter(this.#sequences.get(name) ?? 0, written))
    queue.chunks = queue.chunks.slice(1)
    if (queue.once && queue.batch !== null) recycle(queue.batch)
    queue.batch = null
    queue.left = false
  }
}

function dropUnwanted(queue: Queue, wanted: Wanted): void {
  const [first] = queue.chunks
  queue.chunks = queue.chunks.map(wanted).filter(({ length }) => length > 0)
  if (queue.chunks[0] !== first) queue.batch = null
}

function brokerOf(metadata: ClusterMetadata, partition: TopicPartition): Broker | Error {
  try {
    const node = leaderOf(metadata, partition)
    return metadata.brokers.get(node) ?? new NetworkError(`Broker ${node} is not known`)
  } catch (error) {
    return error as Error
  }
}
