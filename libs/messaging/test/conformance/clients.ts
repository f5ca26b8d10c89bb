import { randomBytes, randomUUID } from 'node:crypto'
import { kafkaClient } from '@swipestream/messaging'
import type { Compression, Consumer, ConsumerOptions, ConsumerSink, GroupOffset, KafkaClient, KafkaRecord, Producer, Reader, RecordToSend, TopicPartition } from '@swipestream/messaging'
import { afterAll, afterEach, beforeAll } from 'vitest'

export const clientNames = ['platformatic', 'kafkajs'] as const
export type ClientName = (typeof clientNames)[number]

/** Tests that kill brokers and wait for sessions take minutes: `npm test` runs them with the client that services have, `npm run test:soak` with both. */
export const everyVariant = process.env['EVERY_VARIANT'] === 'true'
export const clientsInOutages: readonly ClientName[] = everyVariant ? clientNames : ['platformatic']

export const sessionTimeoutMs = 6_000
/** For what waits for a session to run out, or for a broker to come back. */
export const patience = { timeoutMs: 45_000, intervalMs: 100 }

export interface Member {
  readonly consumer: Consumer
  readonly groupId: string
  /** All records it was given, in the order in which they came. */
  readonly seen: KafkaRecord[]
  /** Partitions it has, as `topic/0`. */
  readonly held: Set<string>
  /** Each partition that came or went, as `+topic/0` and `-topic/0`. */
  readonly moves: string[]
  /** What its health was, by code; `well` for none. */
  readonly complaints: string[]
  values(): (string | null)[]
  /** Offset of the end that came with the last records. */
  end(): bigint | undefined
}

/** A client under test, with what its tests need; all of it is closed, and its topics deleted, after them. */
export interface UnderTest {
  readonly client: KafkaClient
  readonly producer: Producer
  readonly reader: Reader
  newTopic(partitions?: number, config?: Record<string, string>): Promise<string>
  /** A name that no topic has, which is deleted too. */
  topicName(): string
  /** A member of a group, and all it was told. It seeks where its group left off, unless `onAssigned` does something else. */
  join(topics: string[], more?: Partial<ConsumerOptions> & { onAssigned?: (consumer: Consumer, partitions: readonly TopicPartition[]) => void }): Member
  /** All committed records of a partition. */
  read(topic: string, partition?: number): Promise<KafkaRecord[]>
}

/** To be called in `describe`: the members are closed after each of its tests, the rest after the last. */
export function underTest(name: ClientName, brokers: () => string = () => process.env['KAFKA_BROKERS'] ?? ''): UnderTest {
  const opened: Consumer[] = []
  const topics: string[] = []
  const made: { client?: KafkaClient; producer?: Producer; reader?: Reader } = {}

  beforeAll(() => {
    made.client = clientOf(name, brokers())
    made.producer = made.client.producer()
    made.reader = made.client.reader()
  })
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((consumer) => consumer.close()))
  })
  afterAll(async () => {
    const admin = made.client?.admin()
    await admin?.deleteTopics(topics)
    await Promise.all([admin?.close(), made.producer?.close(), made.reader?.close()])
  })

  function topicName(): string {
    const topic = `conformance-${randomBytes(5).toString('hex')}`
    topics.push(topic)
    return topic
  }
  return {
    topicName,
    get client() {
      return made.client as KafkaClient
    },
    get producer() {
      return made.producer as Producer
    },
    get reader() {
      return made.reader as Reader
    },
    async newTopic(partitions = 1, config = {}) {
      const topic = topicName()
      const admin = (made.client as KafkaClient).admin()
      await admin.createTopics([{ name: topic, partitions, config }], 1)
      await admin.close()
      return topic
    },
    join(wanted, { onAssigned = seekCommitted, ...options } = {}) {
      const member = newMember(made.client as KafkaClient, { groupId: randomUUID(), topics: wanted, sessionTimeoutMs, ...options }, onAssigned)
      opened.push(member.consumer)
      return member
    },
    async read(topic, partition = 0) {
      const reader = made.reader as Reader
      const { first, end } = (await reader.bounds(topic))[partition] ?? { first: 0n, end: 0n }
      const records: KafkaRecord[] = []
      for await (const batch of reader.read({ topic, partition }, first, end)) records.push(...batch)
      return records
    },
  }
}

export function clientOf(name: ClientName, brokers = process.env['KAFKA_BROKERS'] ?? '', compression: Compression = 'none'): KafkaClient {
  return kafkaClient({ KAFKA_BROKERS: brokers.split(','), KAFKA_CLIENT: name, KAFKA_COMPRESSION: compression }, 'conformance')
}

/** Committed values there now, by partition. */
export async function valuesOf(client: KafkaClient, topic: string): Promise<string[][]> {
  const reader = client.reader()
  try {
    const bounds = await reader.bounds(topic)
    return await Promise.all(
      bounds.map(async ({ first, end }, partition) => {
        const found: string[] = []
        for await (const records of reader.read({ topic, partition }, first, end)) found.push(...records.map(({ value }) => String(value)))
        return found
      }),
    )
  } finally {
    await reader.close()
  }
}

/** Where a group stands: the offset of the first record its next member is given. */
export async function committed(client: KafkaClient, { groupId, topic, partition }: Omit<GroupOffset, 'offset'>): Promise<bigint> {
  const consumer = client.consumer({ groupId, topics: [topic], sessionTimeoutMs })
  const { promise, resolve } = Promise.withResolvers<bigint>()
  consumer.start({
    assigned: (partitions) => seekCommitted(consumer, partitions),
    revoked: () => undefined,
    records: (each, [first]) => first && each.partition === partition && resolve(first.offset),
    health: () => undefined,
  })
  try {
    return await promise
  } finally {
    await consumer.close()
  }
}

export function record(topic: string, key: string | null, value: string | null, more: Partial<RecordToSend> = {}): RecordToSend {
  return { topic, key: key === null ? null : Buffer.from(key), value: value === null ? null : Buffer.from(value), headers: {}, ...more }
}

export function textOf({ value }: KafkaRecord): string | null {
  return value?.toString() ?? null
}

function seekCommitted(consumer: Consumer, partitions: readonly TopicPartition[]): void {
  for (const partition of partitions) consumer.seek(partition, null)
}

function newMember(client: KafkaClient, options: ConsumerOptions, onAssigned: typeof seekCommitted): Member {
  const consumer = client.consumer(options)
  const seen: KafkaRecord[] = []
  const held = new Set<string>()
  const moves: string[] = []
  const complaints: string[] = []
  let end: bigint | undefined
  const name = ({ topic, partition }: TopicPartition) => `${topic}/${partition}`
  const sink: ConsumerSink = {
    assigned(partitions) {
      for (const partition of partitions) held.add(name(partition))
      moves.push(...partitions.map((partition) => `+${name(partition)}`))
      onAssigned(consumer, partitions)
    },
    revoked(partitions) {
      for (const partition of partitions) held.delete(name(partition))
      moves.push(...partitions.map((partition) => `-${name(partition)}`))
    },
    records(_, records, progress) {
      seen.push(...records)
      end = progress.end
    },
    health: (error) => void complaints.push((error as { code?: string } | null)?.code ?? 'well'),
  }
  consumer.start(sink)
  return { consumer, groupId: options.groupId, seen, held, moves, complaints, values: () => seen.map(textOf), end: () => end }
}
