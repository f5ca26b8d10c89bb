import type { DescribedTable } from '../../source/describe-tables.js'
import { EtlError, type EtlErrorCode } from '../../errors.js'
import type { FollowedTable } from './followed-table.js'

/** Failures that are one table's: the others are read on. What is not named here befalls all of them. */
const ofOneTable: ReadonlySet<EtlErrorCode> = new Set<EtlErrorCode>([
  'ETL_CHANGE_COLUMN_INVALID', 'ETL_COLUMN_TYPE_UNKNOWN', 'ETL_COLUMN_UNKNOWN', 'ETL_FIELD_NAMES_EQUAL', 'ETL_KEY_MISSING', 'ETL_KEY_UNUSABLE', 'ETL_SCHEMA_CHANGED',
  'ETL_SOURCE_CHANGED', 'ETL_SOURCE_FAILED', 'ETL_SOURCE_REFUSED', 'ETL_TABLE_UNKNOWN',
])

/** How often a failure that may pass is tried again before the table counts as stopped. */
const passingAttempts = 4
const firstDelayMs = 100

export function isOfOneTable(error: unknown): error is EtlError {
  return error instanceof EtlError && ofOneTable.has(error.code)
}

/** A table's way through a session: it is followed, or set aside for a while, or until a person has done something. */
export class TableLane {
  followed: FollowedTable | null = null
  /** Why it is not followed, once that is told. */
  stoppedBy: EtlError | null = null
  /** By the monotonic clock. */
  #againAt = 0
  #failures = 0

  /** @param topic as the topic is named, without the namespace */
  constructor(
    readonly name: Pick<DescribedTable, 'database' | 'name'>,
    readonly topic: string,
  ) {}

  /** Whether it is time to follow it, or to look whether it can be followed again. */
  get isDue(): boolean {
    return this.followed !== null || performance.now() >= this.#againAt
  }

  /** It works. Gives whether it had been stopped. */
  works(): boolean {
    const resumed = this.stoppedBy !== null
    this.stoppedBy = null
    this.#failures = 0
    return resumed
  }

  /**
   * Sets it aside. Gives whether it is stopped, and that is news.
   *
   * @param lookAgainMs when a stopped table is looked at again
   */
  fails(error: EtlError, lookAgainMs: number): boolean {
    this.followed = null
    this.#failures++
    const stopped = error.kind === 'fatal' || this.#failures >= passingAttempts
    this.#againAt = performance.now() + (stopped ? lookAgainMs : firstDelayMs * 2 ** this.#failures)
    if (!stopped) return false
    const news = this.stoppedBy?.message !== error.message
    this.stoppedBy = error
    return news
  }
}
