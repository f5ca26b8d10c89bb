import type { AvroSchema, RowValue } from '@swipestream/contracts'
import { describe, expect, test } from 'vitest'
import { avroColumn, fieldColumns } from './avro-column.js'
import { BadValue } from './bad-value.js'
import type { Cell, WarehouseType } from './warehouse-type.js'

const decimal = (precision: number, scale: number) => ({ type: 'bytes', logicalType: 'decimal', precision, scale }) as AvroSchema
const connect = (type: string, name: string) => ({ type, 'connect.name': name }) as AvroSchema
const logical = (type: string, logicalType: string) => ({ type, logicalType }) as AvroSchema

const cases: readonly [string, AvroSchema, RowValue, WarehouseType, Cell][] = [
  ['an int', 'int', 7, { kind: 'int' }, 7],
  ['a long', 'long', 7, { kind: 'long' }, 7n],
  ['a long of 64 bits', 'long', -9_223_372_036_854_775_808n, { kind: 'long' }, -9_223_372_036_854_775_808n],
  ['a value that may be missing', ['null', 'string'], 'x', { kind: 'text' }, 'x'],
  ['a missing value', ['null', 'long'], null, { kind: 'long' }, null],
  ['a decimal', decimal(5, 2), Buffer.from([0xff, 0x6a]), { kind: 'decimal', precision: 5, scale: 2 }, -150n],
  ['a decimal of more digits than a warehouse has', decimal(65, 2), Buffer.from([0xff, 0x6a]), { kind: 'text' }, '-1.50'],
  ['a uuid', logical('string', 'uuid'), 'a-b', { kind: 'text' }, 'a-b'],
  ['a time in milliseconds with its zone', logical('long', 'timestamp-millis'), 1_500, { kind: 'timestamp' }, 1_500_000n],
  ['one in microseconds', logical('long', 'timestamp-micros'), 1_500, { kind: 'timestamp' }, 1_500n],
  ['a date', logical('int', 'date'), -1, { kind: 'date' }, -1],
  ['a time of the day', logical('long', 'time-micros'), 1, { kind: 'time' }, 1n],
  ["MySQL's date", connect('int', 'io.debezium.time.Date'), 20_000, { kind: 'date' }, 20_000],
  ["MySQL's datetime, a clock in no zone", connect('long', 'io.debezium.time.Timestamp'), 1, { kind: 'datetime' }, 1_000n],
  ["MySQL's datetime(6)", connect('long', 'io.debezium.time.MicroTimestamp'), 1, { kind: 'datetime' }, 1n],
  ["MySQL's time", connect('long', 'io.debezium.time.MicroTime'), 1, { kind: 'time' }, 1n],
  ["MySQL's timestamp", connect('string', 'io.debezium.time.ZonedTimestamp'), '1970-01-01T01:00:00.5+01:00', { kind: 'timestamp' }, 500_000n],
  ["MySQL's json", connect('string', 'io.debezium.data.Json'), '{}', { kind: 'json' }, '{}'],
  ["MySQL's enum", connect('string', 'io.debezium.data.Enum'), 'a', { kind: 'text' }, 'a'],
  ['an enum', { type: 'enum', name: 'E', symbols: ['a'] }, 'a', { kind: 'text' }, 'a'],
  ['a list', { type: 'array', items: 'long' }, [1, 2], { kind: 'list', item: { kind: 'long' } }, [1n, 2n]],
  ['a map', { type: 'map', values: 'int' }, { a: 1 }, { kind: 'map', value: { kind: 'int' } }, [['a', 1]]],
  ['a record in a record', { type: 'record', name: 'R', fields: [{ name: 'a', type: 'long' }] }, { a: 1 }, { kind: 'struct', fields: [{ name: 'a', type: { kind: 'long' } }] }, [1n]],
  ['a record without fields', { type: 'record', name: 'R', fields: [] }, {}, { kind: 'json' }, '{}'],
  ['a number or a text', ['double', 'string'], 1.5, { kind: 'text' }, '1572864'],
  ['an int or a long, which the decoder names', ['int', 'long'], { int: 3 }, { kind: 'long' }, 3n],
]

describe('the column of an Avro type', () => {
  test.each(cases)('holds %s', (_, schema, value, type, cell) => {
    const column = avroColumn(schema)
    expect(column.type).toEqual(type)
    expect(column.read(value)).toEqual(cell)
  })

  test('is of a type defined above, by its name', () => {
    const place = { type: 'record', name: 'Place', namespace: 'a', fields: [{ name: 'x', type: 'int' }] } as const
    const [, second] = fieldColumns({ type: 'record', name: 'R', namespace: 'a', fields: [{ name: 'p', type: place }, { name: 'q', type: ['null', 'Place'] }] })
    expect(second?.column.type).toEqual({ kind: 'struct', fields: [{ name: 'x', type: { kind: 'int' } }] })
  })

  test('is JSON for a type within itself', () => {
    const [next] = fieldColumns({ type: 'record', name: 'Node', fields: [{ name: 'next', type: ['null', 'Node'] }] })
    expect(next?.column.type).toEqual({ kind: 'json' })
    expect(next?.read({ next: { next: null } })).toBe('{"next":null}')
  })

  test('has the strongest tag of what is in it', () => {
    const person = { type: 'record', name: 'P', fields: [{ name: 'a', type: 'string', pii: 'quasi' }, { name: 'b', type: 'string', pii: 'direct' }] } as const
    expect(fieldColumns({ type: 'record', name: 'R', fields: [{ name: 'p', type: person }] })[0]?.column.pii).toBe('direct')
  })

  test.each([
    ['a decimal with more digits than it says', decimal(2, 0), Buffer.from([0x03, 0xe8])],
    ['a time beyond the year 9999', logical('long', 'timestamp-millis'), 253_402_300_800_000],
    ["MySQL's span of 30 hours", connect('long', 'io.debezium.time.MicroTime'), 30 * 3_600_000_000],
    ['the 30th of February', connect('string', 'io.debezium.time.ZonedTimestamp'), '2024-02-30T00:00:00Z'],
    ['nanoseconds', logical('long', 'timestamp-nanos'), 1],
  ])('refuses %s', (_, schema, value) => {
    expect(() => avroColumn(schema).read(value)).toThrow(BadValue)
  })

  test('that is refused is named by its path, and its value is not told', () => {
    const inner = { type: 'record', name: 'I', fields: [{ name: 'at', type: logical('int', 'date') }] } as const
    const [field] = fieldColumns({ type: 'record', name: 'R', fields: [{ name: 'place', type: inner }] })
    try {
      field?.read({ place: { at: 99_999_999 } })
      expect.unreachable()
    } catch (error) {
      expect((error as BadValue).path).toEqual(['place', 'at'])
      expect((error as BadValue).message).not.toContain('99999999')
    }
  })

  test('gets another name where a warehouse could not tell two apart', () => {
    const fields = fieldColumns({ type: 'record', name: 'R', fields: [{ name: 'a', type: 'int' }, { name: 'A', type: 'int' }, { name: '_offset', type: 'int' }] }, ['_offset'])
    expect(fields.map(({ name }) => name)).toEqual(['a', 'A_2', '_offset_2'])
  })
})
