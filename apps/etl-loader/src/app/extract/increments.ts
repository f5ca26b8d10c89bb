import { hash } from 'node:crypto'
import type { DriverRow } from '../../domain/row-converter.js'
import type { ChangeColumn } from '../../domain/source-table.js'
import { nextWatermark, type Watermark } from '../../domain/watermark.js'
import { cut, safeTime } from '../../source/safe-time.js'
import type { TableWork } from './table-work.js'

/** Rows of which it is remembered that they are on the topic already. Of more, the oldest are written twice. */
const mostRemembered = 200_000

/**
 * Follows a table by its change column. Rows are read and written as soon as they are there, but the watermark stays
 * behind every transaction that may yet commit: what was changed since is read again, and written where it is new.
 */
export class Increments {
  /** Rows after the watermark that are on the topic: their time and what they are, by key. */
  readonly #written = new Map<string, { readonly change: string; readonly row: string }>()
  readonly #work: TableWork
  readonly #change: ChangeColumn
  readonly #at: number

  constructor(work: TableWork, change: ChangeColumn) {
    this.#work = work
    this.#change = change
    this.#at = work.table.columns.findIndex(({ name }) => name === change.name)
  }

  /** Reads what has changed. Gives how far the watermark is behind, in seconds, and whether the server told of open transactions. */
  async read(position: Watermark): Promise<{ readonly behind: number; readonly seesTransactions: boolean }> {
    const { source, options } = this.#work
    const safe = await safeTime(source, options.overlapSeconds, options.atLeastSeconds)
    const bound = cut(this.#change.type.kind === 'timestamp' ? safe.utc : safe.local, this.#change.precision)
    for (let cursor: Watermark | null = position; cursor !== null; ) cursor = await this.#page(cursor, bound)
    this.#forgetBefore(bound)
    return safe
  }

  /** Reads the rows after a place. Gives the last one's, when others follow. */
  async #page({ change, key }: Watermark, bound: string): Promise<Watermark | null> {
    const work = this.#work
    const limit = work.options.chunkRows
    let count = 0
    let last: Watermark | null = null
    await work.atOneMoment(() =>
      work.source.forEach(work.sql.changedSince(change, key, limit), (row) => {
        const changed = row[this.#at] as string
        this.#add(row, changed, bound)
        if (++count === limit) last = { change: changed, key: work.place(row) }
        return work.isFull ? work.flush() : undefined
      }),
    )
    const { position } = work
    if (position.kind === 'watermark') await work.moveTo({ kind: 'watermark', ...nextWatermark(position, last, bound) })
    return last
  }

  #add(row: DriverRow, changed: string, bound: string): void {
    const work = this.#work
    const parsed = Date.parse(`${changed.slice(0, 23).replace(' ', 'T')}Z`)
    const changedAtMs = Number.isNaN(parsed) ? work.now() : parsed
    work.add('u', row, changedAtMs, ({ key, value }) => {
      if (changed < bound && this.#written.size === 0) return false
      const id = (key as Buffer).toString('latin1')
      const bytes = value as Buffer
      // Of what stands before the row's own place and time, which differ with each writing.
      const now = { change: changed, row: hash('sha1', bytes.subarray(0, work.topic.rowLength(bytes, changedAtMs)), 'base64') }
      const before = this.#written.get(id)
      if (before?.change === now.change && before.row === now.row) return true
      this.#written.set(id, now)
      return false
    })
  }

  /** A row that is not on the topic any more: it may come back as it was. @param key its bytes, as Latin-1 */
  forget(key: string): void {
    this.#written.delete(key)
  }

  /** What the watermark has passed is not read again. */
  #forgetBefore(bound: string): void {
    for (const [id, { change }] of this.#written) {
      if (change < bound || this.#written.size > mostRemembered) this.#written.delete(id)
    }
  }
}
