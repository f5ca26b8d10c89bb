import type { EtlCheckpoint, QuarantinedRow } from '@swipestream/contracts'
import type { Connection, Reader } from '@swipestream/messaging'
import type { SourceTable } from '../../domain/source-table.js'
import type { WarehouseTable } from '../../domain/warehouse-table.js'
import { describeTables } from '../../source/describe-tables.js'
import { MysqlSource } from '../../source/mysql-source.js'
import { sourceTableOf } from '../../source/source-table-of.js'
import type { Warehouse } from '../../warehouse/warehouse.js'
import { settingsOf } from '../../table-settings.js'
import { topicNameOf } from '../extract/table-topic.js'
import { loadedTopic } from '../load/loaded-topic.js'
import { RecordDecoder } from '../record-decoder.js'
import { type ComparedTable, comparedWithSource, comparedWithTopic } from './compared-table.js'
import type { Places } from './places.js'
import type { ReconcilerOptions } from './reconciler.js'
import { SourceRows } from './source-place.js'
import { TopicRecords } from './topic-place.js'
import { warehouseRows } from './warehouse-place.js'

export interface RoundParts extends Pick<ReconcilerOptions, 'namespace' | 'topics' | 'warehouse' | 'source'> {
  readonly connection: Connection
  readonly reader: Reader
  readonly quarantined: readonly QuarantinedRow[]
  readonly checkpoints: ReadonlyMap<string, EtlCheckpoint>
}

/** A table that can be compared. */
export interface OpenTable {
  readonly name: string
  readonly physicalName: string
  readonly reader: Reader
  readonly warehouse: Warehouse
  readonly table: WarehouseTable
  readonly places: Places
  /** Of a topic of events; null where it has keys. */
  readonly events: TopicRecords | null
  /** What is compared, as a text: two looks must be of the same. */
  readonly columns: string
}

/** The tables as they are now, with what is needed to look at them. */
export class Round {
  readonly #parts: RoundParts
  readonly #source: MysqlSource | null
  readonly #tables: ReadonlyMap<string, SourceTable>
  readonly #held: readonly WarehouseTable[]
  readonly #decoder: RecordDecoder
  readonly #partitions: ReadonlyMap<string, number>

  private constructor(parts: RoundParts, source: MysqlSource | null, tables: ReadonlyMap<string, SourceTable>, held: readonly WarehouseTable[], partitions: ReadonlyMap<string, number>) {
    this.#parts = parts
    this.#source = source
    this.#tables = tables
    this.#held = held
    this.#decoder = new RecordDecoder(parts.connection.registry)
    this.#partitions = partitions
  }

  /** @throws EtlError of the source, of its tables, of the warehouse; MessagingError */
  static async open(parts: RoundParts): Promise<Round> {
    const { connection, namespace, topics, warehouse, source } = parts
    await warehouse.open()
    const held = (await warehouse.tables()).filter(({ mode }) => mode !== 'history')
    const admin = connection.client.admin()
    let opened: MysqlSource | null = null
    try {
      const partitions = await admin.partitionsOf(topics.map((name) => namespace + name))
      if (source === null) return new Round(parts, null, new Map(), held, partitions)
      opened = await MysqlSource.open(source.config.ETL_SOURCE_URL)
      const tables = new Map<string, SourceTable>()
      for (const one of await describeTables(opened, source.config.ETL_TABLES)) {
        const table = sourceTableOf(one, settingsOf(source.settings, one))
        tables.set(topicNameOf(source.config.ETL_SOURCE_NAME, table), table)
      }
      return new Round(parts, opened, tables, held, partitions)
    } catch (error) {
      opened?.close()
      throw error
    } finally {
      await admin.close()
    }
  }

  /** What is needed to compare a table; a text: why it is not compared now. */
  async table(name: string): Promise<OpenTable | string> {
    const { reader, namespace, warehouse, checkpoints } = this.#parts
    const physicalName = namespace + name
    if (!this.#partitions.has(physicalName)) return 'its topic is not there'
    const source = this.#tables.get(name) ?? null
    if (source !== null && checkpoints.get(name)?.phase === 'snapshot') return 'its snapshot has not ended'
    const held = this.#held.find(({ topic }) => topic === name) ?? null
    const compares = (type: Parameters<Warehouse['compares']>[0]): boolean => warehouse.compares(type)
    if (source === null && held === null) return 'nothing of it is in the warehouse'
    const compared = source === null ? comparedWithTopic(held as WarehouseTable, compares) : comparedWithSource(source, physicalName, (this.#source as MysqlSource).connector, held, compares)
    const topic = loadedTopic(name)
    const records = new TopicRecords(reader, this.#decoder, physicalName, topic, compared.table, this.#refusedRecords(name))
    return { name, physicalName, reader, warehouse, table: compared.table, places: await this.#places(name, source, held, compared, records), events: topic.compacted ? null : records, columns: JSON.stringify(compared.table.columns) }
  }

  close(): void {
    this.#source?.close()
  }

  async #places(name: string, source: SourceTable | null, held: WarehouseTable | null, compared: ComparedTable, topic: TopicRecords): Promise<Places> {
    const { warehouse, quarantined } = this.#parts
    const hasKey = compared.table.key.every((key) => compared.held.columns.some((column) => column.name === key))
    const inWarehouse = warehouseRows(warehouse, held === null || !hasKey ? null : compared.held)
    if (source === null || compared.source === null) return { source: null, topic, warehouse: inWarehouse, refused: new Set(), keepsDeleted: false }
    const atSource = new SourceRows(this.#source as MysqlSource, source, { ...compared, source: compared.source })
    const refused = await atSource.refused(quarantined.filter(({ stage, source_topic }) => stage === 'extract' && source_topic === name))
    return { source: atSource, topic, warehouse: inWarehouse, refused, keepsDeleted: source.deletes === 'none' }
  }

  /** Places of the records that load has put into the quarantine. */
  #refusedRecords(name: string): ReadonlySet<string> {
    const { quarantined } = this.#parts
    return new Set(quarantined.filter(({ stage, source_topic }) => stage === 'load' && source_topic === name).map(({ row_id }) => row_id.slice(name.length + 1)))
  }
}
