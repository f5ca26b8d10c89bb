import { type AvroDefinition, rowEncoder } from '@swipestream/contracts'
import { describe, expect, test } from 'vitest'
import { columnType, type ColumnType, type DeclaredColumn } from './column-type.js'
import { fieldsToKeepNullable, hasNewFields, meaningsChanged } from './schema-change.js'
import type { SourceColumn, SourceTable } from './source-table.js'
import { tableSchemas, valueSchemaOf } from './table-schema.js'

const declared = (dataType: string, changes: Partial<DeclaredColumn> = {}): DeclaredColumn => ({
  dataType, columnType: dataType, precision: null, scale: null, timePrecision: null, json: false, ...changes,
})
const column = (name: string, type: ColumnType, nullable = false): SourceColumn => ({ name, field: name, type, declared: type.kind, nullable })
const table = (columns: readonly SourceColumn[]): SourceTable => ({
  database: 'core', name: 'things', columns, key: [columns[0] as SourceColumn], mode: 'sweep', change: null, deletes: 'sweep', softDelete: null, estimate: 0,
})
const envelope = (...columns: SourceColumn[]) => tableSchemas(table([column('id', { kind: 'int', bits: 32 }), ...columns]), 'bank.core.things', 'mariadb').envelope
const fieldType = (type: ColumnType) => valueSchemaOf(envelope(column('c', type)))?.fields?.[1]?.type

describe('a declared column', () => {
  test.each<[DeclaredColumn, ColumnType | undefined]>([
    [declared('int', { columnType: 'int(10) unsigned' }), { kind: 'long' }],
    [declared('smallint', { columnType: 'smallint(5) unsigned' }), { kind: 'int', bits: 32 }],
    [declared('bigint', { columnType: 'bigint(20) unsigned' }), { kind: 'unsigned-long' }],
    [declared('bit', { columnType: 'bit(1)' }), { kind: 'boolean' }],
    [declared('bit', { columnType: 'bit(8)' }), { kind: 'bits', length: 8 }],
    [declared('decimal', { precision: 15, scale: 2 }), { kind: 'decimal', precision: 15, scale: 2 }],
    [declared('enum', { columnType: "enum('a','it''s','x,y')" }), { kind: 'enum', values: ['a', "it's", 'x,y'] }],
    [declared('longtext', { json: true }), { kind: 'json' }],
    [declared('datetime', { timePrecision: 3 }), { kind: 'date-time', unit: 'ms' }],
    [declared('datetime', { timePrecision: 4 }), { kind: 'date-time', unit: 'us' }],
    [declared('point'), undefined],
    [declared('vector'), undefined],
  ])('$columnType has values of its type', (given, type) => {
    expect(columnType(given)).toEqual(type)
  })
})

describe("a table's schemas", () => {
  test("are named after the topic, as Debezium's are", () => {
    const { key, envelope: value } = tableSchemas(table([column('id', { kind: 'long' })]), 'bank.core-1.things', 'mariadb')
    expect(key).toEqual({ type: 'record', name: 'Key', namespace: 'bank.core_1.things', fields: [{ name: 'id', type: 'long' }], 'connect.name': 'bank.core_1.things.Key' })
    expect(value).toMatchObject({ name: 'Envelope', namespace: 'bank.core_1.things', 'connect.name': 'bank.core_1.things.Envelope' })
    expect(value.fields?.map(({ name }) => name)).toEqual(['before', 'after', 'source', 'op', 'ts_ms'])
    expect(value.fields?.[2]?.type).toMatchObject({ name: 'Source', namespace: 'io.debezium.connector.mariadb' })
    expect(valueSchemaOf(value)).toMatchObject({ name: 'Value', 'connect.name': 'bank.core_1.things.Value' })
  })

  test.each<[ColumnType, unknown]>([
    [{ kind: 'int', bits: 16 }, { type: 'int', 'connect.type': 'int16' }],
    [{ kind: 'year' }, { type: 'int', 'connect.version': 1, 'connect.name': 'io.debezium.time.Year' }],
    [{ kind: 'long' }, 'long'],
    [
      { kind: 'unsigned-long' },
      {
        type: 'bytes', logicalType: 'decimal', precision: 20, scale: 0, 'connect.version': 1, 'connect.name': 'org.apache.kafka.connect.data.Decimal',
        'connect.parameters': { scale: '0', 'connect.decimal.precision': '20' },
      },
    ],
    [{ kind: 'bits', length: 8 }, { type: 'bytes', 'connect.version': 1, 'connect.name': 'io.debezium.data.Bits', 'connect.parameters': { length: '8' } }],
    [{ kind: 'set', values: ['a', 'b'] }, { type: 'string', 'connect.version': 1, 'connect.name': 'io.debezium.data.EnumSet', 'connect.parameters': { allowed: 'a,b' } }],
    [{ kind: 'date' }, { type: 'int', 'connect.version': 1, 'connect.name': 'io.debezium.time.Date' }],
    [{ kind: 'time' }, { type: 'long', 'connect.version': 1, 'connect.name': 'io.debezium.time.MicroTime' }],
    [{ kind: 'timestamp' }, { type: 'string', 'connect.version': 1, 'connect.name': 'io.debezium.time.ZonedTimestamp' }],
  ])('have $kind as Debezium has it', (type, expected) => {
    expect(fieldType(type)).toEqual(expected)
  })

  // Its letters are its id in the registry, and that is in each key's bytes: those of Debezium 3.5 with Apicurio's converter 2.6.
  test.each<[ColumnType, string]>([
    [{ kind: 'int', bits: 16 }, '{"type":"int","connect.type":"int16"}'],
    [{ kind: 'unsigned-long' }, '{"type":"bytes","scale":0,"precision":20,"connect.version":1,"connect.parameters":{"scale":"0","connect.decimal.precision":"20"},"connect.name":"org.apache.kafka.connect.data.Decimal","logicalType":"decimal"}'],
    [{ kind: 'date' }, '{"type":"int","connect.version":1,"connect.name":"io.debezium.time.Date"}'],
    [{ kind: 'enum', values: ['z', 'm'] }, '{"type":"string","connect.version":1,"connect.parameters":{"allowed":"z,m"},"connect.name":"io.debezium.data.Enum"}'],
    [{ kind: 'timestamp' }, '{"type":"string","connect.version":1,"connect.name":"io.debezium.time.ZonedTimestamp"}'],
  ])("have a key of $kind to the letter as Debezium's", (type, letters) => {
    const { key } = tableSchemas(table([column('id', type)]), 'bank.core.things', 'mariadb')
    expect(JSON.stringify(key)).toBe(`{"type":"record","name":"Key","namespace":"bank.core.things","fields":[{"name":"id","type":${letters}}],"connect.name":"bank.core.things.Key"}`)
  })

  test('are such that rows can be written with them', () => {
    const encode = rowEncoder(envelope(column('d', { kind: 'decimal', precision: 5, scale: 2 }, true), column('t', { kind: 'timestamp' }, true)))
    const source = {
      version: '1', connector: 'mariadb', name: 'bank', ts_ms: 0, snapshot: 'true', db: 'core', sequence: null, ts_us: null, ts_ns: null, table: 'things',
      server_id: 0, gtid: null, file: '', pos: 0, row: 0, thread: null, query: null,
    }
    const after = { id: 1, d: Buffer.from([1]), t: null }
    expect(() => encode(1, { before: null, after, source, op: 'r', ts_ms: 1 })).not.toThrow()
    expect(() => encode(1, { before: null, after: { id: 1, d: null }, source, op: 'r', ts_ms: 1 })).toThrow(/after.*t is missing/)
  })
})

