import type { CompressionTypes } from 'kafkajs'
import { MessagingError } from '../../errors.js'
import { partitionOfKey } from '../key-hash.js'
import { nameOf, type RecordToSend, type TopicPartition } from '../ports.js'
import { retryDelay } from '../retry-delay.js'
import type { Wanted } from '../send-queue.js'
import type { KafkajsCluster } from './cluster.js'
import { brokerSaid, isAnswer, isFenced, isPassing, isTopicMissing, messagingError } from './errors.js'
import type { ProducerIdentity, TransactionOf } from './protocol.js'

/** How long a broker may wait for its replicas, in milliseconds. */
const replicasTimeoutMs = 10_000
const tooLarge = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']
/** The broker has the records of this sequence already: a request that was not answered had come through. */
const writtenBefore = ['DUPLICATE_SEQUENCE_NUMBER']
/** After these the broker takes nothing more under the producer's id. */
const disowned = ['OUT_OF_ORDER_SEQUENCE_NUMBER', 'UNKNOWN_PRODUCER_ID', 'INVALID_PRODUCER_ID_MAPPING', 'INVALID_TXN_STATE']

/** Records that were not written, or of which that is not known, and why. */
export type Failed = Map<RecordToSend, MessagingError>

/** What is to be written to a partition: batches, in order; the first of them is under way. */
interface Lane extends TopicPartition {
  readonly batches: RecordToSend[][]
  /** Whether the first batch was sent. */
  left: boolean
  /** A request for the first batch has failed, and may have come through all the same. */
  doubtful: boolean
  error: unknown
}

/**
 * Writes records under a producer's id, each once: a request is repeated with the same sequence numbers until it is
 * answered. One call at a time.
 *
 * The client's own producer sets its sequences back when a request fails, also when the records were written, and gives
 * the same numbers to the next ones: brokers take those for a repetition, confirm them and drop them. Here a number is
 * used once; after a failure that leaves it open (`inDoubt`), the id must not be used again.
 */
export class PartitionWriter {
  readonly #sequences = new Map<string, number>()
  #inDoubt = false

  constructor(
    private readonly cluster: KafkajsCluster,
    private readonly compression: CompressionTypes,
    private readonly identity: ProducerIdentity | TransactionOf,
  ) {}

  /** Whether it is not known which of the records given to it were written. */
  get inDoubt(): boolean {
    return this.#inDoubt
  }

  /**
   * Writes records that fit into one request.
   *
   * @param signal ends the repetitions
   * @param wanted what has not left when nobody waits for it any more never does
   */
  async write(records: readonly RecordToSend[], signal: AbortSignal, wanted: Wanted = (all) => all): Promise<Failed> {
    const { partitions, failed } = await partitionsOf(this.cluster, records)
    let lanes = [...partitions.values()].map((each): Lane => ({ ...each.partition, batches: [each.records], left: false, doubtful: false, error: null }))
    for (let attempt = 0; lanes.length > 0; ) {
      const moved = await this.#send(lanes, failed, wanted)
      lanes = lanes.filter(({ batches }) => batches.length > 0)
      attempt = moved ? 0 : attempt + 1
      if (lanes.length > 0 && !moved) await retryDelay(attempt, signal)
      if (!signal.aborted) continue
      for (const lane of lanes) this.#giveUp(lane, failed)
      break
    }
    return failed
  }

