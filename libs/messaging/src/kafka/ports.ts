/** How a client reaches its cluster. */
export interface KafkaClientOptions {
  readonly clientId: string
  /** host:port of the brokers to begin with. */
  readonly brokers: readonly string[]
  /** Encrypts; without a certificate authority of its own, Node's decide whom to trust. PEM texts. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string }
  readonly sasl?: { readonly mechanism: SaslMechanism; readonly username: string; readonly password: string }
  /** Of what producers write; what is read may be compressed in any way. */
  readonly compression?: Compression
}

export type SaslMechanism = 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512'

export type Compression = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'

/**
 * What the system needs from a Kafka client, and nothing else. One adapter a client stands behind it. What an adapter
 * cannot do it refuses by KAFKA_UNSUPPORTED.
 */
export interface KafkaClient {
  producer(): Producer
  /** A producer that writes in transactions under this id. Nothing is done before its `open`. */
  transactionalProducer(transactionalId: string): TransactionalProducer
  consumer(options: ConsumerOptions): Consumer
  /** Reads partitions outside any group: to restore a state, to look for a record. */
  reader(): Reader
  /** Reads partitions outside any group for as long as it is open: to know what a compacted topic holds. */
  follower(sink: FollowerSink): Follower
  admin(): Admin
  access(): Access
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
  /** Bytes it takes, about, where the adapter knows them without looking at the parts. */
  readonly size?: number
  /** Key and headers as texts, where the adapter has them cheaper than by the bytes of each. */
  texts?(): RecordTexts
}

