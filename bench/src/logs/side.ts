import type { TestBackbone } from '@swipestream/messaging/testing'
import type { AccessLog } from './access-log.js'
import type { Running } from './process.js'

/** How all sides of a comparison write. */
export type Compression = 'none' | 'lz4'

export interface Shipping {
  readonly log: AccessLog
  /** Topics of this run alone. */
  readonly ground: TestBackbone
  /** The topic, as the broker knows it. */
  readonly topic: string
  readonly brokers: string
  readonly compression: Compression
  /** For its configuration, its state and what it says; empty. */
  readonly directory: string
}

/** Something that ships a file to a topic. */
export interface Side {
  readonly name: string
  /** Starts one process of it that knows nothing. */
  start(shipping: Shipping): Promise<Running>
  /** @throws Error when the topic, or what it remembers, is not what it should be after the last line has come */
  verify(shipping: Shipping): Promise<void>
}
