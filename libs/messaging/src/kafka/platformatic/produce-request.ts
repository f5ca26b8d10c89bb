import { createAPI, ProduceAcks, produceV9, ResponseError, Writer } from '@platformatic/kafka'

/** How long a leader may wait for its replicas. */
const replicasMs = 8_000

/** Batches by topic, and by partition in it. */
export type Batches = ReadonlyMap<string, ReadonlyMap<number, Buffer>>

/** Error code of each partition by topic; 0: written. */
type Written = ReadonlyMap<string, ReadonlyMap<number, number>>

/**
 * Produce, version 9 (known by Kafka 2.8 and later), of batches that are bytes already: repeated, they are the same.
 * Newer ones ask the leader to add its partitions to the transaction, which older brokers do not do.
 */
const api = createAPI<[transactionalId: string | null, topics: Batches], unknown>(0, 9, createRequest, produceV9.parseResponse)

function createRequest(transactionalId: string | null, topics: Batches): Writer {
  return Writer.create()
    .appendString(transactionalId)
    .appendInt16(ProduceAcks.ALL)
    .appendInt32(replicasMs)
    .appendArray([...topics], (writer, [topic, partitions]) =>
      writer.appendString(topic).appendArray([...partitions], (each, [partition, batch]) => each.appendInt32(partition).appendBytes(batch)),
    )
    .appendTaggedFields()
}

/** Writes with acks=all. @throws the client's errors when there is no answer */
export async function produce(connection: Parameters<typeof api>[0], transactionalId: string | null, topics: Batches): Promise<Written> {
  let response: unknown
  try {
    response = await api.async(connection, transactionalId, topics)
  } catch (error) {
    if (!(error instanceof ResponseError)) throw error
    response = error['response']
  }
  const { responses } = response as produceV9.ProduceResponse
  return new Map(responses.map(({ name, partitionResponses }) => [name, new Map(partitionResponses.map(({ index, errorCode }) => [index, errorCode]))]))
}
