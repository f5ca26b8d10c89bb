import { failureKind, type KafkaRecord, type Reader } from '@swipestream/messaging'
import { BadValue } from '../../domain/bad-value.js'
import { Checksum } from '../../domain/checksum.js'
import { rowLayout } from '../../domain/row-layout.js'
import type { WarehouseTable } from '../../domain/warehouse-table.js'
import type { Cell } from '../../domain/warehouse-type.js'
import type { OffsetRange, TableSum } from '../../warehouse/warehouse.js'
import { recordsOf } from '../extract/topic-keys.js'
import type { LoadedTopic } from '../load/loaded-topic.js'
import type { RecordDecoder } from '../record-decoder.js'
import { CanonicalRows } from './canonical-rows.js'
import { sumOf } from './look.js'
import type { TopicPlace, TopicRows } from './places.js'

/** Records of a topic as rows of what is compared. */
export class TopicRecords implements TopicPlace {
  readonly #rows: CanonicalRows
  readonly #keys: CanonicalRows

  /**
   * @param physicalName of the topic in the cluster
   * @param table the compared columns, with the types that they have in the warehouse
   * @param refused places of records that load has put into the quarantine: `<partition>/<offset>`
   */
  constructor(
    private readonly reader: Reader,
    private readonly decoder: RecordDecoder,
    private readonly physicalName: string,
    private readonly topic: LoadedTopic,
    table: WarehouseTable,
    private readonly refused: ReadonlySet<string>,
  ) {
    this.#rows = new CanonicalRows(table)
    this.#keys = CanonicalRows.ofKeys(table)
  }

  async read(wanted: (key: string) => boolean): Promise<TopicRows> {
    const rows = new Map<string, string>()
    const refused = new Set<string>()
    for await (const records of recordsOf(this.reader, this.physicalName)) {
      for (const record of records) {
        const key = await this.#key(record)
        if (key === undefined || !wanted(key)) continue
        rows.delete(key)
        refused.delete(key)
        const row = await this.#row(record)
        if (row === undefined) refused.add(key)
        else if (row !== null) rows.set(key, row)
      }
    }
    return { rows, refused }
  }

  /** Counts and adds up the records of ranges of a topic of events; those that are no rows are counted apart. */
  async sum(ranges: readonly OffsetRange[]): Promise<{ readonly sum: TableSum; readonly leftOut: number }> {
    const sum = new Checksum()
    let leftOut = 0
    for (const { partition, from, to } of ranges) {
      for await (const records of this.reader.read({ topic: this.physicalName, partition }, from, to)) {
        for (const record of records) {
          const cells = await this.#cells(record)
          if (cells) sum.add(this.#rows.md5(cells))
          else leftOut++
        }
      }
    }
    return { sum: sumOf(sum), leftOut }
  }

  /** MD5 of the key's canonical text; undefined for a record that has none that can be read: load refuses it. */
  async #key(record: KafkaRecord): Promise<string | undefined> {
    if (record.key === null) return undefined
    if (this.topic.keyColumn !== null) return this.#keys.md5([record.key.toString()])
    const { key } = record
    return orRefused(async () => {
      const { value, schema, schemaId } = this.decoder.decodeKnown(key) ?? (await this.decoder.decode(key))
      const cells = this.#keys.cells(schemaId, () => rowLayout(schema), value)
      return cells === null ? undefined : this.#keys.md5(cells)
    })
  }

  /** MD5 of the row's canonical text; null where the record removes its key, undefined where load refuses it. */
  async #row(record: KafkaRecord): Promise<string | null | undefined> {
    const cells = await this.#cells(record)
    return cells ? this.#rows.md5(cells) : cells
  }

  #cells(record: KafkaRecord): Promise<readonly Cell[] | null | undefined> {
    const { value: bytes } = record
    if (bytes === null) return Promise.resolve(this.topic.compacted ? null : undefined)
    if (this.refused.size > 0 && this.refused.has(`${record.partition}/${record.offset}`)) return Promise.resolve(undefined)
    return orRefused(async () => {
      const { value, schema, schemaId } = this.decoder.decodeKnown(bytes) ?? (await this.decoder.decode(bytes))
      return this.#rows.cells(schemaId, () => rowLayout(schema), value)
    })
  }
}

/** undefined for what load puts into the quarantine. */
async function orRefused<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof BadValue || failureKind(error) === 'poison') return undefined
    throw error
  }
}
