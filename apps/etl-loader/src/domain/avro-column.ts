import type { AvroDefinition, AvroSchema, RowValue } from '@swipestream/contracts'
import { jsonOf } from './json-text.js'
import { definitionOf, nameOf, remember, type Scope } from './avro-scope.js'
import { branchName, shapeOf, shapeOfValue } from './avro-union.js'
import { BadValue } from './bad-value.js'
import { type Cell, type WarehouseType, commonType, maxDecimalDigits, scalar, text } from './warehouse-type.js'
import { decimalText } from './checksum.js'
import { distinctNames } from './distinct-names.js'
import { type Pii, piiOf, strongest } from './personal-data.js'
import { dateCell, instantCell, timeCell, zonedCell } from './time-cells.js'
import { widened } from './widen.js'

/** What a decoded value of an Avro type is in a warehouse. */
export interface AvroColumn {
  readonly type: WarehouseType
  /** The strongest tag of all that is in it. */
  readonly pii: Pii | null
  /** @throws BadValue for a value that the type cannot hold */
  read(value: RowValue): Cell
}

/** Attributes that logical types and Kafka Connect put beside a type. */
interface Attributes {
  readonly precision?: number
  readonly scale?: number
  readonly 'connect.name'?: string
}

/**
 * The column of an Avro type: logical types as Avro 1.12 defines them, Debezium's `connect.name` as its documentation
 * says ("Data type mappings" of its MySQL connector; ADR 0018). A decimal of more than 38 digits, a union whose branches
 * have no common type, become text; a type within itself becomes JSON.
 */
export function avroColumn(schema: AvroSchema): AvroColumn {
  return columnOf(schema, { namespace: undefined, known: new Map(), open: new Set() })
}

const plain = (type: WarehouseType): AvroColumn => ({ type, pii: null, read: (value) => value as Cell })

const json: AvroColumn = { type: scalar('json'), pii: null, read: (value) => (value === null ? null : jsonOf(value)) }

function columnOf(schema: AvroSchema, scope: Scope): AvroColumn {
  if (typeof schema === 'string') return named(schema, scope)
  if (Array.isArray(schema)) return unionColumn(schema as readonly AvroSchema[], scope)
  const definition = schema as AvroDefinition
  const { type } = definition
  if (typeof type !== 'string') return columnOf(type, scope)
  const logical = logicalColumn(type, definition)
  if (logical !== undefined) {
    remember(definition, scope)
    return logical
  }
  switch (type) {
    case 'array':
      return listColumn(columnOf(definition.items as AvroSchema, scope))
    case 'map':
      return mapColumn(columnOf(definition.values as AvroSchema, scope))
    case 'record':
      return recordColumn(definition, scope)
    case 'enum':
      remember(definition, scope)
      return plain(text)
    case 'fixed':
      remember(definition, scope)
      return plain(scalar('blob'))
    default:
      return named(type, scope)
  }
}

const primitives: Readonly<Record<string, AvroColumn>> = {
  null: plain(text),
  boolean: plain(scalar('boolean')),
  int: plain(scalar('int')),
  long: { type: scalar('long'), pii: null, read: (value) => (value === null ? null : BigInt(value as number | bigint)) },
  float: plain(scalar('float')),
  double: plain(scalar('double')),
  bytes: plain(scalar('blob')),
  string: plain(text),
}

function named(name: string, scope: Scope): AvroColumn {
  if (Object.hasOwn(primitives, name)) return primitives[name] as AvroColumn
  const definition = definitionOf(name, scope)
  // Decoded by a compiled schema before: a name without a definition cannot come here.
  if (definition === undefined || scope.open.has(nameOf(definition, scope))) return json
  return columnOf(definition, scope)
}

function logicalColumn(type: string, definition: AvroDefinition): AvroColumn | undefined {
  const { precision = 0, scale = 0, 'connect.name': connect = '' } = definition as Attributes
  const logical = definition.logicalType ?? ''
  const read = (to: WarehouseType['kind'], cell: (value: never) => Cell): AvroColumn => ({
    type: { kind: to } as WarehouseType,
    pii: null,
    read: (value) => (value === null ? null : cell(value as never)),
  })
  if (logical === 'decimal' && (type === 'bytes' || type === 'fixed')) return decimalColumn(precision, scale)
  switch (`${type} ${logical || connect}`) {
    case 'int date':
    case 'int io.debezium.time.Date':
      return read('date', dateCell)
    case 'int time-millis':
    case 'int io.debezium.time.Time':
      return read('time', timeCell(1_000n, 1n))
    case 'long time-micros':
    case 'long io.debezium.time.MicroTime':
      return read('time', timeCell(1n, 1n))
    case 'long io.debezium.time.NanoTime':
      return read('time', timeCell(1n, 1_000n))
    case 'long timestamp-millis':
      return read('timestamp', instantCell(1_000n, 1n))
    case 'long timestamp-micros':
      return read('timestamp', instantCell(1n, 1n))
    case 'long timestamp-nanos':
      return read('timestamp', instantCell(1n, 1_000n))
    case 'long local-timestamp-millis':
    case 'long io.debezium.time.Timestamp':
      return read('datetime', instantCell(1_000n, 1n))
    case 'long local-timestamp-micros':
    case 'long io.debezium.time.MicroTimestamp':
      return read('datetime', instantCell(1n, 1n))
    case 'long local-timestamp-nanos':
    case 'long io.debezium.time.NanoTimestamp':
      return read('datetime', instantCell(1n, 1_000n))
    case 'string io.debezium.time.ZonedTimestamp':
      return read('timestamp', zonedCell)
    case 'string io.debezium.data.Json':
      return plain(scalar('json'))
    default:
      return undefined
  }
}

