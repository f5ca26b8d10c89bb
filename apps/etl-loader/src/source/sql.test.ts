import { describe, expect, test } from 'vitest'
import type { SourceColumn, SourceTable } from '../domain/source-table.js'
import type { ColumnType } from '../domain/column-type.js'
import { literal, TableSql } from './sql.js'
import { cut } from './safe-time.js'

const column = (name: string, type: ColumnType): SourceColumn => ({ name, field: name, type, declared: type.kind, nullable: false })
const table = (key: SourceColumn[], ...more: SourceColumn[]): SourceTable => ({
  database: 'd', name: 'a`b', columns: [...key, ...more], key, mode: 'watermark', change: { ...column('at', { kind: 'timestamp' }), precision: 3, indexed: true }, deletes: 'sweep', softDelete: null, estimate: 0,
})
const id = column('id', { kind: 'long' })
const code = column('code', { kind: 'text' })

describe('a statement', () => {
  test('reads rows after a key by an index, whatever the names', () => {
    expect(new TableSql(table([id])).rowsAfter(['7'], 10)).toBe('SELECT `id` FROM `d`.`a``b` WHERE (`id` > 7) ORDER BY `id` LIMIT 10')
    expect(new TableSql(table([id, code])).rowsAfter(['7', "it's"], 10)).toBe(
      "SELECT `id`, `code` FROM `d`.`a``b` WHERE (`id` >= 7 AND ((`id` > 7) OR (`id` = 7 AND `code` > 'it\\'s'))) ORDER BY `id`, `code` LIMIT 10",
    )
  })

  test('compares an enum by its number, as rows are ordered', () => {
    const sql = new TableSql(table([column('e', { kind: 'enum', values: ['b', 'a'] })]))
    expect(sql.rowsAfter(['2'], 1)).toBe('SELECT `e`, `e`+0 FROM `d`.`a``b` WHERE (`e` > 2) ORDER BY `e` LIMIT 1')
    expect(sql.keysAmong([['a']])).toContain("WHERE `e` IN ('a')")
  })

  test('reads floats with all their digits', () => {
    expect(new TableSql(table([id], column('f', { kind: 'float' }), column('g', { kind: 'double' }))).rowsAfter(null, 1)).toContain('CAST(`f`+0e0 AS CHAR), CAST(`g` AS CHAR)')
  })

  test('reads what has changed since a time, or since a row of that time', () => {
    const sql = new TableSql(table([id]))
    expect(sql.changedSince('2026-01-01 00:00:00.000', null, 5)).toContain("WHERE `at` >= '2026-01-01 00:00:00.000' ORDER BY `at`, `id` LIMIT 5")
    expect(sql.changedSince('2026-01-01 00:00:00.000', ['7'], 5)).toContain("AND (`at` > '2026-01-01 00:00:00.000' OR (`id` > 7))")
  })

  test.each<[ColumnType['kind'], string, string]>([
    ['text', "a\\'; DROP TABLE x; -- ", "'a\\\\\\'; DROP TABLE x; -- '"],
    ['text', '\0', "'\\0'"],
    ['bytes', '00ff', "X'00ff'"],
    ['double', '1e-7', '1e-7'],
    ['double', '0.5', '0.5e0'],
    ['decimal', '-1.50', '-1.50'],
  ])('has a %s as a constant of its type', (kind, key, expected) => {
    expect(literal({ kind } as ColumnType, key)).toBe(expected)
  })

  test.each<[ColumnType['kind'], string]>([['long', '1 OR 1=1'], ['decimal', '1,2'], ['bytes', "00' OR '"], ['double', '1e5)'], ['bits', '']])('never has a %s that is none', (kind, key) => {
    expect(() => literal({ kind } as ColumnType, key)).toThrow(/form of its type/)
  })
})

describe('a time that the watermark may reach', () => {
  test.each([['2026-01-01 00:00:01.999999', 0, '2026-01-01 00:00:01'], ['2026-01-01 00:00:01.999999', 3, '2026-01-01 00:00:01.999'], ['2026-01-01 00:00:01', 6, '2026-01-01 00:00:01.000000']])(
    '%s has %i digits of a fraction: %s',
    (time, precision, expected) => {
      expect(cut(time, precision)).toBe(expected)
    },
  )
})
