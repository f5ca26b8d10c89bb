import type { QuarantinedRow } from '@swipestream/contracts'
import { bucketOf, Checksum } from '../../domain/checksum.js'
import { type KeyText, keyTextOf } from '../../domain/key-text.js'
import { type DriverRow, rowConverter, type RowConverter } from '../../domain/row-converter.js'
import { rowReader, type RowReader } from '../../domain/row-layout.js'
import type { SourceTable } from '../../domain/source-table.js'
import { ValueRefused } from '../../domain/value-refused.js'
import { bucketSumsSql, type ComparedColumns, isDeletedSql, isTooLongSql, keySumsSql, rowSumsSql, type RowsOf } from '../../source/canonical-sql.js'
import type { MysqlSource } from '../../source/mysql-source.js'
import { tableName, TableSql } from '../../source/sql.js'
import { CanonicalRows } from './canonical-rows.js'
import type { ComparedTable } from './compared-table.js'
import type { Place } from './places.js'

/** Rows of which the server makes a table of MD5s at once, of 40 bytes each. */
const usualRowsAtOnce = 200_000
/** Keys that the source is asked for at once. */
const keysAsked = 500

/** A table at the source. The server computes; only rows whose text is too long for it are read. */
export class SourceRows implements Place {
  readonly #sql: TableSql
  readonly #columns: ComparedColumns
  readonly #converter: RowConverter
  readonly #read: RowReader
  readonly #rows: CanonicalRows
  readonly #keys: CanonicalRows
  readonly #keyAt: readonly number[]
  readonly #present: readonly string[]

  constructor(
    private readonly source: MysqlSource,
    private readonly table: SourceTable,
    compared: ComparedTable & { readonly source: NonNullable<ComparedTable['source']> },
    private readonly rowsAtOnce = usualRowsAtOnce,
  ) {
    this.#sql = new TableSql(table)
    this.#columns = compared.source
    this.#converter = rowConverter(table)
    this.#read = rowReader(compared.source.layout.fields, compared.table, [])
    this.#rows = new CanonicalRows(compared.table)
    this.#keys = CanonicalRows.ofKeys(compared.table)
    this.#keyAt = compared.table.key.map((key) => compared.table.columns.findIndex(({ name }) => name === key))
    this.#present = table.softDelete === null ? [] : [`NOT ${isDeletedSql(table.softDelete)}`]
  }

  totals(): Promise<ReadonlyMap<string, Checksum>> {
    return this.source.atOneMoment(async () => {
      const totals = new Map<string, Checksum>()
      const totalOf = (bucket: string): Checksum => {
        const total = totals.get(bucket) ?? new Checksum()
        totals.set(bucket, total)
        return total
      }
      let after: readonly KeyText[] | null = null
      do {
        const upTo: readonly KeyText[] | null = await this.#end(after)
        const rows = this.#rowsOf(...this.#sql.conditions(after, upTo))
        let tooLong = 0
        for (const [bucket, count, high, low, beyond] of await this.source.rows(bucketSumsSql(this.#columns, rows))) {
          if (Number(count) > 0) totalOf(String(bucket)).addSums(Number(count), BigInt(String(high)), BigInt(String(low)))
          tooLong += Number(beyond)
        }
        if (tooLong > 0) await this.#tooLong(rows, (key, row) => totalOf(bucketOf(key)).add(row))
        after = upTo
      } while (after !== null)
      return totals
    })
  }

  rows(buckets: ReadonlySet<string>, take: (key: string, row: string) => void): Promise<void> {
    return this.source.atOneMoment(async () => {
      let tooLong = false
      await this.source.forEach(rowSumsSql(this.#columns, this.#rowsOf(), buckets), ([key, row]) => {
        if (row === null) tooLong = true
        else take(String(key), String(row))
      })
      if (tooLong) await this.#tooLong(this.#rowsOf(), (key, row) => buckets.has(bucketOf(key)) && take(key, row))
    })
  }

  /** MD5 of the keys of those rows that extract has refused and that are still there. */
  async refused(quarantined: readonly QuarantinedRow[]): Promise<ReadonlySet<string>> {
    const keys = quarantined.map(({ source_key }) => JSON.parse(source_key) as KeyText[]).filter((key) => key.length === this.table.key.length)
    const found = new Set<string>()
    for (let from = 0; from < keys.length; from += keysAsked) {
      const rows = await this.source.rows(keySumsSql(this.#columns, this.#rowsOf(this.#sql.among(keys.slice(from, from + keysAsked)))))
      for (const [key] of rows) found.add(String(key))
    }
    return found
  }

  #rowsOf(...conditions: readonly string[]): RowsOf {
    return { table: tableName(this.table), where: [...this.#present, ...conditions] }
  }

  async #end(after: readonly KeyText[] | null): Promise<KeyText[] | null> {
    const [end] = await this.source.rows(this.#sql.endOfRange(after, null, this.rowsAtOnce))
    return end === undefined ? null : this.#sql.order.map(({ type }, i) => keyTextOf(type, end[i] as never))
  }

  async #tooLong(rows: RowsOf, take: (key: string, row: string) => void): Promise<void> {
    await this.source.forEach(this.#sql.rowsWhere([...rows.where, isTooLongSql(this.#columns)]), (row) => {
      const cells = this.#cells(row)
      if (cells !== null) take(this.#keys.md5(this.#keyAt.map((at) => cells[at] ?? null)), this.#rows.md5(cells))
    })
  }

  /** null for a row that extract refuses: it is left out. */
  #cells(row: DriverRow): ReturnType<RowReader> | null {
    try {
      return this.#read(this.#converter.value(row), [])
    } catch (error) {
      if (error instanceof ValueRefused) return null
      throw error
    }
  }
}