export interface RecordTexts {
  readonly key: string | null
  readonly headers: Readonly<Record<string, string>>
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

/** How far a group has come in a partition: `offset` is the next one to read. */
export interface GroupOffset extends PartitionOffset {
  readonly groupId: string
}

/**
 * Writes records and a group's offset together or not at all, as readers of committed records see it. Of all that use
 * one transactional id, in any process, only the one that opened it last can write.
 */
export interface TransactionalProducer {
  /**
   * Takes the id over: whoever had it can write nothing more under it, and what it had begun is aborted. When this has
   * resolved, the earlier transactions of the id are settled: the group's offset and the end of the committed records
   * stay as they are until this one writes.
   *
   * After KAFKA_TRANSACTION_LOST, which may be all that is heard of being fenced, it first asks whether another has the
   * id, and takes it from nobody: KAFKA_FENCED says that there is one, and the call after that takes it.
   *
   * @throws MessagingError KAFKA_FENCED, KAFKA_UNAVAILABLE, KAFKA_REFUSED, KAFKA_UNSUPPORTED, KAFKA_CLIENT; the signal's reason
   */
  open(signal?: AbortSignal): Promise<void>
  /**
   * Writes the records and the offset in one transaction, which begins and ends within the call. One call at a time.
   *
   * @throws MessagingError KAFKA_FENCED: another has opened the id. KAFKA_TRANSACTION_LOST: it is not known whether the
   *   transaction was committed, or it cannot be ended from here. After these two, `open` again and look where the group
   *   stands. Any other code of `Producer.send`: the transaction was aborted, and the next call may follow.
   */
  write(records: readonly RecordToSend[], offset?: GroupOffset): Promise<void>
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

/** How far the reading of a partition has come. */
export interface Progress {
  /** Where it goes on. Not always next to the last record: ends of transactions, and what was compacted away, have offsets too. */
  readonly next: bigint
  /** The offset that the next record to be written will have, as far as it is known. */
  readonly end: bigint
}

/** What a consumer tells its owner. All calls are made in order; none is made after `close` has resolved. */
export interface ConsumerSink {
  /** Partitions came. Nothing is read of them before `seek`. */
  assigned(partitions: readonly TopicPartition[]): void
  /** Partitions went: called before another member can have them, unless this one was silent for too long. */
  revoked(partitions: readonly TopicPartition[]): void
  /** The next records of a partition, in order; only committed ones. None, when reading only went past offsets without a record. */
  records(partition: TopicPartition, records: readonly KafkaRecord[], progress: Progress): void
  /**
   * The member does its work (`null`: not before it has joined), or what keeps it from a part of it: the cluster or the
   * group's coordinator does not answer, a topic is missing, … Told when it changes.
   */
  health(error: Error | null): void
}

export interface Consumer {
  /** Joins the group, and tries until it is in. Records come of assigned partitions that were sought and are not paused. */
  start(sink: ConsumerSink): void
  /**
   * Reads on at an offset; with null, where the group has committed at that time, or at the first record where it has
   * not. Records of before the call come no more. Nothing happens to a partition that is not this member's.
   */
  seek(partition: TopicPartition, offset: bigint | null): void
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
  /** Offsets of the first record there, and of the end of the committed ones, by partition: an open transaction hides what comes after its beginning. */
  bounds(topic: string): Promise<readonly { readonly first: bigint; readonly end: bigint }[]>
  /** By partition, the offset of the next record to be written, be those before it committed or not. */
  written(topic: string): Promise<readonly bigint[]>
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

/** What a follower tells its owner; nothing after `close` was called. */
export interface FollowerSink {
  /**
   * The next records of a partition, in order; only committed ones. None, when reading only went past offsets without a
   * record. An offset below the last one read: the topic was made anew, and is read from its first record.
   */
  records(partition: TopicPartition, records: readonly KafkaRecord[], progress: Progress): void
  /** What keeps it from reading, or null: nothing (any more). Told when it changes. */
  health(error: Error | null): void
}

export interface Follower {
  /** Reads the partition from an offset on, or from its first record. One that is followed already is read on where it is. */
  follow(partition: TopicPartition, from?: bigint): void
  /** Nothing more is told of the partition. */
  unfollow(partition: TopicPartition): void
  /** Takes a few seconds at the most. */
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
  /** Those that are there are gone after this, with all their records. */
  deleteTopics(names: readonly string[]): Promise<void>
  /** Number of partitions by topic, of those that are there. */
  partitionsOf(topics: readonly string[]): Promise<ReadonlyMap<string, number>>
  close(): Promise<void>
}

/**
 * Who may do what.
 *
 * @throws MessagingError KAFKA_UNAVAILABLE; KAFKA_REFUSED, also by a cluster that has no authorizer; KAFKA_CLIENT
 */
export interface Access {
  /** What the cluster's authorizer allows to users from anywhere. What it denies, or allows from some hosts only, is left out. */
  acls(): Promise<Acl[]>
  /** Allows more, and waits until a broker knows. Those that are there already stay. */
  createAcls(acls: readonly Acl[]): Promise<void>
  /** Allows less, and waits until a broker knows. */
  deleteAcls(acls: readonly Acl[]): Promise<void>
  /** Makes a user, or its password anew, for SCRAM-SHA-512. @throws MessagingError KAFKA_UNSUPPORTED by kafkajs */
  setPassword(user: string, password: string): Promise<void>
  close(): Promise<void>
}

/** What a user is allowed. Kafka's own words: READ, WRITE, DELETE and ALTER have DESCRIBE in them. */
export interface Acl {
  readonly user: string
  readonly resource: 'TOPIC' | 'GROUP' | 'TRANSACTIONAL_ID' | 'CLUSTER'
  readonly name: string
  /** PREFIXED: all whose names begin so. */
  readonly pattern: 'LITERAL' | 'PREFIXED'
  readonly operation: 'ALL' | 'READ' | 'WRITE' | 'CREATE' | 'DELETE' | 'ALTER' | 'DESCRIBE' | 'CLUSTER_ACTION' | 'DESCRIBE_CONFIGS' | 'ALTER_CONFIGS' | 'IDEMPOTENT_WRITE'
}

/** Name of a partition in messages and maps: `topic/3`. */
export function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`
}
