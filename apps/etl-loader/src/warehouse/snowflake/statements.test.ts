import { describe, expect, test } from 'vitest'
import { type WarehouseType, scalar, text } from '../../domain/warehouse-type.js'
import { placeColumns, type WarehouseTable, withColumns } from '../../domain/warehouse-table.js'
import { changeLines } from './lines.js'
import { literal } from './names.js'
import { bucketSumsSql, offsetSumSql, rowSumsSql, sumSql } from './canonical-sql.js'
import { applyStaged, evolution, firstOffset, moveOffset, ownTables, stageFile } from './statements.js'

const types: Record<string, WarehouseType> = {
  id: scalar('long'), name: text, price: { kind: 'decimal', precision: 9, scale: 2 }, made: scalar('timestamp'), clock: scalar('datetime'), day: scalar('date'), at: scalar('time'),
  bytes: scalar('blob'), data: scalar('json'), ok: scalar('boolean'), x: scalar('double'), place: { kind: 'struct', fields: [{ name: 'lat', type: scalar('double') }] }, tags: { kind: 'list', item: text },
}

const table = (mode: WarehouseTable['mode']): WarehouseTable => ({
  schema: 'bank_shop', name: 'items', topic: 'bank.shop.items', mode, key: mode === 'append' ? [] : ['id'],
  columns: [...Object.entries(types).map(([name, type]) => ({ name, type, pii: name === 'name' ? ('direct' as const) : null })), ...placeColumns],
})

/** What Snowflake is told; the parts that no test server runs are held by their wording. */
describe("Snowflake's statements", () => {
  test('are as they were reviewed', async () => {
    const change = { rows: [[]], removed: [[]] }
    const narrow = { ...table('replace'), columns: [{ name: 'id', type: scalar('long'), pii: null }, { name: 'name', type: text, pii: null }, ...placeColumns] }
    const wide = withColumns(table('replace'), [{ name: 'id', type: { kind: 'decimal', precision: 20, scale: 0 }, pii: null }, { name: 'x', type: text, pii: null }, { name: 'new', type: scalar('int'), pii: 'quasi' }])
    const all = {
      'its own tables': ownTables,
      'a new table': evolution(undefined, table('replace')),
      'a wider table': evolution(table('replace'), wide),
      'the first offset': [firstOffset('t', 1), moveOffset('t', { partition: 1, from: null, to: 5n })],
      'the next offset': [moveOffset('t', { partition: 1, from: 5n, to: 9n })],
      'a file': stageFile('/tmp/a.json', 'f1', '"STAGE_0"'),
      'rows of events': applyStaged({ table: table('append'), ...change }, 'ST'),
      'rows of keys': applyStaged({ table: table('replace'), ...change }, 'ST'),
      'rows of a history': applyStaged({ table: table('history'), ...change }, 'ST'),
      'a sum': [sumSql({ ...table('append'), columns: table('append').columns.filter(({ type }) => type.kind !== 'struct' && type.kind !== 'list') }, { column: 'made', from: 1_000, to: 2_000 })],
      'what is compared': [bucketSumsSql(narrow), rowSumsSql(narrow, ['0ab', 'fff']), offsetSumSql(narrow, [{ partition: 0, from: 1n, to: 5n }, { partition: 2, from: 0n, to: 3n }]), offsetSumSql(narrow, [])],
    }
    const page = Object.entries(all).map(([title, statements]) => `-- ${title}\n${statements.map((statement) => `${statement};\n`).join('')}`).join('\n')
    await expect(page).toMatchFileSnapshot('../../../warehouse/snowflake.golden.sql')
  })

  test('have texts that say nothing else', () => {
    expect(literal(`a'b\\'c`)).toBe(`'a''b\\\\''c'`)
  })
})

describe('a staged line', () => {
  test('has every value exactly', () => {
    const row = [2n ** 62n, 'é\n"', -5n, -1n, 1_700_000_000_123_456n, -1, 1n, new Uint8Array([0, 255]), '{"a":1}', false, 0.1, [1.5], ['a', null], 1, 2n, 0n]
    expect(changeLines({ table: table('replace'), rows: [row], removed: [[7n]] })).toBe(
      `${JSON.stringify({
        r: [
          '4611686018427387904', 'é\n"', '-0.05', '1969-12-31T23:59:59.999999Z', '2023-11-14T22:13:20.123456', '1969-12-31', '00:00:00.000001', '00ff', '{"a":1}', 'false', '0.1', { lat: '1.5' }, ['a', null],
          '1', '2', '1970-01-01T00:00:00.000000Z',
        ],
      })}\n{"d":["7"]}\n`,
    )
  })
})
