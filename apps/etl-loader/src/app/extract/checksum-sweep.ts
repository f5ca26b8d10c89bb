import { hash } from 'node:crypto'
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

/** Rows that are compared with the topic at once: each takes about 300 bytes. More are compared by reading the topic again. */
const mostCompared = 100_000
/** Changed rows that are read by their keys at once. */
const keysRead = 500

interface Stretch {
  readonly after: readonly KeyText[] | null
  readonly upTo: readonly KeyText[] | null
}

/** A row of the source, and what the topic says of it. */
interface Compared {
  /** Hash of what begins the value of a record that says the same, and its length; null: the row counts as deleted. */
  readonly says: string | null
  readonly length: number
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
      await writeChanged(work, compared, topicRows)
    }
    if (work.table.deletes === 'sweep') await missing.remove()
    return work.commit({ kind: 'sweep', ranges: next })
  })
}

function saysSame({ says, length }: Compared, value: Buffer): boolean {
  return says !== null && hash('sha1', value.subarray(0, length), 'base64') === says
}

/** Writes those that differ: read once more, at the same moment, for they are few. */
async function writeChanged(work: TableWork, compared: ReadonlyMap<string, Compared>, topicRows: TopicRows): Promise<void> {
  const changed = [...compared].filter(([, { says, topic }]) => (says === null ? topic === 'other' : topic !== 'same')).map(([id]) => id)
  for (let from = 0; from < changed.length; from += keysRead) {
    const keys: KeyText[][] = []
    for (const id of changed.slice(from, from + keysRead)) keys.push(await topicRows.keyTexts(Buffer.from(id, 'latin1')))
    await work.source.forEach(work.sql.rowsAmong(keys), (row) => {
      const topic = compared.get(work.topic.key(row).toString('latin1'))?.topic
      work.add(topic === 'nothing' ? 'c' : 'u', row, work.now())
      return work.isFull ? work.flush() : undefined
    })
  }
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
  let given = false
  const chunk = Math.min(chunkRowsOf(work), mostCompared)
  for (const { after, upTo } of stretches) {
    let from = after
    for (let count = chunk; count === chunk; ) {
      count = 0
      await work.source.forEach(`${work.sql.rowsOfRange(from, upTo)} LIMIT ${chunk}`, (row) => {
        take(work, row, compared)
        if (++count === chunk) from = work.place(row)
        return work.isFull ? work.flush() : undefined
      })
      if (compared.size + chunk > mostCompared) {
        given = true
        yield compared
        compared = new Map()
      }
    }
  }
  if (compared.size > 0 || !given) yield compared
}

function take(work: TableWork, row: DriverRow, compared: Map<string, Compared>): void {
  const now = work.now()
  try {
    const { key, value } = work.topic.upsert('u', row, now)
    const bytes = value as Buffer
    const length = work.topic.rowLength(bytes, now)
    const says = work.converter.isDeleted(row) ? null : hash('sha1', bytes.subarray(0, length), 'base64')
    compared.set((key as Buffer).toString('latin1'), { says, length, topic: 'nothing' })
  } catch (error) {
    if (!(error instanceof ValueRefused)) throw error
    // It is refused there as well, and told of.
    work.add('u', row, now)
  }
}
