import { counter, gauge } from '@swipestream/platform'
import type { SnapshotProgress } from './followed-table.js'
import type { TableCounts } from './table-work.js'

/** Figures of extraction, by table as its topic is named. */
export class ExtractMetrics {
  readonly #rows = counter({ name: 'etl_extract_rows_total', help: 'Rows by table and what became of them: written, deleted, quarantined', labels: ['table', 'outcome'] })
  readonly #snapshotRows = gauge({ name: 'etl_extract_snapshot_rows', help: 'Rows of a snapshot that are on the topic', labels: ['table'] })
  readonly #snapshotEstimate = gauge({ name: 'etl_extract_snapshot_rows_estimated', help: 'Rows about that the table has, as the server says', labels: ['table'] })
  readonly #stopped = gauge({ name: 'etl_extract_table_stopped', help: '1 when the table is not followed until a person has looked at it, else 0', labels: ['table'] })
  readonly #errors = counter({ name: 'etl_extract_errors_total', help: 'What kept extraction from all tables for a while, by code', labels: ['code'] })
  readonly #counted = new Map<string, TableCounts>()
  readonly #completeAt = new Map<string, number>()

  constructor() {
    const completeAt = this.#completeAt
    gauge({
      name: 'etl_extract_delay_seconds',
      help: 'How far the topic may be behind the table: age of the newest moment of which all changes are on the topic',
      labels: ['table'],
      collect() {
        for (const [table, at] of completeAt) this.set({ table }, Math.max(0, performance.now() - at) / 1_000)
      },
    })
  }

  looked(table: string, counts: Readonly<TableCounts>, completeAt: number | null): void {
    const before = this.#counted.get(table) ?? { rows: 0, deleted: 0, quarantined: 0 }
    this.#rows.inc({ table, outcome: 'written' }, counts.rows - before.rows)
    this.#rows.inc({ table, outcome: 'deleted' }, counts.deleted - before.deleted)
    this.#rows.inc({ table, outcome: 'quarantined' }, counts.quarantined - before.quarantined)
    this.#counted.set(table, { rows: counts.rows, deleted: counts.deleted, quarantined: counts.quarantined })
    if (completeAt !== null) this.#completeAt.set(table, completeAt)
    this.#stopped.set({ table }, 0)
  }

  snapshot({ table, rows, estimate }: SnapshotProgress): void {
    this.#snapshotRows.set({ table }, rows)
    this.#snapshotEstimate.set({ table }, estimate)
  }

  stopped(table: string): void {
    this.#stopped.set({ table }, 1)
  }

  failed(error: Error): void {
    this.#errors.inc({ code: 'code' in error ? String(error.code) : 'UNKNOWN' })
  }
}
