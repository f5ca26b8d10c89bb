import { connectRegistry, type SchemaRegistry, type Topic } from '@swipestream/contracts'
import type { ClusterConfig, MessagingConfig } from './config.js'
import { failureKind } from './consumer/failure.js'
import { Envelope } from './envelope.js'
import { kafkaClient } from './kafka/client.js'
import type { KafkaClient, KafkaRecord, RecordTexts, RecordToSend } from './kafka/ports.js'
import type { Outgoing, Received } from './received.js'
import { Schemas } from './schemas.js'

export type ConnectionConfig = ClusterConfig &
  Pick<MessagingConfig, 'KAFKA_NAMESPACE' | 'SCHEMA_REGISTRY_URL' | 'SCHEMA_REGISTRY_USERNAME' | 'SCHEMA_REGISTRY_PASSWORD'>

/** What comes to a topic, for whoever looks on: commands, demos, tests. A service consumes by `@Consume`. */
export interface Tail<T> {
  /** Leaves out what is there now: the next call gives what comes after. */
  skip(): Promise<void>
  /** Every record since the last call, of all partitions, as it is; in order within a partition. */
  records(): Promise<KafkaRecord[]>
  /**
   * The same, decoded; tombstones left out.
   *
   * @param onUnreadable told of each that cannot be decoded, which is then left out
   * @throws MessagingError; ContractError, also for one that cannot be decoded when nobody is told
   */
  received(onUnreadable?: (error: Error) => void): Promise<Received<T>[]>
}

/** Writes events in transactions, as `TransactionalProducer` writes records: of all that use one id, only who opened it last can write. */
export interface EventWriter {
  /** Takes the id over; what its earlier writers had begun is settled when this has resolved. @throws as `TransactionalProducer.open` */
  open(signal?: AbortSignal): Promise<void>
  /** Writes all of them in one transaction. @throws as `TransactionalProducer.write`; ContractError AVRO_INVALID_VALUE */
  write(events: readonly Outgoing[]): Promise<void>
  close(): Promise<void>
}

/** The last value of a key, which cannot be decoded. */
export interface UnreadableValue<T> {
  readonly key: string
  readonly error: Error
  /** What stood there before it, as far as the log still has it: undefined when it is compacted away, or was removed. */
  readonly before: T | undefined
}

/** Kafka and the schema registry for a program without Nest. */
export interface Connection {
  readonly client: KafkaClient
  readonly registry: SchemaRegistry
  publish(events: readonly Outgoing[]): Promise<void>
  /** The records that `publish` would write: for whoever writes them in one transaction with records of its own. @throws ContractError AVRO_INVALID_VALUE */
  seal(events: readonly Outgoing[]): RecordToSend[]
  /** A writer of the namespace's own under this id. Nothing is done before its `open`; who made it closes it. */
  writer(transactionalId: string): EventWriter
  /**
   * What a compacted topic holds now, by key.
   *
   * @param onUnreadable told of each key whose last value cannot be decoded, which is then not in the map
   * @throws MessagingError; ContractError, also for a value that cannot be decoded when nobody is told
   */
  held<T>(topic: Topic<T, 'compact'>, onUnreadable?: (unreadable: UnreadableValue<T>) => void): Promise<ReadonlyMap<string, T>>
  /** Writes bytes as they are; topics are without the namespace. */
  send(records: readonly RecordToSend[]): Promise<void>
  /** From the first record there is. A name without a schema, such as a dead-letter topic's, gives records only. */
  tail<T>(topic: Topic<T>): Tail<T>
  tail(topic: { readonly name: string }): Pick<Tail<never>, 'skip' | 'records'>
  close(): Promise<void>
}

/**
 * Connects, and waits until the schemas of `produces` are registered.
 *
 * @throws CodedError CONFIG_INVALID when what is said of TLS and SASL does not go together
 * @param onWait told, with the reason, each time the registry does not answer or lacks a schema; may throw to give up.
 */
