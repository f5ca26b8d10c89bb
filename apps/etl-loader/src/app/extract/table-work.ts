import { etlCheckpoints, etlQuarantine, type QuarantinedRow, type Row } from '@swipestream/contracts'
import type { Connection, RecordToSend } from '@swipestream/messaging'
import type { DriverRow } from '../../domain/row-converter.js'
import type { SourceTable } from '../../domain/source-table.js'
import { ValueRefused } from '../../domain/value-refused.js'
import { EtlError } from '../../errors.js'
import { describeTable, type DescribedTable, sameShape } from '../../source/describe-tables.js'
import type { MysqlSource } from '../../source/mysql-source.js'
import { tableName, TableSql } from '../../source/sql.js'
import { type KeyText, keyTextOf } from '../../domain/key-text.js'
import type { DriverValue } from '../../domain/convert-value.js'
import type { Position } from './position.js'
import { positionText } from './position.js'
import type { Operation, TableTopic } from './table-topic.js'
import type { TransactionWriter } from './transaction-writer.js'

/** How a table is read: its own settings, else those of all. */
export interface TableOptions {
  readonly chunkRows: number
  readonly sweepMs: number
  readonly overlapSeconds: number
  /** Seconds; 0 where the server tells which transactions are open. */
  readonly atLeastSeconds: number
}

/** What was written of a table by this run. */
export interface TableCounts {
  /** Rows written as they are now. */
  rows: number
  deleted: number
  quarantined: number
}

/** A row in the quarantine: the reason's code, and the row as a person reads it. */
export type Refused = Pick<QuarantinedRow, 'code' | 'row'>

/** Rows of a transaction, at most; and bytes after which it is written. */
const batchRows = 10_000
const batchBytes = 4 * 1024 * 1024

/** What the steps of a table's extraction share: where it is, what it has read and not yet written. */
export class TableWork {
  readonly sql: TableSql
  readonly converter: TableTopic['converter']
  #batch: RecordToSend[] = []
  #bytes = 0
  position: Position
  /** Rows written since the snapshot began. */
  rows: number
  #checkpointAt = 0

  constructor(
    readonly table: SourceTable,
    readonly described: DescribedTable,
    readonly topic: TableTopic,
    readonly source: MysqlSource,
    readonly connection: Connection,
    readonly options: TableOptions,
    readonly now: () => number,
    readonly counts: TableCounts,
    /** Its rows in the quarantine by their ids there: what was refused, and why. */
    private readonly quarantined: Map<string, Refused>,
    private readonly writer: TransactionWriter,
    start: { readonly position: Position; readonly rows: number },
  ) {
    this.sql = new TableSql(table)
    this.converter = topic.converter
    this.position = start.position
    this.rows = start.rows
  }

  /** A row's place in the order of keys. */
  place(row: DriverRow): KeyText[] {
    return this.sql.order.map(({ type, at }) => keyTextOf(type, row[at] as Exclude<DriverValue, null>))
  }

  /**
   * Takes a row to the next transaction: as it is, as removed when it counts as deleted, or to the quarantine.
   *
   * @param unless told the record, when there is one; true leaves it out
   */
  add(op: Exclude<Operation, 'd'>, row: DriverRow, changedAtMs: number, unless?: (record: RecordToSend) => boolean): void {
    try {
      const record = this.topic.upsert(op, row, changedAtMs)
      if (unless?.(record) === true) return
      if (this.converter.isDeleted(row)) this.remove(record.key as Buffer, this.converter.value(row), changedAtMs)
      else {
        this.#push(record)
        this.counts.rows++
        this.rows++
      }
      if (this.quarantined.size > 0) this.#release(row)
    } catch (error) {
      if (!(error instanceof ValueRefused)) throw error
      this.#quarantine(row, error)
    }
  }

  remove(key: Buffer, before: Row | null, changedAtMs: number): void {
    for (const record of this.topic.removal(key, before, changedAtMs)) this.#push(record)
    this.counts.deleted++
  }

  get isFull(): boolean {
    return this.#batch.length >= batchRows || this.#bytes >= batchBytes
  }

  /** Writes what was added, and where the extraction goes on, in one transaction. */
  async commit(position: Position): Promise<void> {
    this.position = position
    this.#checkpointAt = this.now()
    const batch = this.#taken()
    const checkpoint = etlCheckpoints.event({
      table: this.topic.name,
      mode: this.table.mode,
      phase: position.kind === 'snapshot' ? 'snapshot' : 'follow',
      position: positionText(position),
      schema_id: this.topic.schemaId,
      rows: this.rows,
      updated_at: this.now(),
    })
    await this.writer.write([...batch, ...this.connection.seal([checkpoint])])
  }

  /** Writes what was added. After a kill it is read, and written, once more. */
  async flush(): Promise<void> {
    if (this.#batch.length > 0) await this.writer.write(this.#taken())
  }

  /** Where it goes on, when nothing was added: written now and then, so that little is read again after a kill. */
  async moveTo(position: Position): Promise<void> {
    if (this.#batch.length > 0 || this.now() - this.#checkpointAt > 10_000) await this.commit(position)
    else this.position = position
  }

  settled(): Promise<void> {
    return this.writer.settled()
  }

  /** Reads the table at one moment, in which its columns are those that are known. @throws EtlError ETL_SOURCE_CHANGED */
  atOneMoment<T>(work: () => Promise<T>): Promise<T> {
    return this.source.atOneMoment(async () => {
      // From this on, nobody can alter the table until the transaction ends.
      await this.source.rows(`SELECT 1 FROM ${tableName(this.table)} LIMIT 0`)
      const { database, name } = this.table
      const now = await describeTable(this.source, database, name)
      if (now === undefined || !sameShape(this.described, now)) throw new EtlError('ETL_SOURCE_CHANGED', `${database}.${name} was altered`)
      return work()
    })
  }

  #taken(): RecordToSend[] {
    const batch = this.#batch
    this.#batch = []
    this.#bytes = 0
    return batch
  }

  #push(record: RecordToSend): void {
    this.#batch.push(record)
    this.#bytes += (record.value?.length ?? 0) + 100
  }

  #rowId(row: DriverRow): string {
    return `${this.topic.name}/${JSON.stringify(this.converter.keyTexts(row))}`
  }

  #quarantine(row: DriverRow, { code, column, message }: ValueRefused): void {
    const row_id = this.#rowId(row)
    const refused = { code, row: this.converter.readable(row) }
    const before = this.quarantined.get(row_id)
    // Read again, and not mended.
    if (before?.code === code && before.row === refused.row) return
    this.quarantined.set(row_id, refused)
    this.counts.quarantined++
    const event = etlQuarantine.event({
      row_id,
      stage: 'extract',
      source_topic: this.topic.name,
      source_key: JSON.stringify(this.converter.keyTexts(row)),
      code,
      field: column,
      reason: message,
      row: refused.row,
      quarantined_at: this.now(),
    })
    for (const record of this.connection.seal([event])) this.#push(record)
  }

  /** A row that was mended waits for nobody any more. */
  #release(row: DriverRow): void {
    const row_id = this.#rowId(row)
    if (!this.quarantined.delete(row_id)) return
    for (const record of this.connection.seal([etlQuarantine.tombstone(row_id)])) this.#push(record)
  }
}
