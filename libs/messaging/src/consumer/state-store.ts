import type { Topic } from '@swipestream/contracts'
import type { Reader, RecordToSend, TopicPartition } from '../kafka/ports.js'
import type { Outgoing, StateTopics, StateView, StateViews } from '../received.js'
import type { Schemas } from '../schemas.js'
import { failureKind } from './failure.js'

interface Shelf {
  readonly topic: Topic<unknown, 'compact'>
  readonly kept: Map<string, unknown>
  /** What the batch under way has set. */
  readonly overlay: Map<string, unknown>
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

  /**
   * Reads each state topic's partition to its end.
   *
   * @param onSkipped told of a record that cannot be read; its key is then without state.
   */
  async restore(
    reader: Reader,
    schemas: Schemas,
    physical: (name: string) => string,
    onSkipped: (at: TopicPartition & { offset: bigint }, error: unknown) => void,
    signal: AbortSignal,
  ): Promise<number> {
    let restored = 0
    for (const { topic, kept } of this.#shelves) {
      kept.clear()
      const at = { topic: physical(topic.name), partition: this.#partition }
      const bounds = (await reader.bounds(at.topic))[at.partition]
      if (!bounds) continue
      for await (const records of reader.read(at, bounds.first, bounds.end)) {
        signal.throwIfAborted()
        for (const { key, value, offset } of records) {
          if (key === null) continue
          if (value === null) kept.delete(key.toString())
          else {
            try {
              await schemas.prepare(value)
              kept.set(key.toString(), schemas.decode(topic, value))
            } catch (error) {
              if (failureKind(error) !== 'poison') throw error
              onSkipped({ ...at, offset }, error)
            }
          }
        }
        restored += records.length
      }
    }
    return restored
  }

  /** What the batch has changed, as records of the state topics, in the partition of the state. */
  changes(seal: (event: Outgoing) => RecordToSend): RecordToSend[] {
    return this.#shelves.flatMap(({ topic, overlay }) => [...overlay.values()].map((value) => seal({ ...topic.event(value), partition: this.#partition })))
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

function viewOf({ topic, kept, overlay }: Shelf): StateView<unknown> {
  return {
    get: (key) => overlay.get(key) ?? kept.get(key),
    set: (value) => {
      overlay.set(topic.event(value).key, value)
    },
  }
}
