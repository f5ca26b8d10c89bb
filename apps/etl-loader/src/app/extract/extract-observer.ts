import type { EtlError } from '../../errors.js'
import type { SnapshotProgress } from './followed-table.js'
import type { TableCounts } from './table-work.js'

/** What an extraction tells while it runs; tables as their topics are named. */
export interface ExtractObserver {
  /** Source, Kafka and registry answer: the tables are followed. */
  working(): void
  /** Something that all tables need is away; it goes on from the last checkpoints when it is back. */
  waiting(error: Error): void
  /** How far a snapshot has come. */
  snapshot(progress: SnapshotProgress): void
  /**
   * A table was looked at.
   *
   * @param counts of the run, with what this look has added
   * @param completeAt as `FollowedTable.completeAt`
   */
  looked(table: string, counts: Readonly<TableCounts>, completeAt: number | null): void
  /** A table is not followed until a person has looked at it; the others are. Told again when the reason is another one. */
  stopped(table: string, reason: EtlError): void
  /** A table that was stopped is followed again. */
  resumed(table: string): void
}
