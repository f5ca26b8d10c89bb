import type { Topic } from '@swipestream/contracts'
import { MessagingError } from '../errors.js'
import type { KafkaRecord, Reader, TopicPartition } from '../kafka/ports.js'
import type { Outgoing, StateTopics, StateView, StateViews } from '../received.js'
import type { Schemas } from '../schemas.js'
import { failureKind } from './failure.js'

/** What stands under a key. */
interface Kept {
  /** Bytes, until it is asked for: of most keys a partition has, nobody asks soon, and bytes take a fraction of the memory. */
  value: unknown
  /** When it was written, by the broker's clock: milliseconds since the Unix epoch. */
  readonly at: number
  /** Of the record it was restored from; -1n when it was not. */
  readonly offset: bigint
}

interface Shelf {
  readonly name: string
  readonly topic: Topic<unknown, 'compact'>
  /** Those that were not written for longest come first. */
  readonly kept: Map<string, Kept>
  /** What the batch under way has set; undefined for what it has removed. */
  readonly overlay: Map<string, unknown>
  /** What it has found to be too old. */
  readonly expired: string[]
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

/** Keys that are removed with one batch for their age: it must not grow much by them. */
const mostExpired = 100

/** The states of one partition, in memory, restored from their compacted topics. */
export class StateStore<S extends StateTopics> {
  readonly views: StateViews<S>
  readonly #shelves: Shelf[]
  readonly #partition: number
  readonly #source: StateSource
  readonly #ttlMs: number

  /** @param ttlMs a key that is not written for so long is removed */
  constructor(states: S, partition: number, source: StateSource, ttlMs = Number.POSITIVE_INFINITY) {
    this.#partition = partition
    this.#source = source
    this.#ttlMs = ttlMs
    this.#shelves = Object.values(states).map((topic) => ({ name: source.physical(topic.name), topic, kept: new Map(), overlay: new Map(), expired: [] }))
    const names = Object.keys(states)
    this.views = Object.fromEntries(this.#shelves.map((shelf, i) => [names[i], this.#viewOf(shelf)])) as unknown as StateViews<S>
  }

  /**
   * Reads each state topic's partition to its end; gives the number of records.
   *
   * @param partitions of the topic consumed
   * @param onProgress told of offsets that were read and of all there are, now and then
   * @throws MessagingError STATE_PARTITIONS_DIFFER
   */
  async restore(reader: Reader, partitions: number, onProgress: (read: number, all: number) => void = () => undefined): Promise<number> {
    const partition = this.#partition
    const topics = []
    for (const { name, kept } of this.#shelves) {
      topics.push({ name, kept, ...(await copartitioned(reader, { topic: this.#source.consumed, partition, partitions }, name)) })
    }
    const all = topics.reduce((sum, { first, end }) => sum + Number(end - first), 0)
    let [restored, read] = [0, 0]
    for (const { name, kept, first, end } of topics) {
      kept.clear()
      for await (const records of reader.read({ topic: name, partition }, first, end)) {
        for (const record of records) await this.#restoreRecord(kept, record)
        restored += records.length
        onProgress(read + Number((records.at(-1)?.offset ?? first - 1n) + 1n - first), all)
      }
      read += Number(end - first)
    }
    return restored
  }

  /**
   * What the batch has changed, as events of the state topics, for the partition of the state.
   *
   * @param now time of the batch, by the broker's clock: it decides which keys are too old
   */
  changes(now: number): Outgoing[] {
    const partition = this.#partition
    return this.#shelves.flatMap((shelf) => {
      const { topic, overlay, expired } = shelf
      expired.splice(0, expired.length, ...this.#tooOld(shelf, now))
      const changed = Array.from(overlay, ([key, value]) => (value === undefined ? topic.tombstone(key) : topic.event(value)))
      return [...changed, ...expired.map((key) => topic.tombstone(key))].map((event) => ({ ...event, partition }))
    })
  }

  /** The batch is published: what it set is what is. */
  keep(now: number): void {
    for (const { kept, overlay, expired } of this.#shelves) {
      for (const key of expired.splice(0)) kept.delete(key)
      for (const [key, value] of overlay) {
        // To the end of the line.
        kept.delete(key)
        if (value !== undefined) kept.set(key, { value, at: now, offset: -1n })
      }
      overlay.clear()
    }
  }

  /** The batch failed: what it set never was. */
  drop(): void {
    for (const { overlay, expired } of this.#shelves) {
      overlay.clear()
      expired.length = 0
    }
  }

  #tooOld({ kept, overlay }: Shelf, now: number): string[] {
    const old: string[] = []
    for (const [key, { at }] of kept) {
      if (at >= now - this.#ttlMs || old.length === mostExpired) break
      if (!overlay.has(key)) old.push(key)
    }
    return old
  }

  #viewOf(shelf: Shelf): StateView<unknown> {
    const { topic, kept, overlay } = shelf
    return {
      get: (key) => (overlay.has(key) ? overlay.get(key) : this.#kept(shelf, key)),
      set: (value) => {
        overlay.set(topic.event(value).key, value)
      },
      delete: (key) => {
        if (kept.has(key)) overlay.set(key, undefined)
        else overlay.delete(key)
      },
    }
  }

  #kept({ name, topic, kept }: Shelf, key: string): unknown {
    const found = kept.get(key)
    if (!(found?.value instanceof Buffer)) return found?.value
    try {
      return (found.value = this.#source.schemas.decode(topic, found.value))
    } catch (error) {
      if (failureKind(error) !== 'poison') throw error
      kept.delete(key)
      this.#source.onSkipped({ topic: name, partition: this.#partition, offset: found.offset }, error)
      return undefined
    }
  }

  async #restoreRecord(kept: Map<string, Kept>, { key: bytes, value, timestamp, ...at }: KafkaRecord): Promise<void> {
    if (bytes === null) return
    const key = bytes.toString()
    // What stood under the key before is past, also when what stands there now cannot be read.
    kept.delete(key)
    if (value === null) return
    try {
      const fetching = this.#source.schemas.prepare(value)
      if (fetching) await fetching
      // Copied: the answer it came in need not be kept for it.
      kept.set(key, { value: Buffer.from(value), at: timestamp, offset: at.offset })
    } catch (error) {
      if (failureKind(error) !== 'poison') throw error
      this.#source.onSkipped(at, error)
    }
  }
}

/**
 * Bounds of a partition's twin in another topic. The number of partitions of both must be the same, or a key would be in
 * one partition of the one and in another of the other.
 *
 * @throws MessagingError STATE_PARTITIONS_DIFFER
 */
export async function copartitioned(
  reader: Reader, { topic: consumed, partition, partitions }: TopicPartition & { readonly partitions: number }, topic: string,
): Promise<{ readonly first: bigint; readonly end: bigint }> {
  const bounds = await reader.bounds(topic)
  const own = bounds[partition]
  if (bounds.length === partitions && own) return own
  const counts = `${topic} has ${bounds.length} partitions, ${consumed} has ${partitions}`
  throw new MessagingError('STATE_PARTITIONS_DIFFER', `${counts}: give both the same number, so that what belongs to a key is where its records are`)
}
