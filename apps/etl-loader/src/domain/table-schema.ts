import type { AvroDefinition, AvroField, AvroSchema } from '@swipestream/contracts'
import type { ColumnType } from './column-type.js'
import { avroName, type SourceColumn, type SourceTable } from './source-table.js'

/** Which of Debezium's connectors the topics look like. */
export type Connector = 'mariadb' | 'mysql'

/** Schemas of a table's topic, named and shaped as Debezium's Avro (Connect's AvroConverter writes them). */
export interface TableSchemas {
  readonly key: AvroDefinition
  readonly envelope: AvroDefinition
}

/**
 * @param topic name of the topic in the cluster: the namespace of its schemas
 * @param nullableToo fields that may be null although their columns may not: see `fieldsToKeepNullable`
 */
export function tableSchemas(table: SourceTable, topic: string, connector: Connector, nullableToo: ReadonlySet<string> = new Set()): TableSchemas {
  const namespace = topic.split('.').map(avroName).join('.')
  const key = record(namespace, 'Key', table.key.map(fieldOf))
  const fields = table.columns.map((column) => (column.nullable || nullableToo.has(column.field) ? nullableFieldOf(column) : fieldOf(column)))
  const value = record(namespace, 'Value', fields)
  const envelope = record(namespace, 'Envelope', [
    { name: 'before', type: ['null', value], default: null },
    { name: 'after', type: ['null', 'Value'], default: null },
    { name: 'source', type: sourceRecord(connector) },
    { name: 'op', type: 'string' },
    { name: 'ts_ms', type: ['null', 'long'], default: null },
  ])
  return { key, envelope }
}

/** The row's record within an envelope's schema. */
export function valueSchemaOf(envelope: AvroSchema): AvroDefinition | undefined {
  const before = fieldsOf(envelope).find(({ name }) => name === 'before')?.type
  const branches: readonly AvroSchema[] = Array.isArray(before) ? before : []
  return branches.find((branch): branch is AvroDefinition => typeof branch === 'object' && 'name' in branch && branch.name === 'Value')
}

function fieldsOf(schema: AvroSchema): readonly AvroField[] {
  return typeof schema === 'object' && 'fields' in schema ? (schema.fields ?? []) : []
}

function record(namespace: string, name: string, fields: readonly AvroField[]): AvroDefinition {
  return named({ type: 'record', name, namespace, fields }, `${namespace}.${name}`)
}

/** Connect's name of a type. Avro keeps attributes that it does not know. */
function named(schema: AvroDefinition, name: string, parameters?: Readonly<Record<string, string>>): AvroDefinition {
  return { ...schema, ...(parameters === undefined ? {} : { 'connect.version': 1, 'connect.parameters': parameters }), 'connect.name': name } as AvroDefinition
}

function fieldOf({ field, type }: SourceColumn): AvroField {
  return { name: field, type: avroType(type) }
}

function nullableFieldOf({ field, type }: SourceColumn): AvroField {
  return { name: field, type: ['null', avroType(type)], default: null }
}

/**
 * The table of ADR 0018. Attributes stand in the order in which Connect's converter writes them: a key's schema must be
 * Debezium's to the letter, for its id is in the key's bytes, which decide on partition and compaction.
 */
function avroType(type: ColumnType): AvroSchema {
  switch (type.kind) {
    case 'int':
      return type.bits === 16 ? ({ type: 'int', 'connect.type': 'int16' } as AvroDefinition) : 'int'
    case 'year':
      return semantic('int', 'io.debezium.time.Year')
    case 'long':
      return 'long'
    case 'unsigned-long':
      return decimal(20, 0)
    case 'boolean':
      return 'boolean'
    case 'bits':
      return named({ type: 'bytes' }, 'io.debezium.data.Bits', { length: String(type.length) })
    case 'float':
      return 'float'
    case 'double':
      return 'double'
    case 'decimal':
      return decimal(type.precision, type.scale)
    case 'text':
    case 'plain':
      return 'string'
    case 'enum':
      return named({ type: 'string' }, 'io.debezium.data.Enum', { allowed: type.values.join(',') })
    case 'set':
      return named({ type: 'string' }, 'io.debezium.data.EnumSet', { allowed: type.values.join(',') })
    case 'json':
      return semantic('string', 'io.debezium.data.Json')
    case 'bytes':
      return 'bytes'
    case 'date':
      return semantic('int', 'io.debezium.time.Date')
    case 'time':
      return semantic('long', 'io.debezium.time.MicroTime')
    case 'date-time':
      return semantic('long', type.unit === 'ms' ? 'io.debezium.time.Timestamp' : 'io.debezium.time.MicroTimestamp')
    case 'timestamp':
      return semantic('string', 'io.debezium.time.ZonedTimestamp')
  }
}

function semantic(type: string, name: string): AvroDefinition {
  return { type, 'connect.version': 1, 'connect.name': name } as AvroDefinition
}

function decimal(precision: number, scale: number): AvroDefinition {
  const type = named({ type: 'bytes', scale, precision } as AvroDefinition, 'org.apache.kafka.connect.data.Decimal', { scale: String(scale), 'connect.decimal.precision': String(precision) })
  return { ...type, logicalType: 'decimal' }
}

/** What Debezium says of where a record comes from. Extract does not read the log: its place in it is empty. */
function sourceRecord(connector: Connector): AvroDefinition {
  const name = `io.debezium.connector.${connector}`
  const optional = (field: string, type: string): AvroField => ({ name: field, type: ['null', type], default: null })
  return named(
    {
      type: 'record',
      name: 'Source',
      namespace: name,
      fields: [
        { name: 'version', type: 'string' },
        { name: 'connector', type: 'string' },
        { name: 'name', type: 'string' },
        { name: 'ts_ms', type: 'long' },
        { name: 'snapshot', type: ['string', 'null'], default: 'false' },
        { name: 'db', type: 'string' },
        optional('sequence', 'string'),
        optional('ts_us', 'long'),
        optional('ts_ns', 'long'),
        optional('table', 'string'),
        { name: 'server_id', type: 'long' },
        optional('gtid', 'string'),
        { name: 'file', type: 'string' },
        { name: 'pos', type: 'long' },
        { name: 'row', type: 'int' },
        optional('thread', 'long'),
        optional('query', 'string'),
      ],
    },
    `${name}.Source`,
  )
}
