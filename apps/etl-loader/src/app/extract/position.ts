import type { EtlCheckpoint } from '@swipestream/contracts'
import { z } from 'zod'
import type { Watermark } from '../../domain/watermark.js'

const key = z.array(z.string())
const ranges = z.array(z.object({ upTo: key.nullable(), rows: z.number(), checksum: z.string() }))

/** A range of keys, in the order of keys: from the end of the one before it up to and with `upTo`; null: to the last key. */
export type KeyRange = z.output<typeof ranges>[number]

const positions = {
  snapshot: z.object({
    /** The key after which it goes on; null at the beginning. */
    after: key.nullable(),
    /** Before the snapshot began: from there on changes are looked for when it has ended. Null where there is no change column. */
    from: z.string().nullable(),
    /** What was read, where changes are found by checksums. */
    ranges,
  }),
  watermark: z.object({
    /** Changes before this time are on the topic; of this time, those of keys up to `key`, or none. */
    change: z.string(),
    key: key.nullable(),
  }),
  sweep: z.object({ ranges }),
}

export type SnapshotPosition = z.output<typeof positions.snapshot>

/** Where the extraction of a table goes on. */
export type Position =
  | ({ readonly kind: 'snapshot' } & SnapshotPosition)
  | ({ readonly kind: 'watermark' } & Watermark)
  | { readonly kind: 'sweep'; readonly ranges: readonly KeyRange[] }

/** As it stands in a checkpoint. */
export function positionText({ kind: _kind, ...position }: Position): string {
  return JSON.stringify(position)
}

/** The position of a checkpoint; undefined when it is of another form: the table is then read from the beginning. */
export function positionOf({ phase, mode, position }: EtlCheckpoint): Position | undefined {
  const kind = phase === 'snapshot' ? 'snapshot' : mode
  const parsed = positions[kind].safeParse(JSON.parse(position))
  return parsed.success ? ({ kind, ...parsed.data } as Position) : undefined
}
