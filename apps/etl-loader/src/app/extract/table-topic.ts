import { type AvroSchema, changelog, ContractError, type Encode, type Row, rowEncoder, type RowValue, type SchemaRegistry } from '@swipestream/contracts'
import type { RecordToSend } from '@swipestream/messaging'
import { type DriverRow, rowConverter, type RowConverter } from '../../domain/row-converter.js'
import { fieldsToKeepNullable, hasNewFields, meaningsChanged } from '../../domain/schema-change.js'
import type { SourceTable } from '../../domain/source-table.js'
import { type Connector, tableSchemas } from '../../domain/table-schema.js'
import { ValueRefused } from '../../domain/value-refused.js'
import { EtlError } from '../../errors.js'

export interface TopicOptions {
  readonly registry: SchemaRegistry
  /** What names of topics and subjects begin with. */
  readonly namespace: string
  /** ETL_SOURCE_NAME. */
  readonly sourceName: string
  readonly connector: Connector
  readonly maxRecordBytes: number
  readonly now: () => number
}

/** `r` of a snapshot, `c` for a row that was not there before, `u` for one that may have been, `d` for one that is gone. */
export type Operation = 'r' | 'c' | 'u' | 'd'

/** Bytes of a record beside key and value, more than enough: headers, and the batch it is in. */
const recordOverhead = 1024

export function topicNameOf(sourceName: string, { database, name }: Pick<SourceTable, 'database' | 'name'>): string {
  // What Kafka does not allow in the name of a topic, as Debezium replaces it.
  return [sourceName, database, name].map((part) => part.replaceAll(/[^a-zA-Z0-9_-]/g, '_')).join('.')
}

/** Kafka's own limit of what is written at once, in bytes. */
const usualMessageBytes = 1_048_588

/** What a broker must know of a table's topic: as every compacted one, for records as large as rows may be. */
export function topicDefinitionOf(name: string, partitions: number, maxRecordBytes: number) {
  const { cleanup, config } = changelog<{ key: string }>(name, 'key', 'string', partitions)
  return { name, partitions, cleanup, config: { ...config, 'max.message.bytes': String(Math.max(usualMessageBytes, maxRecordBytes + 2 * recordOverhead)) } }
}

/** Writes rows of a table as records of its topic. */
export class TableTopic {
  /** Without the namespace. */
  readonly name: string
  /** In the cluster. */
  readonly physicalName: string
  readonly schemaId: number
  readonly converter: RowConverter
  /** Whether there are columns that the topic's rows have not: all rows must be written again. */
  readonly hasNewFields: boolean
  readonly #keySchemaId: number
  readonly #encodeKey: Encode<RowValue>
  readonly #encodeEnvelope: Encode<RowValue>
  readonly #source: Record<string, RowValue>
  readonly #now: () => number
  readonly #maxRecordBytes: number
  readonly #headers = { 'produced-by': 'etl-loader' }

