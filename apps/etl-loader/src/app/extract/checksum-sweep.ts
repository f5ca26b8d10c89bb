import type { Reader } from '@swipestream/messaging'
import type { KeyText } from '../../domain/key-text.js'
import { keyTextOf } from '../../domain/key-text.js'
import type { DriverRow } from '../../domain/row-converter.js'
import { ValueRefused } from '../../domain/value-refused.js'
import { MissingKeys } from './missing-keys.js'
import type { KeyRange } from './position.js'
import { chunkRowsOf } from './snapshot.js'
import type { TableWork } from './table-work.js'
import { recordsOf, type TopicRows } from './topic-keys.js'

/** Rows, and bytes of them, that are compared with the topic at once. */
const mostCompared = 50_000
const mostComparedBytes = 32 * 1024 * 1024

interface Stretch {
  readonly after: readonly KeyText[] | null
  readonly upTo: readonly KeyText[] | null
}

interface Compared {
  readonly row: DriverRow
  /** What begins the value of a record that says the same; null: the row counts as deleted. */
  readonly says: Buffer | null
  /** What the topic's last record of the key is. */
  topic: 'nothing' | 'same' | 'other'
}

/**
 * Looks for changes of a table that no column tells of. The server computes the checksum of each range of keys; the rows
 * of ranges whose checksum is another than before are compared with the topic's last values, and written where they
 * differ. All of it is of one moment at the source.
 *
 * @param ranges what was on the topic after the last sweep; none: everything is compared
 */
export async function sweepChecksums(work: TableWork, ranges: readonly KeyRange[], reader: Reader, topicRows: TopicRows): Promise<void> {
  await work.settled()
  await work.atOneMoment(async () => {
    const { next, changed } = await compareRanges(work, ranges)
    if (changed.length === 0) return work.moveTo({ kind: 'sweep', ranges: next })
    const missing = new MissingKeys(work, topicRows)
    let first = true
    for await (const compared of rowsOf(work, changed)) {
      for await (const records of recordsOf(reader, work.topic.physicalName)) {
        if (compared.size > 0) {
          for (const { key, value } of records) {
            const row = key === null ? undefined : compared.get(key.toString('latin1'))
            if (row !== undefined) row.topic = value === null ? 'nothing' : saysSame(row, value) ? 'same' : 'other'
          }
        }
        if (first && work.table.deletes === 'sweep') await missing.take(records)
      }
      first = false
      for (const { row, says, topic } of compared.values()) {
        if (topic !== 'same' && (says !== null || topic === 'other')) work.add(topic === 'nothing' ? 'c' : 'u', row, work.now())
        if (work.isFull) await work.flush()
      }
    }
    if (work.table.deletes === 'sweep') await missing.remove()
    return work.commit({ kind: 'sweep', ranges: next })
  })
}

function saysSame({ says }: Compared, value: Buffer): boolean {
  return says !== null && value.subarray(0, says.length).equals(says)
}

/** Ranges as they are now, and those of them that are not as they were. */
async function compareRanges(work: TableWork, ranges: readonly KeyRange[]): Promise<{ next: KeyRange[]; changed: Stretch[] }> {
  const chunk = chunkRowsOf(work)
  const next: KeyRange[] = []
  const changed: Stretch[] = []
  let after: readonly KeyText[] | null = null
  for (const known of ranges.length > 0 ? ranges : [{ upTo: null, rows: 0, checksum: '' }]) {
    const now = await checksumOf(work, after, known.upTo)
    if (now.rows === known.rows && now.checksum === known.checksum) {
      next.push(now)
    } else {
      changed.push({ after, upTo: known.upTo })
      // A range that has grown is divided.
      next.push(...(now.rows > 2 * chunk ? await divided(work, after, known.upTo, chunk) : [now]))
    }
    after = known.upTo
  }
  // A range without a row joins the one after it, and the last one the one before.
  const joined = next.filter(({ rows }, i) => rows > 0 || i === next.length - 1)
  const last = joined.at(-1)
  if (joined.length > 1 && last?.rows === 0) joined.splice(-2, 2, { ...(joined.at(-2) as KeyRange), upTo: null })
  return { next: joined, changed }
}

async function checksumOf(work: TableWork, after: readonly KeyText[] | null, upTo: KeyText[] | null): Promise<KeyRange> {
  const [[rows, checksum] = []] = await work.source.rows(work.sql.checksumOfRange(after, upTo))
  return { upTo, rows: Number(rows), checksum: String(checksum) }
}

async function divided(work: TableWork, after: readonly KeyText[] | null, upTo: KeyText[] | null, chunk: number): Promise<KeyRange[]> {
  const parts: KeyRange[] = []
  for (let from = after; ; ) {
    const [end] = await work.source.rows(work.sql.endOfRange(from, upTo, chunk))
    if (end === undefined) return [...parts, await checksumOf(work, from, upTo)]
    const place = work.sql.order.map(({ type }, i) => keyTextOf(type, end[i] as never))
    parts.push(await checksumOf(work, from, place))
    from = place
  }
}

/** The rows of stretches, as many at a time as may be held; at least once, with none. Those that are refused go to the quarantine. */
async function* rowsOf(work: TableWork, stretches: readonly Stretch[]): AsyncGenerator<Map<string, Compared>> {
  let compared = new Map<string, Compared>()
  let bytes = 0
  let given = false
  const chunk = Math.min(chunkRowsOf(work), mostCompared)
  for (const { after, upTo } of stretches) {
    let from = after
    for (let count = chunk; count === chunk; ) {
      count = 0
      let last: KeyText[] | undefined
      let full = false
      await work.source.forEach(`${work.sql.rowsOfRange(from, upTo)} LIMIT ${chunk}`, (row) => {
        // Beyond what may be held, the rest of the result is read again.
        if (full) return
        count++
        last = work.place(row)
        const record = refusable(work, row)
        if (record === undefined) return
        compared.set((record.key as Buffer).toString('latin1'), { row, says: record.says, topic: 'nothing' })
        bytes += 2 * record.bytes
        full = bytes > mostComparedBytes
      })
      if (full) count = chunk
      if (last !== undefined) from = last
      if (compared.size >= mostCompared || bytes > mostComparedBytes) {
        given = true
        yield compared
        compared = new Map()
        bytes = 0
      }
    }
  }
  if (compared.size > 0 || !given) yield compared
}

function refusable(work: TableWork, row: DriverRow): { key: Buffer; says: Buffer | null; bytes: number } | undefined {
  const now = work.now()
  try {
    const { key, value } = work.topic.upsert('u', row, now)
    const bytes = value as Buffer
    return { key: key as Buffer, says: work.converter.isDeleted(row) ? null : bytes.subarray(0, work.topic.rowLength(bytes, now)), bytes: bytes.length }
  } catch (error) {
    if (!(error instanceof ValueRefused)) throw error
    work.add('u', row, now)
    return undefined
  }
}
