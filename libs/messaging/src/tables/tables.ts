import type { Topic } from '@swipestream/contracts'
import { failureKind } from '../consumer/failure.js'
import { type Follower, type KafkaClient, type KafkaRecord, nameOf, type Progress, type TopicPartition } from '../kafka/ports.js'
import { retryDelay } from '../kafka/retry-delay.js'
import type { StateTopics } from '../received.js'
import type { Schemas } from '../schemas.js'
import { Table, type TableView } from './table.js'
import { TablePartition } from './table-partition.js'

export interface TablesParts {
  readonly client: KafkaClient
  readonly schemas: Pick<Schemas, 'prepare' | 'decode'>
  /** Name in the cluster of a topic. */
  readonly physical: (name: string) => string
  readonly observe: TablesObserver
}

export interface TablesObserver {
  /** What keeps a part of the tables from being read, or null: nothing (any more). */
  trouble(part: string, error: Error | null): void
  /** So many keys are held of a partition; so many records of it are not yet read. */
  held(at: TopicPartition, keys: number, behind: number): void
  /** A value that cannot be read: its key is without one. */
  skipped(at: TopicPartition, error: unknown): void
  /** The partition is followed no more. */
  released(at: TopicPartition): void
}

/** Told of the keys that changed. */
export type TableListener = (keys: readonly string[]) => void

/** Tables of one partition: views by the names a handler has for them. */
export interface PartitionTables {
  readonly views: Readonly<Record<string, TableView<unknown>>>
  /** Resolves when all is read that was there when they were opened. */
  readonly loaded: Promise<unknown>
  release(): void
}

interface Followed {
  readonly at: TopicPartition
  readonly partition: TablePartition<unknown>
  readonly onChange: TableListener
}

type CompactTopic = StateTopics[string]

/**
 * Compacted topics as tables in memory, followed for as long as the service runs: what other services, or other
 * handlers, have last said of each key. A table is behind its topic by milliseconds; whoever must be able to repeat a
 * decision notes down what it has taken from one.
 */
export class Tables {
  readonly #parts: TablesParts
  readonly #follower: Follower
  readonly #followed = new Map<string, Followed>()
  readonly #whole = new Map<string, { readonly topic: CompactTopic; readonly table: Table<unknown>; readonly listeners: TableListener[] }>()
  readonly #closing = new AbortController()

