import { type Broker, createAPI, FetchIsolationLevels, fetchV13, ProtocolError, type Reader } from '@platformatic/kafka'
import type { Brokers } from './brokers.js'

/** A partition's share of an answer. */
export interface FetchedPartition {
  readonly partition: number
  /** 0: none. */
  readonly errorCode: number
  readonly highWatermark: bigint
  /** Below 0 where it is not known. */
  readonly lastStableOffset: bigint
  /** Aborted transactions that the batches overlap, each by its producer and the offset of its first record in the partition. */
  readonly aborted: readonly AbortedTransaction[]
  /** Whole record batches, and maybe a part of one more. */
  readonly batches: Buffer
}

export interface AbortedTransaction {
  readonly producerId: bigint
  readonly firstOffset: bigint
}

export interface FetchedTopic {
  readonly topicId: string
  readonly partitions: readonly FetchedPartition[]
}

export interface FetchRequest {
  readonly topics: Parameters<typeof fetchV13.createRequest>[6]
  /** How long the broker may hold the answer when there is nothing new, in milliseconds. */
  readonly maxWaitMs: number
  readonly maxBytes: number
}

/** Fetch, version 13: known by Kafka 3.1 and later. It names topics by their ids. */
const api = createAPI<Parameters<typeof fetchV13.createRequest>, Answer>(1, 13, fetchV13.createRequest, parseAnswer)

interface Answer {
  readonly errorCode: number
  readonly topics: FetchedTopic[]
}

/** No session: each request names all its partitions (KIP-227). */
const noSession = { id: 0, epoch: -1 }

/**
 * The next batches of partitions that one broker leads, without those of transactions that are open still. The client's
 * own `fetch` is no use where there are transactions: it takes the last abort of a producer in an answer for the end of
 * every aborted transaction of it, and drops what the producer has committed in between. It also makes objects of
 * every byte; here the bytes are handed on as they are.
 *
 * @throws the client's errors when there is no answer, ProtocolError when it is a refusal of the whole
 */
export async function fetchBatches(brokers: Brokers, broker: Broker, { topics, maxWaitMs, maxBytes }: FetchRequest): Promise<readonly FetchedTopic[]> {
  const answer = await brokers.at(broker, (connection) =>
    api.async(connection, maxWaitMs, 1, maxBytes, FetchIsolationLevels.READ_COMMITTED, noSession.id, noSession.epoch, topics, [], ''),
  )
  if (answer.errorCode !== 0) throw new ProtocolError(answer.errorCode)
  return answer.topics
}

/** The answer's layout is that of Kafka's protocol documentation, Fetch Response (Version: 13). */
function parseAnswer(_correlationId: number, _apiKey: number, _apiVersion: number, reader: Reader): Answer {
  reader.readInt32() // throttle time
  const errorCode = reader.readInt16()
  reader.readInt32() // session
  return { errorCode, topics: reader.readArray(readTopic) }
}

function readTopic(reader: Reader): FetchedTopic {
  return { topicId: reader.readUUID(), partitions: reader.readArray(readPartition) }
}

function readPartition(reader: Reader): FetchedPartition {
  const partition = reader.readInt32()
  const errorCode = reader.readInt16()
  const highWatermark = reader.readInt64()
  const lastStableOffset = reader.readInt64()
  reader.readInt64() // where the log starts
  const aborted = reader.readNullableArray((each) => ({ producerId: each.readInt64(), firstOffset: each.readInt64() })) ?? []
  reader.readInt32() // preferred read replica
  const length = Math.max(0, reader.readUnsignedVarInt() - 1)
  const batches = reader.buffer.slice(reader.position, reader.position + length)
  reader.skip(length)
  return { partition, errorCode, highWatermark, lastStableOffset, aborted, batches }
}
