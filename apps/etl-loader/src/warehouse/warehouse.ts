import type { Cell } from '../domain/warehouse-type.js'
import type { WarehouseType } from '../domain/warehouse-type.js'
import type { WarehouseTable } from '../domain/warehouse-table.js'

/** Rows of a table that changed. Each row has a cell for each of the table's columns, in their order. */
export interface TableChange {
  readonly table: WarehouseTable
  /** Of mode `replace`: at most one of a key. */
  readonly rows: readonly (readonly Cell[])[]
  /** Keys whose row goes (`replace`), or whose personal columns are emptied, those of `rows` too (`history`): cells of the table's key. None of them has a row in `rows` of a `replace`. */
  readonly removed: readonly (readonly Cell[])[]
}

/** How far a partition of the batch's topic comes by it. */
export interface OffsetChange {
  readonly partition: number
  /** Where it stands in the warehouse; null: it was never loaded. */
  readonly from: bigint | null
  /** The next one to read. */
  readonly to: bigint
}

export interface WarehouseBatch {
  readonly topic: string
  readonly offsets: readonly OffsetChange[]
  readonly changes: readonly TableChange[]
}

/** Of whole columns: `from` <= column < `to`, in milliseconds since the Unix epoch. */
export interface Window {
  readonly column: string
  readonly from: number
  readonly to: number
}

/** How many rows, and their checksum: see `domain/checksum.ts`. */
export interface TableSum {
  readonly rows: number
  readonly checksum: string
}

/** Rows of a bucket, and the two sums of their checksum, which may be beyond 64 bits. */
export interface BucketSum {
  /** See `bucketOf` of `domain/checksum.ts`. */
  readonly bucket: string
  readonly rows: number
  readonly high: bigint
  readonly low: bigint
}

/** Records of a partition: `from` <= offset < `to`. */
export interface OffsetRange {
  readonly partition: number
  readonly from: bigint
  readonly to: bigint
}

/**
 * Where rows go: what load needs, and nothing else. How they get there (appender, staged files) is the adapter's. Every
 * method throws EtlError: ETL_WAREHOUSE_UNAVAILABLE when the same call can succeed later, ETL_WAREHOUSE_REFUSED when it
 * never will with these rows, ETL_WAREHOUSE_BROKEN when a person must look.
 */
export interface LoadTarget {
  /** Makes what it needs for itself. @throws EtlError ETL_WAREHOUSE_LOCKED when another process has it */
  open(): Promise<void>
  /** As they were when they were last evolved. */
  tables(): Promise<readonly WarehouseTable[]>
  /** The next offset to read of each partition that was loaded. */
  offsets(topic: string): Promise<ReadonlyMap<number, bigint>>
  /**
   * Makes the table as it is described: new, or with further columns and wider types. Again is as once.
   *
   * @throws EtlError ETL_TABLE_NAME_TAKEN when a table of that name is another topic's
   */
  evolve(table: WarehouseTable): Promise<void>
  /**
   * Makes all changes and moves the offsets, or does nothing.
   *
   * @throws EtlError ETL_OFFSETS_MOVED when the offsets are not where the batch says: another loader is at work. After
   *   ETL_WAREHOUSE_UNAVAILABLE it is not known whether it was done: ask for the offsets.
   */
  apply(batch: WarehouseBatch): Promise<void>
  /** Empties the personal columns of the rows where a column has one of the texts. Gives how many rows there were. */
  erase(table: WarehouseTable, column: string, texts: readonly string[]): Promise<number>
  close(): Promise<void>
}

/** A place where rows are asked about. */
export interface Warehouse extends LoadTarget {
  /** Makes the views of the star schema anew, over the system's tables, which must be there. */
  makeViews(): Promise<void>
  /** Forgets the topic: its tables and its offsets are gone. */
  reset(topic: string): Promise<void>
  /** Counts and adds up the table's rows, of all columns but those of the record's place. */
  sum(table: WarehouseTable, window?: Window): Promise<TableSum>
  /** Whether the canonical text of a column of this type is computed there as the domain computes it. */
  compares(type: WarehouseType): boolean
  /** The same of a table's rows by the bucket that their key is in; all of one moment. */
  bucketSums(table: WarehouseTable): Promise<readonly BucketSum[]>
  /** Of each row in the buckets the MD5 of its key's canonical text and that of its own; all of one moment. */
  rowSums(table: WarehouseTable, buckets: Iterable<string>, take: (key: string, row: string) => void): Promise<void>
  /** Counts and adds up rows whose records are in one of the ranges. */
  offsetSum(table: WarehouseTable, ranges: readonly OffsetRange[]): Promise<TableSum>
  /** What a column has in the rows where another has this text, each once. */
  lookUp(table: WarehouseTable, column: string, by: string, text: string): Promise<string[]>
}