describe('a changed table', () => {
  const next = (previous: AvroDefinition, columns: readonly SourceColumn[]) => {
    const all = [column('id', { kind: 'int', bits: 32 }), ...columns]
    return tableSchemas(table(all), 'bank.core.things', 'mariadb', fieldsToKeepNullable(previous, all.map(({ field }) => field))).envelope
  }

  test('has an added column as nullable with the default null, and so it stays', () => {
    const first = envelope()
    const second = next(first, [column('added', { kind: 'long' })])
    expect(valueSchemaOf(second)?.fields).toEqual([{ name: 'id', type: 'int' }, { name: 'added', type: ['null', 'long'], default: null }])
    expect(next(second, [column('added', { kind: 'long' })])).toEqual(second)
    expect([hasNewFields(first, second), hasNewFields(second, first), hasNewFields(second, second)]).toEqual([true, false, false])
  })

  test('keeps a column nullable that was', () => {
    const was = envelope(column('c', { kind: 'long' }, true))
    expect(valueSchemaOf(next(was, [column('c', { kind: 'long' })]))?.fields?.[1]?.type).toEqual(['null', 'long'])
  })

  test.each<[string, ColumnType, ColumnType]>([
    ['int to bigint', { kind: 'int', bits: 32 }, { kind: 'long' }],
    ['tinyint to int', { kind: 'int', bits: 16 }, { kind: 'int', bits: 32 }],
    ['float to double', { kind: 'float' }, { kind: 'double' }],
    ['enum to varchar', { kind: 'enum', values: ['a'] }, { kind: 'text' }],
    ['an enum with one more value', { kind: 'enum', values: ['a'] }, { kind: 'enum', values: ['a', 'b'] }],
    ['text to JSON', { kind: 'text' }, { kind: 'json' }],
    ['a decimal of more digits', { kind: 'decimal', precision: 5, scale: 2 }, { kind: 'decimal', precision: 9, scale: 2 }],
  ])('from %s goes on', (_, before, now) => {
    expect(meaningsChanged(envelope(column('c', before)), envelope(column('c', now, true)))).toEqual([])
  })

  test.each<[string, ColumnType, ColumnType]>([
    ['bigint to int', { kind: 'long' }, { kind: 'int', bits: 32 }],
    ['milliseconds to microseconds', { kind: 'date-time', unit: 'ms' }, { kind: 'date-time', unit: 'us' }],
    ['a number to a time', { kind: 'long' }, { kind: 'time' }],
    ['one scale to another', { kind: 'decimal', precision: 9, scale: 2 }, { kind: 'decimal', precision: 9, scale: 3 }],
    ['bytes to a decimal', { kind: 'bytes' }, { kind: 'decimal', precision: 9, scale: 0 }],
    ['text to a timestamp', { kind: 'text' }, { kind: 'timestamp' }],
    ['datetime to timestamp', { kind: 'date-time', unit: 'ms' }, { kind: 'timestamp' }],
    ['int to a year', { kind: 'int', bits: 32 }, { kind: 'year' }],
  ])('from %s does not', (_, before, now) => {
    expect(meaningsChanged(envelope(column('c', before, true)), envelope(column('c', now)))).toMatchObject([{ field: 'c' }])
  })
})
