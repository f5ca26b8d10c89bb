import type { Topic } from '@swipestream/contracts'
import type { KafkaRecord, Progress } from '../kafka/ports.js'
import type { Schemas } from '../schemas.js'

export interface TablePartitionParts<T> {
  readonly topic: Topic<T, 'compact'>
  readonly schemas: Pick<Schemas, 'prepare' | 'decode'>
  /** Told of a value that cannot be read: its key is then without one. */
  readonly onSkipped: (error: unknown) => void
}

/** What became of records: the keys that changed, and the record that waits for its schema, with those behind it. */
export interface Taken {
  readonly changed: readonly string[]
  readonly waits: { readonly record: KafkaRecord; readonly schema: Promise<void> } | null
}

/**
 * What one partition of a compacted topic holds, by key. Values stay bytes until they are asked for: most are replaced
 * before, or never asked for, and bytes take a fraction of the memory.
 */
export class TablePartition<T> {
  /** Resolves when all is read that was there when reading began. */
  readonly loaded: Promise<void>
  readonly #parts: TablePartitionParts<T>
  readonly #kept = new Map<string, T | Buffer>()
  /** Why the last value of a key cannot be read. */
  readonly #unreadable = new Map<string, unknown>()
  #next = -1n
  /** Where the log ended when that was first heard. */
  #goal: bigint | null = null
  #resolve: () => void = () => undefined

  constructor(parts: TablePartitionParts<T>) {
    this.#parts = parts
    this.loaded = new Promise((resolve) => {
      this.#resolve = resolve
    })
  }

  get size(): number {
    return this.#kept.size
  }

  get(key: string): T | undefined {
    const value = this.#kept.get(key)
    return value instanceof Buffer ? this.#decoded(key, value) : (value as T | undefined)
  }

  /** Why the last value of a key cannot be read; undefined when it can, or when there is none. */
  unreadableBecause(key: string): unknown {
    this.get(key)
    return this.#unreadable.get(key)
  }

  keys(): Iterable<string> {
    return this.#kept.keys()
  }

  take(records: readonly KafkaRecord[], { next, end }: Progress): Taken {
    const [first] = records
    // The topic was made anew.
    if (first && first.offset < this.#next) {
      this.#kept.clear()
      this.#unreadable.clear()
    }
    const changed: string[] = []
    for (const record of records) {
      const schema = this.#put(record)
      if (schema) return { changed, waits: { record, schema } }
      if (record.key) changed.push(record.key.toString())
      this.#next = record.offset + 1n
    }
    this.#next = next
    this.#goal ??= end
    if (next >= this.#goal) this.#resolve()
    return { changed, waits: null }
  }

  /** The record's value cannot be read. */
  skip({ key, offset }: KafkaRecord, error: unknown): void {
    if (key) this.#drop(key.toString(), error)
    this.#next = offset + 1n
  }

  /** Gives what must be waited for first, if there is something. */
  #put({ key: bytes, value }: KafkaRecord): Promise<void> | undefined {
    if (bytes === null) return undefined
    const key = bytes.toString()
    try {
      const schema = value === null ? undefined : this.#parts.schemas.prepare(value)
      if (schema) return schema
      this.#unreadable.delete(key)
      if (value === null) this.#kept.delete(key)
      // Copied: the answer it came in need not be kept for it.
      else this.#kept.set(key, Buffer.from(value))
    } catch (error) {
      this.#drop(key, error)
    }
    return undefined
  }

  #decoded(key: string, bytes: Buffer): T | undefined {
    try {
      const value = this.#parts.schemas.decode(this.#parts.topic, bytes)
      this.#kept.set(key, value)
      return value
    } catch (error) {
      this.#drop(key, error)
      return undefined
    }
  }

  /** What stood under the key before is past. */
  #drop(key: string, error: unknown): void {
    this.#kept.delete(key)
    this.#unreadable.set(key, error)
    this.#parts.onSkipped(error)
  }
}
