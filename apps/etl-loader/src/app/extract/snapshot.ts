import type { KeyText } from '../../domain/key-text.js'
import type { KeyRange, Position, SnapshotPosition } from './position.js'
import type { TableWork } from './table-work.js'

/** Ranges of a table whose changes are found by checksums, at most: they stand in one checkpoint. */
const mostRanges = 1000

/** Rows of a chunk: of a range, where changes are found by checksums. */
export function chunkRowsOf({ table, options }: TableWork): number {
  return table.mode === 'sweep' ? Math.max(options.chunkRows, Math.ceil(table.estimate / mostRanges)) : options.chunkRows
}

/**
 * Reads the next chunk of a snapshot: rows in the order of keys, each chunk at one moment of its own. What changes while
 * the snapshot goes on is found when changes are looked for from before its beginning; what is deleted, by looking for
 * the keys of the topic. So a kill costs one chunk, and no transaction stays open at the source.
 */
export async function readChunk(work: TableWork, position: SnapshotPosition): Promise<void> {
  const limit = chunkRowsOf(work)
  const sweeps = work.table.mode === 'sweep'
  let last: KeyText[] | null = null
  let count = 0
  await work.atOneMoment(async () => {
    const readAt = work.now()
    await work.source.forEach(work.sql.rowsAfter(position.after, limit), (row) => {
      work.add('r', row, readAt)
      count++
      if (work.isFull || count === limit) last = work.place(row)
      // A range has one checksum: it is done as a whole, or again.
      if (work.isFull) return sweeps ? work.flush() : work.commit({ kind: 'snapshot', ...position, after: last })
      return undefined
    })
    const ended = count < limit
    const upTo = ended ? null : last
    if (!sweeps) return work.commit(ended ? { kind: 'watermark', change: position.from as string, key: null } : { kind: 'snapshot', ...position, after: upTo })
    const [[rows, checksum] = []] = await work.source.rows(work.sql.checksumOfRange(position.after, upTo))
    const ranges = [...position.ranges, { upTo, rows: Number(rows), checksum: String(checksum) }]
    const next: Position = ended ? { kind: 'sweep', ranges: work.table.deletes === 'sweep' ? withOneToCompare(ranges) : ranges } : { kind: 'snapshot', ...position, after: upTo, ranges }
    return work.commit(next)
  })
}

/**
 * Lets the first sweep look at the keys of the topic, which it does when a range is not as it was: the topic may have
 * keys from before the snapshot, of a time at which another wrote it, or the table had not been altered yet.
 */
function withOneToCompare([first, ...others]: readonly KeyRange[]): KeyRange[] {
  return first === undefined ? [] : [{ ...first, checksum: '' }, ...others]
}
