import type { AvroSchema } from './avro-schema.js'
import { ContractError } from './errors.js'

/** `delete`: records go when they are old. `compact`: the last record of each key stays. */
export type Cleanup = 'delete' | 'compact'

/** What a broker must know of a topic; what `createTopics` makes. */
export interface TopicDefinition {
  /** Without the namespace (`KAFKA_NAMESPACE`). */
  readonly name: string
  readonly partitions: number
  readonly cleanup: Cleanup
  /** Kafka's own topic settings. */
  readonly config: Readonly<Record<string, string>>
}

/** A topic of Avro values of type T, and the makers of its events. */
export interface Topic<T, C extends Cleanup = Cleanup> extends TopicDefinition {
  /** Field of the value that is the record's key: the entity whose order matters. */
  readonly key: keyof T & string
  /** The newest schema of the value: what producers write and consumers read as. */
  readonly schema: AvroSchema
  readonly cleanup: C
  /**
   * A record to publish; its key is taken from the value.
   *
   * @throws ContractError AVRO_INVALID_VALUE when the key field is not a text, or is empty.
   */
  event(value: T, headers?: Readonly<Record<string, string>>): Event<T>
  /** A record that removes what stands under the key. Compacted topics only: elsewhere it does not compile, and throws. */
  tombstone(this: Topic<T, 'compact'>, key: string): Event<T>
}

/** A record to publish. */
export interface Event<T = unknown> {
  readonly topic: Topic<T>
  readonly key: string
  /** null: a tombstone. */
  readonly value: T | null
  readonly headers?: Readonly<Record<string, string>>
  /** Given when the record must go to one partition; else the key's hash decides. */
  readonly partition?: number
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** Defines a topic whose records go after `retentionDays`. */
export function eventLog<T>(name: string, key: keyof T & string, schema: AvroSchema, partitions: number, retentionDays: number): Topic<T, 'delete'> {
  return new AvroTopic<T, 'delete'>(name, key, schema, partitions, 'delete', {
    'cleanup.policy': 'delete',
    'retention.ms': String(retentionDays * dayMs),
    ...arrivalTime,
  })
}

/** Defines a compacted topic: the last record of each key stays for good. */
export function changelog<T>(name: string, key: keyof T & string, schema: AvroSchema, partitions: number): Topic<T, 'compact'> {
  return new AvroTopic<T, 'compact'>(name, key, schema, partitions, 'compact', {
    'cleanup.policy': 'compact',
    // A reader that was away for a long weekend still sees what was removed.
    'delete.retention.ms': String(7 * dayMs),
    // What was overwritten or erased (personal data) is off the disk after a day, at the latest.
    'max.compaction.lag.ms': String(dayMs),
    ...arrivalTime,
  })
}

/** Topic of the records of a topic that a consumer gave up. */
export function deadLetterTopic(name: string): string {
  return `${name}.dlq`
}

/**
 * The dead-letter topic of a topic. Always an event log, also of a compacted topic: each record given up counts. One
 * partition: they are read by people, in the order in which they were given up.
 */
export function deadLetterDefinition(topic: TopicDefinition): TopicDefinition {
  return {
    name: deadLetterTopic(topic.name),
    partitions: 1,
    cleanup: 'delete',
    config: {
      'cleanup.policy': 'delete',
      'retention.ms': String(30 * dayMs),
      'max.message.bytes': String(Number(topic.config['max.message.bytes'] ?? defaultMaxMessageBytes) + deadLetterHeadroom),
      ...arrivalTime,
    },
  }
}

/** What a broker takes for one batch of records where nothing else is said (message.max.bytes), in bytes. */
const defaultMaxMessageBytes = 1_048_588
/** A dead letter is the original and, in its headers, why it is there: the largest record must fit with that. In bytes. */
const deadLetterHeadroom = 64 * 1024

/** Retention counts from the arrival: an old event time (a replay, an import) does not make a record expire at once. */
const arrivalTime = { 'message.timestamp.type': 'LogAppendTime' } as const

class AvroTopic<T, C extends Cleanup> implements Topic<T, C> {
  constructor(
    readonly name: string,
    readonly key: keyof T & string,
    readonly schema: AvroSchema,
    readonly partitions: number,
    readonly cleanup: C,
    readonly config: Readonly<Record<string, string>>,
  ) {}

  event(value: T, headers?: Readonly<Record<string, string>>): Event<T> {
    const key: unknown = value[this.key]
    if (typeof key !== 'string' || key === '') {
      throw new ContractError('AVRO_INVALID_VALUE', `${this.name}: ${this.key} is the record's key and must be a text that is not empty`)
    }
    return headers === undefined ? { topic: this, key, value } : { topic: this, key, value, headers }
  }

  tombstone(key: string): Event<T> {
    if (this.cleanup !== 'compact') throw new TypeError(`${this.name} is not compacted: it has no tombstones`)
    return { topic: this, key, value: null }
  }
}