export async function connect({
  service,
  config,
  produces,
  onWait = (reason) => {
    throw reason
  },
}: {
  readonly service: string
  readonly config: ConnectionConfig
  // oxlint-disable-next-line typescript/no-explicit-any -- topics of different value types in one list
  readonly produces: readonly Topic<any>[]
  readonly onWait?: (reason: Error) => void
}): Promise<Connection> {
  const client = kafkaClient(config, service)
  const registry = registryOf(config)
  const schemas = new Schemas(registry, config.KAFKA_NAMESPACE, produces)
  await schemas.load(onWait, new AbortController().signal)
  const envelope = new Envelope(schemas, config.KAFKA_NAMESPACE, service)
  const producer = client.producer()
  const reader = client.reader()

  function tail<T>(topic: Topic<T> | { readonly name: string }): Tail<T> {
    const name = envelope.topicName(topic.name)
    const next: bigint[] = []
    async function records(): Promise<KafkaRecord[]> {
      const found: KafkaRecord[] = []
      for (const [partition, { first, end }] of (await reader.bounds(name)).entries()) {
        for await (const batch of reader.read({ topic: name, partition }, next[partition] ?? first, end)) found.push(...batch)
        next[partition] = end
      }
      return found
    }
    return {
      records,
      async skip() {
        for (const [partition, { end }] of (await reader.bounds(name)).entries()) next[partition] = end
      },
      async received(onUnreadable) {
        const decoded: Received<T>[] = []
        for (const record of await records()) {
          if (record.value === null) continue
          try {
            decoded.push(receivedOf(record, await decode(topic as Topic<T>, record.value)))
          } catch (error) {
            if (onUnreadable === undefined || failureKind(error) !== 'poison') throw error
            onUnreadable(error as Error)
          }
        }
        return decoded
      },
    }
  }

  function writer(transactionalId: string): EventWriter {
    const transactions = client.transactionalProducer(config.KAFKA_NAMESPACE + transactionalId)
    return {
      open: (signal) => transactions.open(signal),
      write: async (events) => transactions.write(envelope.sealAll(events)),
      close: () => transactions.close(),
    }
  }

  async function decode<T>(topic: Topic<T>, bytes: Buffer): Promise<T> {
    await schemas.prepare(bytes)
    return schemas.decode(topic, bytes)
  }

  /** The first of these that can be decoded. */
  async function firstReadable<T>(topic: Topic<T>, all: readonly Buffer[]): Promise<T | undefined> {
    for (const bytes of all) {
      try {
        return await decode(topic, bytes)
      } catch (error) {
        if (failureKind(error) !== 'poison') throw error
      }
    }
    return undefined
  }

  async function held<T>(topic: Topic<T, 'compact'>, onUnreadable?: (unreadable: UnreadableValue<T>) => void): Promise<Map<string, T>> {
    // The values of each key since it was last removed.
    const written = new Map<string, Buffer[]>()
    for (const { key: bytes, value } of await tail(topic).records()) {
      if (bytes === null) continue
      const key = bytes.toString()
      const all = written.get(key)
      if (value === null) written.delete(key)
      else if (all === undefined) written.set(key, [value])
      else all.push(value)
    }
    const values = new Map<string, T>()
    for (const [key, all] of written) {
      try {
        values.set(key, await decode(topic, all.pop() as Buffer))
      } catch (error) {
        if (onUnreadable === undefined || failureKind(error) !== 'poison') throw error
        onUnreadable({ key, error: error as Error, before: await firstReadable(topic, all.reverse()) })
      }
    }
    return values
  }

  return {
    client,
    registry,
    tail,
    writer,
    held,
    seal: (events) => envelope.sealAll(events),
    publish: (events) => producer.send(envelope.sealAll(events)),
    send: (records) => producer.send(records.map((record) => ({ ...record, topic: envelope.topicName(record.topic) }))),
    async close() {
      await producer.close()
      await reader.close()
    },
  }
}

/** A record with what it says. */
export function receivedOf<T>(record: KafkaRecord, value: T): Received<T> {
  const { key, headers } = record.texts?.() ?? textsOf(record)
  return {
    key,
    // Few handlers ask for it, and to make it for each record costs.
    get keyBytes() {
      return record.key
    },
    value,
    headers,
    origin: { topic: record.topic, partition: record.partition, offset: Number(record.offset), timestamp: record.timestamp },
  }
}

function textsOf({ key, headers }: KafkaRecord): RecordTexts {
  const texts: Record<string, string> = {}
  for (const name in headers) texts[name] = headers[name]?.toString('utf8') ?? ''
  return { key: key?.toString('utf8') ?? null, headers: texts }
}

/** The registry of the environment. */
export function registryOf({ SCHEMA_REGISTRY_URL: url, SCHEMA_REGISTRY_USERNAME: username, SCHEMA_REGISTRY_PASSWORD: password }: ConnectionConfig): SchemaRegistry {
  return connectRegistry({ url, ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }) })
}