  /** @param whole topics that are read with all their partitions */
  constructor(parts: TablesParts, whole: readonly CompactTopic[]) {
    this.#parts = parts
    for (const topic of whole) this.#whole.set(topic.name, { topic, table: new Table(), listeners: [] })
    this.#follower = parts.client.follower({
      records: (at, records, progress) => this.#take(at, records, progress),
      health: (error) => parts.observe.trouble('reading', error),
    })
  }

  /** A table that is read whole. @throws Error for a topic that is not listed under `tables` of MessagingModule.forRoot */
  of<T>(topic: Topic<T, 'compact'>): TableView<T> {
    return this.#listed(topic.name).table as TableView<T>
  }

  /** Calls the listener after each change of a table that is read whole, also while it is loaded. */
  onChange(topic: { readonly name: string }, listener: TableListener): void {
    this.#listed(topic.name).listeners.push(listener)
  }

  /** Reads the whole tables; gives true when all is read that was there at the beginning, false when it was closed before. */
  async load(): Promise<boolean> {
    await Promise.all([...this.#whole.values()].map(async ({ topic, table, listeners }) => {
      const name = this.#parts.physical(topic.name)
      const count = await this.#partitionsOf(name)
      const partitions = Array.from({ length: count }, (_, partition) =>
        this.#follow({ topic: name, partition }, topic, (keys) => {
          for (const listener of listeners) listener(keys)
        }).partition,
      )
      for (const partition of partitions) table.add(partition)
      await Promise.all(partitions.map(({ loaded }) => loaded))
    }))
    return !this.#closing.signal.aborted
  }

  /** Follows a partition of these topics, until it is released. */
  open(topics: Readonly<Record<string, CompactTopic>>, partition: number): PartitionTables {
    const opened = Object.entries(topics).map(([name, topic]) => {
      const at = { topic: this.#parts.physical(topic.name), partition }
      return { name, followed: this.#follow(at, topic, () => undefined) }
    })
    return {
      views: Object.fromEntries(opened.map(({ name, followed }) => [name, viewOf(followed.partition)])),
      loaded: Promise.all(opened.map(({ followed }) => followed.partition.loaded)),
      release: () => {
        for (const { followed } of opened) this.#release(followed)
      },
    }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#follower.close()
  }

  #follow(at: TopicPartition, topic: CompactTopic, onChange: TableListener): Followed {
    const partition = new TablePartition({ topic, schemas: this.#parts.schemas, onSkipped: (error) => this.#parts.observe.skipped(at, error) })
    const followed = { at, partition, onChange }
    // A partition that comes back soon is opened before it was released: it is read from its first record all the same.
    if (this.#followed.has(nameOf(at))) this.#follower.unfollow(at)
    this.#followed.set(nameOf(at), followed)
    this.#follower.follow(at)
    return followed
  }

  /** Not what was opened after it. */
  #release(followed: Followed): void {
    const { at } = followed
    if (this.#followed.get(nameOf(at)) !== followed) return
    this.#followed.delete(nameOf(at))
    this.#follower.unfollow(at)
    this.#parts.observe.released(at)
  }

  #take(at: TopicPartition, records: readonly KafkaRecord[], progress: Progress): void {
    const followed = this.#followed.get(nameOf(at))
    if (!followed) return
    const { partition, onChange } = followed
    const { changed, waits } = partition.take(records, progress)
    this.#parts.observe.held(at, partition.size, Number(progress.end - progress.next))
    if (waits) void this.#waitFor(followed, waits.record, waits.schema)
    if (changed.length > 0) onChange(changed)
  }

  /** Nothing of the partition is read while it waits, or it would pile up here. */
  async #waitFor(followed: Followed, record: KafkaRecord, schema: Promise<void>): Promise<void> {
    const { at, partition } = followed
    const part = `schema of a record of ${nameOf(at)}`
    this.#follower.unfollow(at)
    let from = record.offset
    for (let asked: Promise<void> | undefined = schema, attempt = 1; asked; attempt++) {
      try {
        await asked
        asked = undefined
      } catch (error) {
        if (failureKind(error) === 'poison') {
          partition.skip(record, error)
          if (record.key) followed.onChange([record.key.toString()])
          from++
          asked = undefined
        } else {
          this.#parts.observe.trouble(part, error as Error)
          await retryDelay(attempt, this.#closing.signal)
          if (this.#closing.signal.aborted) return
          asked = record.value === null ? undefined : this.#parts.schemas.prepare(record.value)
        }
      }
    }
    this.#parts.observe.trouble(part, null)
    if (this.#followed.get(nameOf(at)) === followed) this.#follower.follow(at, from)
  }

  async #partitionsOf(topic: string): Promise<number> {
    const part = `partitions of ${topic}`
    for (let attempt = 1; !this.#closing.signal.aborted; attempt++) {
      const reader = this.#parts.client.reader()
      try {
        const { length } = await reader.bounds(topic)
        this.#parts.observe.trouble(part, null)
        return length
      } catch (error) {
        if (failureKind(error) === 'fatal') throw error
        this.#parts.observe.trouble(part, error as Error)
        await retryDelay(attempt, this.#closing.signal)
      } finally {
        await reader.close()
      }
    }
    return 0
  }

  #listed(name: string) {
    const whole = this.#whole.get(name)
    if (!whole) throw new Error(`List ${name} under \`tables\` of MessagingModule.forRoot`)
    return whole
  }
}

function viewOf(partition: TablePartition<unknown>): TableView<unknown> {
  const table = new Table()
  table.add(partition)
  return table
}
