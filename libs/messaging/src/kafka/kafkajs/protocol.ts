import { createRequire } from 'node:module'
import client, { type Broker, type Cluster, type CompressionTypes, type GroupMember, type GroupMemberAssignment, type GroupState } from 'kafkajs'

/** By their names Node finds only some of them: the client is CommonJS. */
export const { AssignerProtocol, CompressionCodecs, CompressionTypes: compressionTypes, Kafka, logLevel, PartitionAssigners } = client

/** What kafkajs 2.2.4 can do and its types leave out (its src/broker/index.js and src/cluster/index.js). */
export interface Node extends Pick<Broker, 'metadata'> {
  findGroupCoordinator(request: { groupId: string; coordinatorType: CoordinatorType }): Promise<{ coordinator: { nodeId: number } }>
  joinGroup(request: {
    groupId: string
    sessionTimeout: number
    rebalanceTimeout: number
    memberId: string
    groupProtocols: readonly GroupState[]
  }): Promise<{ generationId: number; groupProtocol: string; leaderId: string; memberId: string; members: GroupMember[] }>
  syncGroup(request: { groupId: string; generationId: number; memberId: string; groupAssignment: readonly GroupMemberAssignment[] }): Promise<{ memberAssignment: Buffer }>
  heartbeat(request: { groupId: string; groupGenerationId: number; memberId: string }): Promise<unknown>
  leaveGroup(request: { groupId: string; memberId: string }): Promise<unknown>
  offsetFetch(request: {
    groupId: string
    topics: readonly { topic: string; partitions: readonly { partition: number }[] }[]
  }): Promise<{ responses: readonly { topic: string; partitions: readonly { partition: number; offset: string }[] }[] }>
  offsetCommit(request: { groupId: string; groupGenerationId: number; memberId: string; topics: readonly OffsetsOfTopic[] }): Promise<unknown>
  listOffsets(request: {
    replicaId: number
    isolationLevel: number
    topics: readonly { topic: string; partitions: readonly { partition: number; timestamp: number }[] }[]
  }): Promise<{ responses: readonly { partitions: readonly { partition: number; offset: string }[] }[] }>
  fetch(request: {
    isolationLevel: number
    maxWaitTime: number
    minBytes: number
    maxBytes: number
    topics: readonly { topic: string; partitions: readonly { partition: number; fetchOffset: string; maxBytes: number }[] }[]
  }): Promise<{ responses: readonly { topicName: string; partitions: readonly FetchedPartition[] }[] }>
  produce(
    request: Partial<TransactionOf> & {
      acks: number
      timeout: number
      compression: CompressionTypes
      topicData: readonly { topic: string; partitions: readonly BatchToWrite[] }[]
    },
  ): Promise<unknown>
  initProducerId(request: { transactionalId?: string; transactionTimeout: number }): Promise<ProducerIdentity>
  addPartitionsToTxn(request: TransactionOf & { topics: readonly { topic: string; partitions: readonly number[] }[] }): Promise<unknown>
  addOffsetsToTxn(request: TransactionOf & { groupId: string }): Promise<unknown>
  txnOffsetCommit(request: TransactionOf & { groupId: string; topics: readonly OffsetsOfTopic[] }): Promise<unknown>
  endTxn(request: TransactionOf & { transactionResult: boolean }): Promise<unknown>
}

/** The client's cluster. Its metadata are those of `targetTopics`, of all topics when there are none. */
export interface RawCluster extends Omit<Cluster, 'findBroker'> {
  targetTopics: Set<string>
  findBroker(node: { nodeId: number }): Promise<Node>
}

/** Kinds of coordinators: FindCoordinator's key_type in Kafka's protocol. */
export const coordinatorType = { group: 0, transaction: 1 } as const
export type CoordinatorType = (typeof coordinatorType)[keyof typeof coordinatorType]

export const readCommitted = 1
export const readUncommitted = 0

/** Ids are 64 bits in Kafka: the client has them as text. */
export interface ProducerIdentity {
  readonly producerId: string
  readonly producerEpoch: number
}

export interface TransactionOf extends ProducerIdentity {
  readonly transactionalId: string
}

export interface BatchToWrite {
  readonly partition: number
  readonly firstSequence: number
  readonly messages: readonly { readonly key: Buffer | null; readonly value: Buffer | null; readonly headers: Readonly<Record<string, Buffer | string>> }[]
}

interface OffsetsOfTopic {
  readonly topic: string
  readonly partitions: readonly { readonly partition: number; readonly offset: string }[]
}

export interface FetchedPartition {
  readonly partition: number
  readonly highWatermark: string
  readonly lastStableOffset: string
  readonly abortedTransactions: readonly { readonly producerId: string; readonly firstOffset: string }[]
  /** Control records and those of aborted transactions are among them. */
  readonly messages: readonly FetchedMessage[]
}

export interface FetchedMessage {
  readonly offset: string
  readonly timestamp: string
  readonly key: Buffer | null
  readonly value: Buffer | null
  /** Several values under one name come as a list. */
  readonly headers: Readonly<Record<string, Buffer | null | readonly (Buffer | null)[]>>
  readonly isControlRecord: boolean
  /** One object for all records of a batch. */
  readonly batchContext: { readonly firstOffset: string; readonly lastOffsetDelta: number; readonly producerId: string; readonly inTransaction: boolean }
}

interface RequestQueue {
  readonly pending: readonly unknown[]
  readonly throttledUntil: number
  throttleCheckTimeoutId: NodeJS.Timeout | null
  checkPendingRequests(): void
  scheduleCheckPendingRequests(): void
}

/**
 * After every answer the client sets a timer for requests that wait, also when none does; then the timer's time is
 * negative, and Node prints a TimeoutNegativeWarning. Here it is set only for requests that wait.
 */
function mendRequestTimer(): void {
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js') as { prototype: RequestQueue }
  prototype.scheduleCheckPendingRequests = function () {
    if (this.pending.length === 0 || this.throttleCheckTimeoutId !== null) return
    this.throttleCheckTimeoutId = setTimeout(
      () => {
        this.throttleCheckTimeoutId = null
        this.checkPendingRequests()
      },
      Math.max(this.throttledUntil - Date.now(), 10),
    )
  }
}

mendRequestTimer()
