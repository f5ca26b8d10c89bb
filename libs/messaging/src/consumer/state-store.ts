import type { Topic } from '@swipestream/contracts'
import { MessagingError } from '../errors.js'
import type { KafkaRecord, Reader, TopicPartition } from '../kafka/ports.js'
import type { Outgoing, StateTopics, StateView, StateViews } from '../received.js'
import type { Schemas } from '../schemas.js'
import { failureKind } from './failure.js'

interface Shelf {
  readonly topic: Topic<unknown, 'compact'>
  readonly kept: Map<string, unknown>
  /** What the batch under way has set. */
  readonly overlay: Map<string, unknown>
}

/** Where states are restored from. */
export interface StateSource {
  readonly schemas: Pick<Schemas, 'prepare' | 'decode'>
  /** Name in the cluster of the topic whose handler has the states. */
  readonly consumed: string
  /** Name in the cluster of a topic. */
  readonly physical: (name: string) => string
  /** Told of a record that cannot be read: its key is then without state. */
  readonly onSkipped: (at: TopicPartition & { offset: bigint }, error: unknown) => void
}

/** The states of one partition, in memory, restored from their compacted topics. */
export class StateStore<S extends StateTopics> {
  readonly views: StateViews<S>
  readonly #shelves: Shelf[]
  readonly #partition: number

  constructor(states: S, partition: number) {
    this.#partition = partition
    this.#shelves = Object.values(states).map((topic) => ({ topic, kept: new Map(), overlay: new Map() }))
    const names = Object.keys(states)
    this.views = Object.fromEntries(this.#shelves.map((shelf, i) => [names[i], viewOf(shelf)])) as unknown as StateViews<S>
  }

  /** Reads each state topic's partition to its end. @throws MessagingError STATE_PARTITIONS_DIFFER */
  async restore(reader: Reader, source: StateSource): Promise<number> {
    let restored = 0
    for (const { topic, kept } of this.#shelves) {
      kept.clear()
      const at = { topic: source.physical(topic.name), partition: this.#partition }
      const own = await copartitioned(reader, { topic: source.consumed, partition: this.#partition }, at.topic)
      for await (const records of reader.read(at, own.first, own.end)) {
        for (const record of records) await restoreRecord(topic, kept, record, source)
        restored += records.length
      }
    }
    return restored
  }

  /** What the batch has changed, as events of the state topics, for the partition of the state. */
  changes(): Outgoing[] {
    return this.#shelves.flatMap(({ topic, overlay }) => [...overlay.values()].map((value) => ({ ...topic.event(value), partition: this.#partition })))
  }

  /** The batch is published: what it set is what is. */
  keep(): void {
    for (const { kept, overlay } of this.#shelves) {
      for (const [key, value] of overlay) kept.set(key, value)
      overlay.clear()
    }
  }

  /** The batch failed: what it set never was. */
  drop(): void {
    for (const { overlay } of this.#shelves) overlay.clear()
  }
}

/**
 * Bounds of a partition's twin in another topic. The number of partitions of both must be the same, or a key would be in
 * one partition of the one and in another of the other.
 *
 * @throws MessagingError STATE_PARTITIONS_DIFFER
 */
export async function copartitioned(reader: Reader, { topic: consumed, partition }: TopicPartition, topic: string): Promise<{ readonly first: bigint; readonly end: bigint }> {
  const partitions = (await reader.bounds(consumed)).length
  const bounds = await reader.bounds(topic)
  const own = bounds[partition]
  if (bounds.length === partitions && own) return own
  const counts = `${topic} has ${bounds.length} partitions, ${consumed} has ${partitions}`
  throw new MessagingError('STATE_PARTITIONS_DIFFER', `${counts}: give both the same number, so that what belongs to a key is where its records are`)
}

async function restoreRecord(topic: Topic<unknown, 'compact'>, kept: Map<string, unknown>, { key: bytes, value, ...at }: KafkaRecord, source: StateSource): Promise<void> {
  if (bytes === null) return
  const key = bytes.toString()
  // What stood under the key before is past, also when what stands there now cannot be read.
  kept.delete(key)
  if (value === null) return
  try {
    const fetching = source.schemas.prepare(value)
    if (fetching) await fetching
    kept.set(key, source.schemas.decode(topic, value))
  } catch (error) {
    if (failureKind(error) !== 'poison') throw error
    source.onSkipped(at, error)
  }
}

function viewOf({ topic, kept, overlay }: Shelf): StateView<unknown> {
  return {
    get: (key) => overlay.get(key) ?? kept.get(key),
    set: (value) => {
      overlay.set(topic.event(value).key, value)
    },
  }
}
