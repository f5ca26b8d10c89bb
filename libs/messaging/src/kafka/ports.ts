/** What the system needs from a Kafka client, and nothing else. One adapter a client stands behind it. */
export interface KafkaClient {
  producer(): Producer
  consumer(options: ConsumerOptions): Consumer
  /** Reads partitions outside any group: to restore a state, to look for a record. */
  reader(): Reader
  admin(): Admin
}

/** Text and bytes as they stand in Kafka. */
export interface KafkaRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  /** Milliseconds since the Unix epoch. */
  readonly timestamp: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, Buffer>>
}

export interface RecordToSend {
  readonly topic: string
  /** Without it, the key's hash (murmur2, as Java's clients) decides. */
  readonly partition?: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, Buffer | string>>
}

export interface Producer {
  /**
   * Writes the records with acks=all; those of one partition stay in their order, however many bytes they are together.
   * Idempotent: a retry inside never doubles a record. After a rejection it is not known which of them were written.
   *
   * @param signal when it is aborted, what has not yet left never will, and the call rejects at once with its reason.
   * @throws MessagingError KAFKA_UNAVAILABLE, KAFKA_TOPIC_MISSING, KAFKA_REFUSED, KAFKA_RECORD_TOO_LARGE, KAFKA_CLIENT
   */
  send(records: readonly RecordToSend[], signal?: AbortSignal): Promise<void>
  /** Gives what is under way a few seconds. */
  close(): Promise<void>
}

export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

export interface PartitionOffset extends TopicPartition {
  readonly offset: bigint
}

export interface ConsumerOptions {
  readonly groupId: string
  readonly topics: readonly string[]
  /** How long a member may be silent before its partitions go to others, in milliseconds. */
  readonly sessionTimeoutMs: number
}

/** What a consumer tells its owner. All calls are made in order; none is made after `close` has resolved. */
export interface ConsumerSink {
  /** Partitions came. Records follow from their committed offset, or from the beginning where there is none. */
  assigned(partitions: readonly TopicPartition[]): void
  /** Partitions went: called before another member can have them, unless this one was silent for too long. */
  revoked(partitions: readonly TopicPartition[]): void
  /** The next records of a partition, in order; only committed ones. `end` is the offset the next record to be written will have. */
  records(partition: TopicPartition, records: readonly KafkaRecord[], end: bigint): void
  /**
   * The member does its work (`null`: not before it has joined), or what keeps it from a part of it: the cluster or the
   * group's coordinator does not answer, a topic is missing, … Told when it changes.
   */
  health(error: Error | null): void
}

export interface Consumer {
  /** Joins the group, and tries until it is in. Records come as long as their partitions are not paused. */
  start(sink: ConsumerSink): void
  pause(partition: TopicPartition): void
  resume(partition: TopicPartition): void
  /**
   * Stores how far the group has come: `offset` is the next one to read. Partitions that are not this member's are left
   * out.
   *
   * @throws MessagingError GROUP_REBALANCING, KAFKA_UNAVAILABLE, KAFKA_REFUSED
   */
  commit(offsets: readonly PartitionOffset[]): Promise<void>
  /** Stops fetching and leaves the group; its partitions go to others at once. Takes a few seconds at the most. */
  close(): Promise<void>
}

export interface Reader {
  /** Offsets of the first record there, and of the next to be written, by partition. */
  bounds(topic: string): Promise<readonly { readonly first: bigint; readonly end: bigint }[]>
  /** By partition, the offset of the first record that arrived at or after the time; the end where there is none. */
  offsetsAt(topic: string, timestampMs: number): Promise<readonly bigint[]>
  /**
   * The committed records of a partition with `from` <= offset < `to`, in order, in batches.
   *
   * @throws MessagingError KAFKA_UNAVAILABLE, also when the reader is closed meanwhile
   */
  read(partition: TopicPartition, from: bigint, to: bigint): AsyncIterable<readonly KafkaRecord[]>
  close(): Promise<void>
}

export interface TopicToCreate {
  readonly name: string
  readonly partitions: number
  readonly config: Readonly<Record<string, string>>
}

export interface Admin {
  /** Creates those that are not there, and waits until a broker knows them; leaves the others as they are. */
  createTopics(topics: readonly TopicToCreate[], replicas: number): Promise<void>
  /** Number of partitions by topic, of those that are there. */
  partitionsOf(topics: readonly string[]): Promise<ReadonlyMap<string, number>>
  close(): Promise<void>
}

/** Name of a partition in messages and maps: `topic/3`. */
export function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`
}
