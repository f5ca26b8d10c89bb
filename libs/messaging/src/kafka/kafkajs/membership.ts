import { setTimeout as delay } from 'node:timers/promises'
import type { GroupMember, GroupMemberAssignment } from 'kafkajs'
import { MessagingError } from '../../errors.js'
import { endedWithin } from '../patience.js'
import type { ConsumerOptions, PartitionOffset, TopicPartition } from '../ports.js'
import { retryDelay } from '../retry-delay.js'
import { sharedOut, topicsOf } from './assignment.js'
import type { KafkajsCluster } from './cluster.js'
import { brokerSaid, isAnswer, messagingError } from './errors.js'
import { AssignerProtocol, coordinatorType, type Node } from './protocol.js'

const { MemberAssignment, MemberMetadata } = AssignerProtocol
/** Name and version of the way partitions are shared out: Java's clients know it by the same name, but are not meant to be in the same group. */
const protocol = { name: 'roundrobin', version: 0 }
const leavePatienceMs = 2_000

const rebalancing = ['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'MEMBER_ID_REQUIRED']
const movedAway = ['NOT_COORDINATOR_FOR_GROUP', 'GROUP_COORDINATOR_NOT_AVAILABLE']

export interface MembershipParts {
  readonly cluster: KafkajsCluster
  readonly group: ConsumerOptions
  readonly assigned: (partitions: readonly TopicPartition[]) => void
  /** All that were assigned are gone. */
  readonly revoked: () => void
  /** What does not work, by the part of the work; null: it does (again). */
  readonly trouble: (part: 'membership' | 'topics', error: MessagingError | null) => void
}

interface Generation {
  readonly memberId: string
  readonly generationId: number
}

/** Says that the member must join anew. */
class Rejoin extends Error {}

/**
 * A place in a consumer group: joins, sends heartbeats, and joins anew when the group changes or is lost; tries for ever.
 * It is eager: before it joins anew, everything it had is given up. The client has no other way to share out partitions,
 * and its own consumer can be neither asked nor told what it is doing.
 */
export class Membership {
  readonly #parts: MembershipParts
  readonly #heartbeatMs: number
  readonly #rebalanceTimeoutMs: number
  readonly #closing = new AbortController()
  #coordinator: Node | null = null
  #memberId = ''
  #generation: Generation | null = null
  /** How many partitions the topics had when this member joined. */
  #joinedWith = ''
  #wake: () => void = () => undefined
  #running: Promise<void> = Promise.resolve()

  constructor(parts: MembershipParts) {
    this.#parts = parts
    this.#heartbeatMs = Math.floor(parts.group.sessionTimeoutMs / 5)
    this.#rebalanceTimeoutMs = Math.max(parts.group.sessionTimeoutMs, 30_000)
  }

  start(): void {
    this.#running = this.#run()
  }

  /** Looks at once whether the group or the topics have changed. */
  look(): void {
    this.#wake()
  }

  /** @throws MessagingError GROUP_REBALANCING, KAFKA_UNAVAILABLE, KAFKA_REFUSED */
  async commit(offsets: readonly PartitionOffset[]): Promise<void> {
    const { groupId } = this.#parts.group
    const doing = `Committing offsets of ${groupId}`
    const generation = this.#generation
    if (!generation) throw new MessagingError('GROUP_REBALANCING', `${doing}: the group is sharing out its partitions anew`)
    const topics = [...Map.groupBy(offsets, ({ topic }) => topic)].map(([topic, each]) => ({
      topic,
      partitions: each.map(({ partition, offset }) => ({ partition, offset: String(offset) })),
    }))
    try {
      const { memberId, generationId: groupGenerationId } = generation
      await (await this.#findCoordinator()).offsetCommit({ groupId, memberId, groupGenerationId, topics })
    } catch (error) {
      this.#noteFailure(error)
      if (!brokerSaid(error, rebalancing)) throw messagingError(error, doing)
      this.#wake()
      throw new MessagingError('GROUP_REBALANCING', `${doing}: the group is sharing out its partitions anew`, { cause: error })
    }
  }

  /** Leaves, so that others have the partitions at once. */
  async close(): Promise<void> {
    this.#closing.abort()
    this.#wake()
    await endedWithin(this.#running.then(() => this.#leave()), leavePatienceMs)
  }

  async #run(): Promise<void> {
    for (let attempt = 1; !this.#closing.signal.aborted; ) {
      try {
        await this.#join()
        attempt = 1
        await this.#stay()
      } catch (error) {
        this.#giveUp()
        if (this.#closing.signal.aborted) return
        if (brokerSaid(error, ['UNKNOWN_MEMBER_ID'])) this.#memberId = ''
        // To share out partitions is the group's daily work.
        if (error instanceof Rejoin || (brokerSaid(error, rebalancing) && attempt === 1)) {
          attempt++
          continue
        }
        this.#noteFailure(error)
        if (!brokerSaid(error, rebalancing)) this.#parts.trouble('membership', messagingError(error, `Joining ${this.#parts.group.groupId}`))
        await retryDelay(attempt++, this.#closing.signal)
      }
    }
  }

  async #join(): Promise<void> {
    const { groupId, sessionTimeoutMs: sessionTimeout } = this.#parts.group
    const topics = await this.#topicsThere()
    const coordinator = await this.#findCoordinator()
    const metadata = MemberMetadata.encode({ version: protocol.version, topics: [...this.#parts.group.topics], userData: Buffer.alloc(0) })
    const joined = await coordinator.joinGroup({
      groupId,
      sessionTimeout,
      rebalanceTimeout: this.#rebalanceTimeoutMs,
      memberId: this.#memberId,
      groupProtocols: [{ name: protocol.name, metadata }],
    })
    const { memberId, generationId } = joined
    this.#memberId = memberId
    if (this.#closing.signal.aborted) return
    // Those who lead know best how many partitions there are now; the others find out, and join anew.
    if (joined.leaderId === memberId) await this.#parts.cluster.refresh()
    this.#joinedWith = this.#partitionCounts()
    const groupAssignment = joined.leaderId === memberId ? await this.#shareOut(joined.members) : []
    const { memberAssignment } = await coordinator.syncGroup({ groupId, generationId, memberId, groupAssignment })
    this.#generation = { memberId, generationId }
    if (this.#closing.signal.aborted) return
    const { assignment = {} } = MemberAssignment.decode(memberAssignment) ?? {}
    const mine = Object.entries(assignment).flatMap(([topic, partitions]) => partitions.map((partition) => ({ topic, partition })))
    if (mine.length > 0) this.#parts.assigned(mine)
    this.#parts.trouble('membership', null)
    if (topics.length === this.#parts.group.topics.length) this.#parts.trouble('topics', null)
  }

  /** Shares out every topic that any member wants. */
  async #shareOut(members: readonly GroupMember[]): Promise<GroupMemberAssignment[]> {
    await this.#parts.cluster.know(topicsOf(members))
    return sharedOut(members, (topic) => this.#parts.cluster.partitionCount(topic), protocol.version)
  }

  /** Waits for at least one of the topics. */
  async #topicsThere(): Promise<readonly string[]> {
    const { topics } = this.#parts.group
    const missing = await this.#parts.cluster.know(topics)
    if (missing.length > 0) {
      const error = new MessagingError('KAFKA_TOPIC_MISSING', `There is no topic ${missing.join(', ')}. Create the topics: npm run topics -- create`)
      this.#parts.trouble('topics', error)
      if (missing.length === topics.length) throw error
    }
    return topics.filter((topic) => !missing.includes(topic))
  }

  /** Sends heartbeats for as long as the group is as it was. */
  async #stay(): Promise<void> {
    const { groupId, sessionTimeoutMs } = this.#parts.group
    let heard = performance.now()
    while (!this.#closing.signal.aborted) {
      await this.#pause()
      if (this.#closing.signal.aborted || !this.#generation) return
      const { memberId, generationId: groupGenerationId } = this.#generation
      try {
        const beat = this.#findCoordinator().then((coordinator) => coordinator.heartbeat({ groupId, memberId, groupGenerationId }))
        const answered = await endedWithin(beat, sessionTimeoutMs / 2)
        if (!answered) throw new MessagingError('KAFKA_UNAVAILABLE', `Heartbeat of ${groupId}: the coordinator does not answer`)
        heard = performance.now()
        this.#parts.trouble('membership', null)
      } catch (error) {
        if (brokerSaid(error, rebalancing)) throw error
        this.#noteFailure(error)
        this.#parts.trouble('membership', messagingError(error, `Heartbeat of ${groupId}`))
        // Silent for too long: the partitions may be another's.
        if (performance.now() - heard > sessionTimeoutMs) throw error
        continue
      }
      // Another broker is asked, and may not answer: the heartbeats must not wait for it.
      await endedWithin(this.#lookAtTopics(), this.#heartbeatMs)
    }
  }

  /** Joins anew when partitions were added, or topics came or went. */
  async #lookAtTopics(): Promise<void> {
    try {
      const topics = await this.#topicsThere()
      if (topics.length === this.#parts.group.topics.length) this.#parts.trouble('topics', null)
    } catch (error) {
      // The heartbeats tell of brokers that are away.
      if (messagingError(error, '').code !== 'KAFKA_TOPIC_MISSING') return
    }
    if (this.#partitionCounts() !== this.#joinedWith) throw new Rejoin()
  }

  #partitionCounts(): string {
    return this.#parts.group.topics.map((topic) => this.#parts.cluster.partitionCount(topic)).join(',')
  }

  async #pause(): Promise<void> {
    const woken = new AbortController()
    this.#wake = () => woken.abort()
    try {
      await delay(this.#heartbeatMs, undefined, { signal: AbortSignal.any([woken.signal, this.#closing.signal]) })
    } catch (error) {
      if (!woken.signal.aborted && !this.#closing.signal.aborted) throw error
    }
  }

  #giveUp(): void {
    if (this.#generation && !this.#closing.signal.aborted) this.#parts.revoked()
    if (!this.#closing.signal.aborted) this.#generation = null
  }

  async #leave(): Promise<void> {
    if (this.#memberId === '') return
    const coordinator = await this.#findCoordinator()
    await coordinator.leaveGroup({ groupId: this.#parts.group.groupId, memberId: this.#memberId })
  }

  async #findCoordinator(): Promise<Node> {
    return (this.#coordinator ??= await this.#parts.cluster.coordinator(this.#parts.group.groupId, coordinatorType.group))
  }

  #noteFailure(error: unknown): void {
    if (isAnswer(error) && !brokerSaid(error, movedAway)) return
    this.#coordinator = null
    this.#parts.cluster.noteFailure(error)
  }
}
