import type { Checksum } from '../../domain/checksum.js'

/** One of the places where rows of a table are: its source, its topic, the warehouse. */
export interface Place {
  /** Rows and checksum by bucket (`bucketOf`), without empty ones. */
  totals(): Promise<ReadonlyMap<string, Checksum>>
  /** Of each row in the buckets the MD5 of its key's canonical text, and that of its own. */
  rows(buckets: ReadonlySet<string>, take: (key: string, row: string) => void): Promise<void>
}

/** What a topic has of some keys. */
export interface TopicRows {
  /** MD5 of the row by that of its key. */
  readonly rows: ReadonlyMap<string, string>
  /** Keys whose last record is no row, and waits in the quarantine. */
  readonly refused: ReadonlySet<string>
}

/** A compacted topic: only who reads all of it knows which record of a key is the last. */
export interface TopicPlace {
  /** @param wanted says of a key, by its MD5, whether it is asked for: those are held in memory */
  read(wanted: (key: string) => boolean): Promise<TopicRows>
}

/** What is compared of a table. */
export interface Places {
  /** null: the topic has no source here. */
  readonly source: Place | null
  readonly topic: TopicPlace
  readonly warehouse: Place
  /** Keys whose row at the source was refused and waits in the quarantine: they are left out. */
  readonly refused: ReadonlySet<string>
  /** Whether the topic keeps what was deleted at the source. */
  readonly keepsDeleted: boolean
}
