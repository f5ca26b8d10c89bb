import { setImmediate as nextTurn } from 'node:timers/promises'
import type { DecodedRow, Row } from '@swipestream/contracts'
import { failureKind, type KafkaRecord } from '@swipestream/messaging'
import { BadValue } from '../../domain/bad-value.js'
import { canonicalRow } from '../../domain/checksum.js'
import type { Cell } from '../../domain/warehouse-type.js'
import { type RowLayout, rowLayout, type RowReader, rowReader } from '../../domain/row-layout.js'
import { placeCells, placeColumns, removedColumn, type WarehouseColumn, type WarehouseTable, withColumns } from '../../domain/warehouse-table.js'
import { EtlError } from '../../errors.js'
import type { TableChange } from '../../warehouse/warehouse.js'
import type { LoadedTopic } from './loaded-topic.js'
import type { RecordDecoder } from '../record-decoder.js'
import type { TablesOf } from './system-tables.js'

/** A record that is no row, and why. */
export interface BadRecord {
  readonly record: KafkaRecord
  readonly error: Error
  /** What it says, where that much can be read. */
  readonly value: Row | null
}

/** A record, read. */
interface ReadRecord {
  readonly record: KafkaRecord
  readonly layout: RowLayout | undefined
  readonly schemaId: number
  /** Whether what stands under the key goes. */
  readonly removes: boolean
  /** What it says; null where it removes, and where its cells are known. */
  readonly row: Row | null
  /** Key as an Avro record says it; undefined where it is a text, or no key is needed, and where its cells are known. */
  readonly key: DecodedRow | undefined
  /** What it is in its table, as that was when it was read. */
  readonly ready: ReadyRow | undefined
}

/** A row of a table whose shape was known when it was read. */
interface ReadyRow {
  readonly table: WarehouseTable
  /** undefined where it removes. */
  readonly cells: Cell[] | undefined
  /** Empty where the table has no key. */
  readonly key: Cell[]
}

/** Records of a topic, made ready for its tables as they must be by then. */
export interface TopicRows {
  /** Those that must be evolved first. */
  readonly evolved: readonly WarehouseTable[]
  readonly changes: readonly TableChange[]
  readonly bad: readonly BadRecord[]
}

/** The columns that are no fields, in the order of `RowReader`'s further cells. */
const furtherColumns = [...placeColumns, removedColumn].map(({ name }) => name)

const nothing: readonly Cell[] = []

/** So many records are read without a pause: some milliseconds. */
const sliceRecords = 1_000

/** Turns records of one topic into rows of its tables. What it knows of tables and schemas grows with what it reads. */
export class TopicRowsReader {
  readonly #topic: LoadedTopic
  readonly #decoder: RecordDecoder
  readonly #layouts = new Map<number, RowLayout>()
  #tables: WarehouseTable[]
  /** By table, as it was then, and schema. */
  readonly #readers = new WeakMap<WarehouseTable, Map<number, RowReader>>()
  readonly #keyReaders = new WeakMap<WarehouseTable, Map<number, RowReader>>()

  readonly #tablesOf: TablesOf

  /**
   * @param tables of the topic, as the warehouse has them
   * @param tablesOf gives those to make where it has none
   */
  constructor(topic: LoadedTopic, decoder: RecordDecoder, tables: readonly WarehouseTable[], newTables: TablesOf) {
    this.#tablesOf = newTables
    this.#topic = topic
    this.#decoder = decoder
    this.#tables = [...tables]
  }

  /**
   * Others get their turn now and then, such as the batch before, which the warehouse works on.
   *
   * @throws ContractError REGISTRY_UNAVAILABLE, REGISTRY_REFUSED; EtlError ETL_KEY_NOT_IN_ROW
   */
  async read(records: readonly KafkaRecord[]): Promise<TopicRows> {
    const bad: BadRecord[] = []
    const found: ReadRecord[] = []
    for (const [i, record] of records.entries()) {
      if (i % sliceRecords === sliceRecords - 1) await nextTurn()
      try {
        found.push(this.#readNow(record) ?? (await this.#read(record)))
      } catch (error) {
        if (failureKind(error) !== 'poison') throw error
        bad.push({ record, error: error as Error, value: null })
      }
    }
    const evolved = this.#evolve(found)
    for (;;) {
      const known = bad.length
      const refused = new Set(bad.map(({ record }) => record))
      const good = refused.size === 0 ? found : found.filter(({ record }) => !refused.has(record))
      const changes = this.#tables.map((table) => this.#changesOf(table, good, bad)).filter(({ rows, removed }) => rows.length + removed.length > 0)
      // Where the last record of a key is bad, the one before it counts.
      if (bad.length === known) return { evolved, changes, bad }
    }
  }

  /** Without waiting: every record but the first of a schema. */
  #readNow(record: KafkaRecord): ReadRecord | undefined {
    const value = record.value === null ? null : this.#decoder.decodeKnown(record.value)
    const key = this.#topic.compacted && this.#topic.keyColumn === null && record.key !== null ? this.#decoder.decodeKnown(record.key) : null
    return value === undefined || key === undefined ? undefined : this.#readRecord(record, value, key)
  }