/** Two's complement, big-endian (Avro 1.12, "Decimal"). */
function unscaled(bytes: Uint8Array): bigint {
  // Up to 48 bits a number is exact, and several times as fast.
  if (bytes.length <= 6) {
    let number = 0
    for (let i = 0; i < bytes.length; i++) number = number * 256 + (bytes[i] as number)
    return BigInt((bytes[0] ?? 0) > 0x7f ? number - 256 ** bytes.length : number)
  }
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  return BigInt.asIntN(bytes.length * 8, value)
}

function decimalColumn(precision: number, scale: number): AvroColumn {
  if (precision > maxDecimalDigits) return { type: text, pii: null, read: (value) => (value === null ? null : decimalText(unscaled(value as Uint8Array), scale)) }
  const limit = 10n ** BigInt(precision)
  return {
    type: { kind: 'decimal', precision, scale },
    pii: null,
    read(value) {
      if (value === null) return null
      const cell = unscaled(value as Uint8Array)
      if (cell >= limit || cell <= -limit) throw new BadValue(`it has more than ${precision} digits`)
      return cell
    },
  }
}

function listColumn(item: AvroColumn): AvroColumn {
  return {
    type: { kind: 'list', item: item.type },
    pii: item.pii,
    read: (value) => (value === null ? null : (value as readonly RowValue[]).map((one) => item.read(one))),
  }
}

function mapColumn(of: AvroColumn): AvroColumn {
  return {
    type: { kind: 'map', value: of.type },
    pii: of.pii,
    read: (value) => (value === null ? null : Object.entries(value).map(([key, one]) => [key, of.read(one as RowValue)] as const)),
  }
}

function recordColumn(definition: AvroDefinition, scope: Scope): AvroColumn {
  const fields = recordFields(definition, scope)
  // No warehouse has a struct without fields.
  if (fields.length === 0) return json
  return {
    type: { kind: 'struct', fields: fields.map(({ name, column }) => ({ name, type: column.type })) },
    pii: strongest(fields.map(({ column }) => column.pii)),
    read: (value) => (value === null ? null : fields.map((field) => field.read(value as Readonly<Record<string, RowValue>>))),
  }
}

/** A field of a record as a column. */
export interface FieldColumn {
  /** As the warehouse has it. */
  readonly name: string
  readonly column: AvroColumn
  /** Takes the field out of its record. @throws BadValue with its path */
  read(record: Readonly<Record<string, RowValue>>): Cell
}

/** Each field of a record; names that differ in case only, which are one to a warehouse, get numbers. */
export function fieldColumns(record: AvroDefinition, taken: readonly string[] = []): FieldColumn[] {
  return recordFields(record, { namespace: undefined, known: new Map(), open: new Set() }, taken)
}

function recordFields(definition: AvroDefinition, scope: Scope, taken: readonly string[] = []): FieldColumn[] {
  remember(definition, scope)
  const own = nameOf(definition, scope)
  const dot = own.lastIndexOf('.')
  const inner: Scope = { namespace: dot < 0 ? undefined : own.slice(0, dot), known: scope.known, open: new Set([...scope.open, own]) }
  const fields = definition.fields ?? []
  const names = distinctNames(fields.map(({ name }) => name), taken)
  return fields.map(({ name: field, type, pii }, i) => {
    const found = columnOf(type, inner)
    const column = { ...found, pii: strongest([piiOf(pii), found.pii]) }
    return {
      name: names[i] as string,
      column,
      read(record) {
        try {
          return found.read(record[field] ?? null)
        } catch (error) {
          throw error instanceof BadValue ? error.within(field) : error
        }
      },
    }
  })
}

function unionColumn(branches: readonly AvroSchema[], scope: Scope): AvroColumn {
  const values = branches.filter((branch) => branch !== 'null')
  const columns = values.map((branch) => columnOf(branch, scope))
  const [only] = columns
  if (only === undefined) return plain(text)
  if (columns.length === 1) return only
  const type = columns.map((column) => column.type).reduce(commonType)
  const readers = columns.map((column) => {
    const widen = widened(column.type, type)
    return (value: RowValue) => widen(column.read(value))
  })
  const shapes = values.map((branch) => shapeOf(branch, scope))
  const pii = strongest(columns.map((column) => column.pii))
  // A decoder tells branches apart by what JavaScript says of them, and names them only where that says the same of two.
  if (new Set(shapes).size === shapes.length) {
    const byShape = new Map(shapes.map((shape, i) => [shape, readers[i]]))
    return { type, pii, read: (value) => (value === null ? null : (byShape.get(shapeOfValue(value))?.(value) ?? null)) }
  }
  const byName = new Map(values.map((branch, i) => [branchName(branch, scope), readers[i]]))
  return {
    type,
    pii,
    read(value) {
      if (value === null) return null
      const [[name, inner] = ['', null]] = Object.entries(value)
      return byName.get(name)?.(inner as RowValue) ?? null
    },
  }
}
