import { describe, expect, test } from 'vitest'
import { type WarehouseType, commonType, scalar, text } from './warehouse-type.js'
import { widened } from './widen.js'
import { type WarehouseTable, withColumns } from './warehouse-table.js'

const decimal = (precision: number, scale: number): WarehouseType => ({ kind: 'decimal', precision, scale })
const struct = (fields: Record<string, WarehouseType>): WarehouseType => ({ kind: 'struct', fields: Object.entries(fields).map(([name, type]) => ({ name, type })) })

describe('the common type', () => {
  test.each<[string, WarehouseType, WarehouseType, WarehouseType]>([
    ['of int and long', scalar('int'), scalar('long'), scalar('long')],
    ['of int and double', scalar('int'), scalar('double'), scalar('double')],
    ['of float and double', scalar('float'), scalar('double'), scalar('double')],
    ['of long and double is a text, for a double is not exact', scalar('long'), scalar('double'), text],
    ['of decimals has room for the digits of both', decimal(5, 0), decimal(5, 4), decimal(9, 4)],
    ['of long and a decimal', scalar('long'), decimal(5, 2), decimal(21, 2)],
    ['of decimals with too many digits', decimal(38, 0), decimal(38, 38), text],
    ['of a date and a number', scalar('date'), scalar('int'), text],
    ['of lists', { kind: 'list', item: scalar('int') }, { kind: 'list', item: scalar('long') }, { kind: 'list', item: scalar('long') }],
    ['of structs has the fields of both', struct({ a: scalar('int'), b: text }), struct({ c: text, A: scalar('long') }), struct({ a: scalar('long'), b: text, c: text })],
  ])('%s', (_, a, b, common) => {
    expect(commonType(a, b)).toEqual(common)
  })
})

describe('a widened cell', () => {
  test.each<[string, WarehouseType, WarehouseType, Parameters<ReturnType<typeof widened>>[0], unknown]>([
    ['int to long', scalar('int'), scalar('long'), 5, 5n],
    ['int to decimal', scalar('int'), decimal(12, 2), 5, 500n],
    ['decimal to more digits', decimal(3, 1), decimal(5, 3), -15n, -1_500n],
    ['decimal to text', decimal(3, 1), text, -15n, '-1.5'],
    ['null', scalar('int'), text, null, null],
    ['struct to one with another field', struct({ a: scalar('int') }), struct({ b: text, a: scalar('long') }), [1], [null, 1n]],
  ])('%s', (_, from, to, cell, wide) => {
    expect(widened(from, to)(cell)).toEqual(wide)
  })
})

describe('a table', () => {
  const table: WarehouseTable = { schema: 's', name: 't', topic: 't', mode: 'append', key: [], columns: [{ name: 'a', type: scalar('int'), pii: null }, { name: 'gone', type: text, pii: null }] }

  test('takes new columns at its end, and keeps those that come no more', () => {
    const wide = withColumns(table, [{ name: 'b', type: text, pii: 'direct' }, { name: 'A', type: scalar('long'), pii: null }])
    expect(wide.columns).toEqual([{ name: 'a', type: scalar('long'), pii: null }, { name: 'gone', type: text, pii: null }, { name: 'b', type: text, pii: 'direct' }])
  })

  test('is the same object where nothing is new', () => {
    expect(withColumns(table, [{ name: 'a', type: scalar('int'), pii: null }])).toBe(table)
  })
})