  async #read(record: KafkaRecord): Promise<ReadRecord> {
    const value = record.value === null ? null : await this.#decoder.decode(record.value)
    const key = this.#topic.compacted && this.#topic.keyColumn === null && record.key !== null ? await this.#decoder.decode(record.key) : null
    return this.#readRecord(record, value, key)
  }

  #readRecord(record: KafkaRecord, value: DecodedRow | null, key: DecodedRow | null): ReadRecord {
    if (this.#topic.compacted && record.key === null) throw new EtlError('ETL_ROW_UNREADABLE', 'the record has no key, and nothing tells whose row it is')
    const layout = value === null ? undefined : this.#layout(value)
    if (value === null && !this.#topic.compacted) throw new EtlError('ETL_ROW_UNREADABLE', 'the record is empty, and nothing can be removed from a topic of events')
    const row = value === null || layout === undefined ? null : layout.row(value.value)
    const schemaId = value?.schemaId ?? 0
    const ready = this.#readyRow(record, row, schemaId, key)
    return { record, layout, schemaId, removes: row === null, row: ready === undefined ? row : null, key: ready === undefined ? (key ?? undefined) : undefined, ready }
  }

  /**
   * The cells at once, where records of the schema have gone to the table before: what was decoded is then garbage while
   * it is young, and a batch holds cells alone. undefined: not yet known, or bad, which is told where all are looked at.
   */
  #readyRow(record: KafkaRecord, row: Row | null, schemaId: number, key: DecodedRow | null): ReadyRow | undefined {
    const [table, second] = this.#tables
    if (table === undefined || second !== undefined || table.mode === 'history') return undefined
    const reader = this.#readers.get(table)?.get(schemaId)
    if (row !== null && reader === undefined) return undefined
    const bad: BadRecord[] = []
    const keyCells = table.mode === 'append' ? [] : this.#keyCells(table, record, key ?? undefined, bad)
    if (keyCells === undefined) return undefined
    try {
      return { table, cells: row === null || reader === undefined ? undefined : reader(row, placeOf(record, false)), key: keyCells }
    } catch (error) {
      if (!(error instanceof BadValue)) throw error
      return undefined
    }
  }

  /** What a record says that was made ready for a table which has another shape by now. */
  #again({ record }: ReadRecord): Pick<ReadRecord, 'row' | 'key'> {
    const value = record.value === null ? null : this.#decoder.decodeKnown(record.value)
    const key = this.#topic.compacted && this.#topic.keyColumn === null && record.key !== null ? this.#decoder.decodeKnown(record.key) : undefined
    return { row: value === null || value === undefined ? null : this.#layout(value).row(value.value), key }
  }

  #layout({ schemaId, schema }: DecodedRow): RowLayout {
    let layout = this.#layouts.get(schemaId)
    if (layout === undefined) this.#layouts.set(schemaId, (layout = rowLayout(schema)))
    return layout
  }

  /** Makes room for what was read; gives the tables that changed. */
  #evolve(found: readonly ReadRecord[]): WarehouseTable[] {
    const layouts = new Map<number, { readonly layout: RowLayout; readonly key: DecodedRow | undefined }>()
    for (const { row, schemaId, layout, key } of found) if (row !== null && layout !== undefined) layouts.set(schemaId, { layout, key })
    const before = this.#tables
    for (const { layout, key } of layouts.values()) {
      if (this.#tables.length === 0) this.#tables = this.#newTables(layout.columns, key)
      else this.#tables = this.#tables.map((table) => withColumns(table, layout.columns))
    }
    return this.#tables.filter((table) => !before.includes(table))
  }

  #newTables(columns: readonly WarehouseColumn[], key: DecodedRow | undefined): WarehouseTable[] {
    const { name: topic, compacted, keyColumn } = this.#topic
    const keys = !compacted ? [] : keyColumn === null && key !== undefined ? this.#layout(key).columns.map(({ name }) => name) : [keyColumn ?? '']
    const missing = keys.filter((one) => !columns.some(({ name }) => name === one))
    if (missing.length > 0) {
      throw new EtlError('ETL_KEY_NOT_IN_ROW', `records of ${topic} have ${missing.join(', ')} in their key, and not in their row: a table cannot be kept by it. Write the columns of the key into the row too, or leave ${topic} out of ETL_LOAD_TOPICS`)
    }
    return this.#tablesOf(this.#topic, columns, keys)
  }

  #changesOf(table: WarehouseTable, found: readonly ReadRecord[], bad: BadRecord[]): TableChange {
    if (table.mode === 'append') {
      const rows: Cell[][] = []
      for (const one of found) this.#addCells(rows, table, one, bad)
      return { table, rows, removed: [] }
    }
    const rows: Cell[][] = []
    const last = new Map<Cell, ReadRecord>()
    const removed = new Map<Cell, Cell[]>()
    const types = table.key.map((name) => (table.columns.find((column) => column.name === name) as WarehouseColumn).type)
    for (const one of found) {
      const key = one.ready?.table === table ? one.ready.key : this.#keyCells(table, one.record, one.ready === undefined ? one.key : this.#again(one).key, bad)
      if (key === undefined) continue
      const [only] = key
      const name = key.length === 1 && typeof only !== 'object' ? (only as Cell) : canonicalRow(types, key)
      if (table.mode !== 'replace') this.#addCells(rows, table, one, bad, key)
      else if (one.removes) last.delete(name)
      else last.set(name, one)
      if (one.removes) removed.set(name, key)
      else if (table.mode === 'replace') removed.delete(name)
    }
    for (const one of last.values()) this.#addCells(rows, table, one, bad)
    return { table, rows, removed: [...removed.values()] }
  }

  /** Adds the record's row, where it is one; `removedKey` makes a row of a removal too. */
  #addCells(rows: Cell[][], table: WarehouseTable, one: ReadRecord, bad: BadRecord[], removedKey?: readonly Cell[]): void {
    const { record, layout, schemaId, removes, ready } = one
    if (ready?.table === table && ready.cells !== undefined) {
      rows.push(ready.cells)
      return
    }
    const place = placeOf(record, removes)
    const row = ready === undefined ? one.row : this.#again(one).row
    if (row === null || layout === undefined) {
      if (removedKey === undefined) return
      const cells: Cell[] = Array.from({ length: table.columns.length }, () => null)
      table.key.forEach((name, i) => (cells[table.columns.findIndex((column) => column.name === name)] = removedKey[i] ?? null))
      furtherColumns.forEach((name, i) => (cells[table.columns.findIndex((column) => column.name === name)] = place[i] ?? null))
      rows.push(cells)
      return
    }
    try {
      rows.push(this.#reader(table, schemaId, layout)(row, place))
    } catch (error) {
      if (!(error instanceof BadValue)) throw error
      // In a table and its history it is bad once.
      if (!bad.some((other) => other.record === record)) bad.push({ record, error: badValueError(error), value: row })
    }
  }

  #reader(table: WarehouseTable, schemaId: number, layout: RowLayout): RowReader {
    let ofTable = this.#readers.get(table)
    if (ofTable === undefined) this.#readers.set(table, (ofTable = new Map()))
    let reader = ofTable.get(schemaId)
    if (reader === undefined) ofTable.set(schemaId, (reader = rowReader(layout.fields, table, furtherColumns)))
    return reader
  }

  /** Reads the cells of a table's key out of records of a key's schema. */
  #keyReader(table: WarehouseTable, schemaId: number, layout: RowLayout): RowReader {
    let ofTable = this.#keyReaders.get(table)
    if (ofTable === undefined) this.#keyReaders.set(table, (ofTable = new Map()))
    let reader = ofTable.get(schemaId)
    if (reader === undefined) {
      const columns = table.key.map((name) => table.columns.find((column) => column.name === name) as WarehouseColumn)
      ofTable.set(schemaId, (reader = rowReader(layout.fields, { ...table, columns }, [])))
    }
    return reader
  }

  #keyCells(table: WarehouseTable, record: KafkaRecord, key: DecodedRow | undefined, bad: BadRecord[]): Cell[] | undefined {
    if (key === undefined) return [(record.key as Buffer).toString()]
    try {
      const layout = this.#layout(key)
      const row = layout.row(key.value)
      const cells = row === null ? [] : this.#keyReader(table, key.schemaId, layout)(row, nothing)
      if (cells.length === table.key.length && cells.every((cell) => cell !== null)) return cells
      throw new BadValue(`the key must have ${table.key.join(', ')}`)
    } catch (error) {
      if (!(error instanceof BadValue)) throw error
      if (!bad.some((one) => one.record === record)) bad.push({ record, error: badValueError(error), value: null })
      return undefined
    }
  }
}

/** The cells that are no fields, in the order of `furtherColumns`. */
function placeOf({ partition, offset, timestamp }: KafkaRecord, removes: boolean): Cell[] {
  const place = placeCells(partition, offset, timestamp)
  place.push(removes)
  return place
}

function badValueError(error: BadValue): EtlError {
  const field = error.path.join('.')
  return new EtlError('ETL_VALUE_OUT_OF_RANGE', `${field === '' ? 'the row' : field} does not fit its column: ${error.message}`, { cause: error, ...(field === '' ? {} : { field }) })
}
