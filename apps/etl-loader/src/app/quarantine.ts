import { type AvroSchema, decoder, etlQuarantine, type QuarantinedRow, type Row, rowEncoder, schemaIdOf, topics, uuidv7 } from '@swipestream/contracts'
import type { Connection, KafkaRecord, RecordToSend } from '@swipestream/messaging'
import { RowRefused } from '../domain/bank/refusal.js'
import { type BankTable, type Envelope, sourceSchemas, type SourceRows } from '../domain/bank/source-rows.js'
import { EtlError } from '../errors.js'
import { cleaned } from './clean-row.js'
import { RecordDecoder } from './record-decoder.js'
import { type SourceNames, sourceTopicName } from './source-topics.js'

/** The record of a quarantined row, as its writer wrote it. */
export interface FoundRecord {
  readonly record: KafkaRecord
  readonly schema: AvroSchema
  readonly value: Row
  /** The value is an envelope, with the row in it. */
  readonly enveloped: boolean
}

/** Looks after rows that wait to be mended. */
export class Quarantine {
  /** @param namespace of the topics */
  constructor(
    private readonly connection: Connection,
    private readonly namespace: string,
    private readonly names: SourceNames,
  ) {}

  /** Those that wait, oldest first. */
  async rows(): Promise<QuarantinedRow[]> {
    return [...(await this.connection.held(etlQuarantine)).values()].sort((a, b) => a.quarantined_at - b.quarantined_at || (a.row_id < b.row_id ? -1 : 1))
  }

  /** @throws EtlError ETL_ROW_NOT_QUARANTINED */
  async row(rowId: string): Promise<QuarantinedRow> {
    const found = (await this.connection.held(etlQuarantine)).get(rowId)
    if (found === undefined) throw new EtlError('ETL_ROW_NOT_QUARANTINED', `no row ${rowId} waits in the quarantine: \`npm run etl -- quarantine list\` tells those that do`)
    return found
  }

  /**
   * The record that was refused, which must be the last of its key where its topic is compacted.
   *
   * @throws EtlError ETL_ROW_NOT_REPLAYABLE, ETL_ROW_SUPERSEDED
   */
  async recordOf({ row_id, source_topic, code }: QuarantinedRow): Promise<FoundRecord> {
    if (code === 'ETL_SPEND_TOO_LATE') throw new EtlError('ETL_ROW_NOT_REPLAYABLE', `${row_id} came too late and would again: drop it`)
    const [, partition, offset] = /\/(\d+)\/(\d+)$/.exec(row_id) ?? []
    if (partition === undefined || offset === undefined) throw new EtlError('ETL_ROW_NOT_REPLAYABLE', `${row_id} never was on a topic: mend it where it comes from, then drop it here`)
    const topic = this.namespace + source_topic
    const at = { topic, partition: Number(partition) }
    const reader = this.connection.client.reader()
    let record: KafkaRecord | undefined
    try {
      const bounds = (await reader.bounds(topic))[at.partition]
      const compacted = topics.find(({ name }) => name === source_topic)?.cleanup !== 'delete'
      for await (const records of reader.read(at, BigInt(offset), bounds?.end ?? 0n)) {
        for (const each of records) {
          if (each.offset === BigInt(offset)) record = each
          else if (record !== undefined && compacted && sameKey(each, record)) throw superseded(row_id)
        }
        const beyond = records.some((each) => each.offset > BigInt(offset))
        if (record === undefined ? beyond : !compacted) break
      }
    } finally {
      await reader.close()
    }
    if (!record?.value) throw superseded(row_id)
    const { schema, value } = await new RecordDecoder(this.connection.registry).decode(record.value)
    const row = value as Row
    return { record, schema, value: row, enveloped: 'after' in row && 'op' in row }
  }

  /**
   * Writes the row, with these columns changed, to its topic again and takes it out of the quarantine, both or none.
   *
   * @throws EtlError ETL_ROW_STILL_REFUSED for a row of the bank that would come back; ContractError AVRO_INVALID_VALUE
   */
  async replay(row: QuarantinedRow, found: FoundRecord, columns: Row, by: string): Promise<void> {
    const { record, schema, value, enveloped } = found
    const mended = enveloped
      ? { ...value, before: null, after: { ...(value['after'] as Row), ...columns }, op: 'u', ...('ts_ms' in value ? { ts_ms: Date.now() } : {}) }
      : { ...value, ...columns }
    const bytes = rowEncoder(schema)(schemaIdOf(record.value as Buffer), mended)
    this.#requireClean(row, bytes, schema)
    const headers = { 'message-id': uuidv7(), 'produced-by': 'etl', 'mended-from': row.row_id, 'mended-by': by }
    await this.#write([{ topic: record.topic, partition: record.partition, key: record.key, value: bytes, headers }, this.#gone(row.row_id)])
  }

  /** Takes rows out of the quarantine, and does nothing else. */
  async drop(rowIds: readonly string[]): Promise<void> {
    await this.#write(rowIds.map((rowId) => this.#gone(rowId)))
  }

  #requireClean({ row_id, source_topic }: QuarantinedRow, bytes: Buffer, schema: AvroSchema): void {
    const table = (Object.keys(sourceSchemas) as BankTable[]).find((name) => sourceTopicName(this.names, name) === source_topic)
    if (table === undefined) return
    const { after, ts_ms } = decoder<Envelope<SourceRows[BankTable]>>(sourceSchemas[table]).decode(bytes, () => schema)
    try {
      if (after !== null) cleaned(table, after, ts_ms)
    } catch (error) {
      if (!(error instanceof RowRefused)) throw error
      throw new EtlError('ETL_ROW_STILL_REFUSED', `${row_id} would be refused again: ${error.code}${error.field === null ? '' : `, ${error.field}`}: ${error.message} Set the column by: npm run etl -- quarantine fix ${row_id} --set column=value`)
    }
  }

  #gone(rowId: string): RecordToSend {
    return { topic: this.namespace + etlQuarantine.name, key: Buffer.from(rowId), value: null, headers: { 'message-id': uuidv7(), 'produced-by': 'etl' } }
  }

  async #write(records: readonly RecordToSend[]): Promise<void> {
    const producer = this.connection.client.transactionalProducer(`${this.namespace}etl-quarantine`)
    try {
      await producer.open()
      await producer.write(records)
    } finally {
      await producer.close()
    }
  }
}

function sameKey(a: KafkaRecord, b: KafkaRecord): boolean {
  return a.key !== null && b.key !== null && a.key.equals(b.key)
}

function superseded(rowId: string): EtlError {
  return new EtlError('ETL_ROW_SUPERSEDED', `the topic has a later version of ${rowId}, or the row was deleted: it leaves the quarantine when that is handled; drop it if it stays`)
}
