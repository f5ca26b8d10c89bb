import { toError } from '@swipestream/platform'
import type { MessagingError } from '../../errors.js'
import type { Answer, FetchSource, Leader, Read } from '../fetch-source.js'
import { nameOf, type PartitionOffset, type TopicPartition } from '../ports.js'
import { type KafkajsCluster, offsetOf } from './cluster.js'
import { brokerSaid, isAnswer, messagingError } from './errors.js'
import { fetchAlone, fetchTogether, isEmptied } from './fetch.js'
import { coordinatorType, type Node } from './protocol.js'

const maxBytesPerPartition = 1024 * 1024
const maxBytes = 8 * 1024 * 1024
/** How long a broker may hold an answer when there is nothing new. A partition resumed meanwhile waits so long at the most. */
const maxWaitMs = 100

/** What a group's members read, on the client's connections and requests. */
export class KafkajsFetchSource implements FetchSource {
  readonly #cluster: KafkajsCluster
  readonly #groupId: string

  constructor(cluster: KafkajsCluster, groupId: string) {
    this.#cluster = cluster
    this.#groupId = groupId
  }

  async committed(partitions: readonly TopicPartition[]): Promise<Map<string, bigint>> {
    const topics = [...Map.groupBy(partitions, ({ topic }) => topic)].map(([topic, each]) => ({ topic, partitions: each.map(({ partition }) => ({ partition })) }))
    const coordinator = await this.#cluster.coordinator(this.#groupId, coordinatorType.group)
    const { responses } = await coordinator.offsetFetch({ groupId: this.#groupId, topics })
    const offsets = responses.flatMap((of) => of.partitions.map(({ partition, offset }) => [nameOf({ topic: of.topic, partition }), BigInt(offset)] as const))
    return new Map(offsets.filter(([, offset]) => offset >= 0n))
  }

  firstOffsets(topic: string): Promise<bigint[]> {
    return this.#cluster.offsets(topic, offsetOf.first)
  }

  async leaders(partitions: readonly TopicPartition[]): Promise<Map<string, Leader | Error>> {
    await this.#cluster.know([...new Set(partitions.map(({ topic }) => topic))])
    return new Map(partitions.map((partition) => [nameOf(partition), this.#leaderOf(partition)]))
  }

  async fetch(nodeId: number, partitions: readonly PartitionOffset[]): Promise<Map<string, Answer>> {
    const node = await this.#cluster.node(nodeId)
    let answers = new Map<string, Answer>()
    let alone = partitions
    try {
      const read = await fetchTogether(node, partitions, { maxBytes, maxBytesPerPartition, maxWaitMs })
      answers = read
      alone = emptied(partitions, read)
    } catch (error) {
      // It is not said which of them was refused.
      if (!isOfPartition(error)) throw error
    }
    for (const each of alone) answers.set(nameOf(each), await readAlone(node, each))
    return answers
  }

  failed(error: unknown, doing: string): MessagingError {
    this.#cluster.noteFailure(error)
    return messagingError(error, doing)
  }

  #leaderOf(partition: TopicPartition): Leader | MessagingError {
    try {
      return { node: this.#cluster.leaderOf(partition), topicId: null }
    } catch (error) {
      return messagingError(error, `Reading ${nameOf(partition)}`)
    }
  }
}

async function readAlone(node: Node, asked: PartitionOffset): Promise<Answer> {
  try {
    return await fetchAlone(node, asked, maxBytesPerPartition, 0)
  } catch (error) {
    if (!isOfPartition(error)) throw error
    return brokerSaid(error, ['OFFSET_OUT_OF_RANGE']) ? 'gone' : toError(error)
  }
}

/** What could not be read, be it for its compression, is the fault of a partition, as is a broker's refusal. */
function isOfPartition(error: unknown): boolean {
  return isAnswer(error) || messagingError(error, '').code === 'KAFKA_UNSUPPORTED'
}

/** Those that gave nothing though there is something, and not because those before them had filled the answer. */
function emptied(asked: readonly PartitionOffset[], answers: ReadonlyMap<string, Read>): PartitionOffset[] {
  const byName = new Map(asked.map((each) => [nameOf(each), each]))
  const found: PartitionOffset[] = []
  for (const [name, read] of answers) {
    const each = byName.get(name)
    if (!each) continue
    if (read.next > each.offset) break
    if (isEmptied(read, each.offset)) found.push(each)
  }
  return found
}
