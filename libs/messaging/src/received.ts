import type { Cleanup, Event, Topic } from '@swipestream/contracts'
import type { TableView } from './tables/table.js'

/** Where a record stands in Kafka. */
export interface Origin {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** When the broker took it. Milliseconds since the Unix epoch. */
  readonly timestamp: number
}

/** A record as a handler sees it: decoded, and of the newest schema. */
export interface Received<T> {
  readonly key: string | null
  /** The key as it stands in Kafka: for keys that are no text, such as those of tables' topics. */
  readonly keyBytes?: Buffer | null
  readonly value: T
  readonly headers: Readonly<Record<string, string>>
  readonly origin: Origin
}

/** What a handler of the topic gets as value: null, a tombstone, comes from compacted topics only. */
export type ValueOf<T, C extends Cleanup> = C extends 'compact' ? T | null : T

/** An event to publish; its topic knows its value's type. */
// oxlint-disable-next-line typescript/no-explicit-any -- events of different topics travel in one list; each was typed by its topic's `event`
export type Outgoing = Event<any>

/** The state of one partition: what the compacted topic holds for the keys of that partition. */
export interface StateView<T> {
  get(key: string): T | undefined
  /** Seen by the next `get` at once; kept when the batch is published, dropped when it fails. */
  set(value: T): void
  /** Removes what stands under the key, as `set` puts it there; nothing is written for a key that has nothing. */
  delete(key: string): void
}

/** State topics by the name a handler uses for them. */
// oxlint-disable-next-line typescript/no-explicit-any -- each state keeps its own value type through S
export type StateTopics = Readonly<Record<string, Topic<any, 'compact'>>>

export type StateViews<S extends StateTopics> = { readonly [Name in keyof S]: S[Name] extends Topic<infer T, 'compact'> ? StateView<T> : never }

export type TableViews<T extends StateTopics> = { readonly [Name in keyof T]: T[Name] extends Topic<infer V, 'compact'> ? TableView<V> : never }

export interface BatchContext<S extends StateTopics = Record<never, never>, T extends StateTopics = Record<never, never>> {
  readonly partition: number
  readonly state: StateViews<S>
  readonly tables: TableViews<T>
  /** Aborted when the partition goes to another member: what is not done by then is in vain. */
  readonly signal: AbortSignal
}

export type Produced = readonly Outgoing[] | void | Promise<readonly Outgoing[] | void>