  /** One request to each leader. Gives whether anything was answered for good. */
  async #send(lanes: readonly Lane[], failed: Failed, wanted: Wanted): Promise<boolean> {
    const byLeader = new Map<number, Lane[]>()
    try {
      const missing = new Set(await this.cluster.know([...new Set(lanes.map(({ topic }) => topic))]))
      for (const lane of lanes) {
        if (!lane.left) dropUnwanted(lane, wanted)
        if (lane.batches.length === 0) continue
        if (missing.has(lane.topic)) lane.error = topicMissing(lane.topic)
        else byLeader.set(this.cluster.leaderOf(lane), [...(byLeader.get(this.cluster.leaderOf(lane)) ?? []), lane])
      }
      for (const lane of lanes) if (missing.has(lane.topic)) this.#giveUp(lane, failed)
    } catch (error) {
      for (const lane of lanes) lane.error = error
      this.cluster.noteFailure(error)
      return false
    }
    const answers = await Promise.all([...byLeader].map(([leader, each]) => this.#produce(leader, each, failed)))
    return answers.includes(true)
  }

  async #produce(leader: number, lanes: readonly Lane[], failed: Failed): Promise<boolean> {
    try {
      const node = await this.cluster.node(leader)
      for (const lane of lanes) lane.left = true
      await node.produce({
        ...this.identity,
        acks: -1,
        timeout: replicasTimeoutMs,
        compression: this.compression,
        topicData: lanes.map((lane) => ({
          topic: lane.topic,
          partitions: [{ partition: lane.partition, firstSequence: this.#sequences.get(nameOf(lane)) ?? 0, messages: lane.batches[0] ?? [] }],
        })),
      })
    } catch (error) {
      return this.#refused(leader, lanes, error, failed)
    }
    for (const lane of lanes) this.#written(lane)
    return true
  }

  async #refused(leader: number, lanes: readonly Lane[], error: unknown, failed: Failed): Promise<boolean> {
    const [lane] = lanes
    if (isAnswer(error) && lanes.length > 1) {
      // The client does not say which of them was refused. Those that were not are known by their sequence when they come again.
      const each = await Promise.all(lanes.map((one) => this.#produce(leader, [one], failed)))
      return each.includes(true)
    }
    for (const one of lanes) one.error = error
    if (!lane || !isAnswer(error) || isPassing(error)) {
      this.cluster.noteFailure(error)
      for (const one of lanes) one.doubtful = true
      return false
    }
    const [first = [], ...rest] = lane.batches
    if (brokerSaid(error, writtenBefore)) this.#written(lane)
    else if (brokerSaid(error, tooLarge) && first.length > 1) {
      // Together they are too large: only one that is so alone is refused.
      const half = Math.ceil(first.length / 2)
      lane.batches.splice(0, lane.batches.length, first.slice(0, half), first.slice(half), ...rest)
      lane.error = null
      lane.left = false
    } else if (brokerSaid(error, tooLarge)) {
      for (const record of first) failed.set(record, failureOf(lane))
      lane.batches.shift()
      lane.left = false
    } else {
      this.#inDoubt ||= brokerSaid(error, disowned) || isFenced(error)
      this.#giveUp(lane, failed)
    }
    return true
  }

  #written(lane: Lane): void {
    const name = nameOf(lane)
    this.#sequences.set(name, sequenceAfter(this.#sequences.get(name) ?? 0, lane.batches[0]?.length ?? 0))
    lane.batches.shift()
    lane.left = false
    lane.doubtful = false
    lane.error = null
  }

  #giveUp(lane: Lane, failed: Failed): void {
    for (const record of lane.batches.flat()) failed.set(record, failureOf(lane))
    lane.batches.length = 0
    this.#inDoubt ||= lane.doubtful
  }
}

function dropUnwanted({ batches }: Lane, wanted: Wanted): void {
  batches.splice(0, batches.length, ...batches.map(wanted).filter(({ length }) => length > 0))
}

/** The records by partition; those that have none, and why. Asks for topics that were never met at once, and once. */
export async function partitionsOf(cluster: KafkajsCluster, records: readonly RecordToSend[]) {
  const failed: Failed = new Map()
  const partitions = new Map<string, { readonly partition: TopicPartition; readonly records: RecordToSend[] }>()
  let missing: Set<string>
  try {
    missing = new Set(await cluster.know([...new Set(records.map(({ topic }) => topic))]))
  } catch (error) {
    // Not known, but it may have been before: what then is not is found out by sending.
    cluster.noteFailure(error)
    if (records.some(({ topic }) => cluster.partitionCount(topic) === 0)) {
      const mapped = messagingError(error, `Asking for ${[...new Set(records.map(({ topic }) => topic))].join(', ')}`)
      return { partitions, failed: new Map(records.map((record) => [record, mapped])) }
    }
    missing = new Set()
  }
  for (const record of records) {
    const { topic } = record
    if (missing.has(topic)) {
      failed.set(record, topicMissing(topic))
      continue
    }
    const count = cluster.partitionCount(topic)
    const partition = partitionOf(cluster, record)
    if (partition >= count) {
      failed.set(record, new MessagingError('KAFKA_CLIENT', `There is no partition ${partition} of ${topic}: it has ${count}`))
      continue
    }
    const name = nameOf({ topic, partition })
    const known = partitions.get(name)
    if (known) known.records.push(record)
    else partitions.set(name, { partition: { topic, partition }, records: [record] })
  }
  return { partitions, failed }
}

/** Where a record of a topic that is there belongs. */
export function partitionOf(cluster: KafkajsCluster, { topic, partition, key }: RecordToSend): number {
  return partition ?? partitionOfKey(key, cluster.partitionCount(topic))
}

/** Sequence numbers are 31 bits and begin again at 0 (DefaultRecordBatch.incrementSequence in Kafka). */
function sequenceAfter(sequence: number, count: number): number {
  return (sequence + count) % 2 ** 31
}

function failureOf(lane: Lane): MessagingError {
  if (isTopicMissing(lane.error)) return topicMissing(lane.topic)
  return messagingError(lane.error ?? new Error('there was no time left'), `Writing to ${nameOf(lane)}`)
}

function topicMissing(topic: string): MessagingError {
  return new MessagingError('KAFKA_TOPIC_MISSING', `There is no topic ${topic}. Create the topics: npm run topics -- create`)
}