  private constructor(table: SourceTable, ids: { key: number; envelope: number }, schemas: { key: AvroSchema; envelope: AvroSchema }, newFields: boolean, options: TopicOptions) {
    this.name = topicNameOf(options.sourceName, table)
    this.physicalName = options.namespace + this.name
    this.converter = rowConverter(table)
    this.schemaId = ids.envelope
    this.hasNewFields = newFields
    this.#keySchemaId = ids.key
    this.#encodeKey = rowEncoder(schemas.key)
    this.#encodeEnvelope = rowEncoder(schemas.envelope)
    this.#now = options.now
    this.#maxRecordBytes = options.maxRecordBytes
    this.#source = {
      version: '1', connector: options.connector, name: options.sourceName, ts_ms: 0, snapshot: 'false', db: table.database, sequence: null, ts_us: null, ts_ns: null,
      table: table.name, server_id: 0, gtid: null, file: '', pos: 0, row: 0, thread: null, query: null,
    }
  }

  /**
   * Registers the schemas of a table's topic.
   *
   * @param previous schema of the rows that the topic was written with last
   * @throws EtlError ETL_SCHEMA_CHANGED; ContractError of the registry
   */
  static async register(table: SourceTable, previous: AvroSchema | undefined, options: TopicOptions): Promise<TableTopic> {
    const { registry, namespace, sourceName, connector } = options
    const name = topicNameOf(sourceName, table)
    const nullable = previous === undefined ? undefined : fieldsToKeepNullable(previous, table.columns.map(({ field }) => field))
    const schemas = tableSchemas(table, namespace + name, connector, nullable)
    if (previous !== undefined) {
      refuseOtherMeanings(table, previous, schemas.envelope)
      await refuseOtherKey(table, registry, `${namespace}${name}-key`, schemas.key)
    }
    const register = async (subject: string, schema: AvroSchema): Promise<number> => {
      await registry.setCompatibility(subject, 'BACKWARD_TRANSITIVE')
      try {
        return await registry.register(subject, schema)
      } catch (error) {
        if (!(error instanceof ContractError) || error.code !== 'SCHEMA_INCOMPATIBLE') throw error
        throw schemaChanged(table, `the registry refuses its new schema (${error.message})`, { cause: error })
      }
    }
    const ids = { key: await register(`${namespace}${name}-key`, schemas.key), envelope: await register(`${namespace}${name}-value`, schemas.envelope) }
    return new TableTopic(table, ids, schemas, previous !== undefined && hasNewFields(previous, schemas.envelope), options)
  }

  /** The key's bytes. @throws ValueRefused */
  key(row: DriverRow): Buffer {
    return this.#written(() => this.#encodeKey(this.#keySchemaId, this.converter.key(row)))
  }

  /**
   * A row as it is now.
   *
   * @param changedAtMs when it was changed, or read, by the source's clock
   * @throws ValueRefused
   */
  upsert(op: Exclude<Operation, 'd'>, row: DriverRow, changedAtMs: number): RecordToSend {
    const key = this.key(row)
    const after = this.converter.value(row)
    const value = this.#written(() => this.#envelope(op, null, after, changedAtMs))
    const size = key.length + value.length + recordOverhead
    if (size > this.#maxRecordBytes) {
      throw new ValueRefused('ETL_ROW_TOO_LARGE', null, `the row takes ${size} bytes of the ${this.#maxRecordBytes} that ETL_MAX_RECORD_BYTES allows`)
    }
    return this.#record(key, value)
  }

  /** A row that is gone: what it was, as far as that is known, and the tombstone. */
  removal(key: Buffer, before: Row | null, changedAtMs: number): RecordToSend[] {
    return [this.#record(key, this.#envelopeOfRemoved(before, changedAtMs)), this.#record(key, null)]
  }

  /** Length of the part of an upsert's value that is the row: it begins with the schema, and ends before operation and source. */
  rowLength(value: Buffer, changedAtMs: number): number {
    return value.length - (this.#envelope('u', null, null, changedAtMs).length - emptyRow)
  }

  #envelopeOfRemoved(before: Row | null, changedAtMs: number): Buffer {
    try {
      return this.#envelope('d', before, null, changedAtMs)
    } catch (error) {
      // Its columns were other ones.
      if (error instanceof ContractError && error.code === 'AVRO_INVALID_VALUE') return this.#envelope('d', null, null, changedAtMs)
      throw error
    }
  }

  #envelope(op: Operation, before: Row | null, after: Row | null, changedAtMs: number): Buffer {
    this.#source['ts_ms'] = changedAtMs
    this.#source['snapshot'] = op === 'r' ? 'true' : 'false'
    return this.#encodeEnvelope(this.schemaId, { before, after, source: this.#source, op, ts_ms: this.#now() })
  }

  #written(encode: () => Buffer): Buffer {
    try {
      return encode()
    } catch (error) {
      if (error instanceof ContractError && error.code === 'AVRO_INVALID_VALUE') throw new ValueRefused('ETL_VALUE_INVALID', null, error.message)
      throw error
    }
  }

  #record(key: Buffer, value: Buffer | null): RecordToSend {
    return { topic: this.physicalName, key, value, headers: this.#headers }
  }
}

/** Header, no row before, no row after. */
const emptyRow = 5 + 1 + 1

function refuseOtherMeanings(table: SourceTable, previous: AvroSchema, next: AvroSchema): void {
  const changed = meaningsChanged(previous, next)
  if (changed.length > 0) throw schemaChanged(table, changed.map(({ field, before, now }) => `${field} was ${before} and is ${now}`).join('; '))
}

/** The bytes of a key begin with its schema's id: by another schema the same row would have two keys, in two partitions. */
async function refuseOtherKey(table: SourceTable, registry: SchemaRegistry, subject: string, schema: AvroSchema): Promise<void> {
  try {
    await registry.idOf(subject, schema)
  } catch (error) {
    if (!(error instanceof ContractError) || error.code !== 'SCHEMA_NOT_REGISTERED') throw error
    throw schemaChanged(table, `its key is not of the columns and types that it was, so each row would have a second key: it is now ${table.key.map(({ name, type }) => `${name} (${type.kind})`).join(', ')}`)
  }
}

function schemaChanged({ database, name }: SourceTable, what: string, options?: ErrorOptions): EtlError {
  return new EtlError(
    'ETL_SCHEMA_CHANGED',
    `${database}.${name} has changed so that readers of its topic would misread it: ${what}. Undo the change, or make it in a new column; or read the table to a new topic under another ETL_SOURCE_NAME`,
    options,
  )
}
