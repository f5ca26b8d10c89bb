import { describe, expect, test } from 'vitest'
import { rowConverter } from './row-converter.js'
import type { SourceColumn, SourceTable } from './source-table.js'

const columns: SourceColumn[] = [
  { name: 'id', field: 'id', type: { kind: 'long' }, declared: 'bigint(20)', nullable: false },
  { name: 'a b', field: 'a_b', type: { kind: 'bytes' }, declared: 'blob', nullable: true },
  { name: 'gone', field: 'gone', type: { kind: 'timestamp' }, declared: 'timestamp', nullable: true },
]
const table = (softDelete: SourceColumn | null): SourceTable => ({
  database: 'core', name: 'things', columns, key: [columns[0] as SourceColumn], mode: 'sweep', change: null, deletes: softDelete === null ? 'sweep' : 'soft', softDelete, estimate: 0,
})

describe('a row', () => {
  const converter = rowConverter(table(null))

  test('has its columns by their names in Avro, and its key', () => {
    const row = ['9007199254740993', Buffer.from([1]), null]
    expect(converter.value(row)).toEqual({ id: 9007199254740993n, a_b: Buffer.from([1]), gone: null })
    expect(converter.key(row)).toEqual({ id: 9007199254740993n })
    expect(converter.keyTexts(row)).toEqual(['9007199254740993'])
  })

  test.each<[string, string | number | Buffer | null, boolean]>([
    ['null', null, false], ['a time', '2024-01-01 00:00:00', true], ['0', 0, false], ['1', 1, true], ['a bit that is not set', Buffer.from([0]), false], ['a bit', Buffer.from([1]), true],
  ])('with %s in the column of the mark counts as deleted or not', (_, mark, deleted) => {
    expect(rowConverter(table(columns[2] as SourceColumn)).isDeleted([1, null, mark])).toBe(deleted)
    expect(converter.isDeleted([1, null, mark])).toBe(false)
  })

  test('that was refused can be read: bytes as digits, what is long cut with its length', () => {
    expect(converter.readable([1, Buffer.from([0, 255]), null])).toBe('{"id":1,"a b":"00ff","gone":null}')
    const long = JSON.parse(converter.readable([1, Buffer.alloc(1_000_000), null])) as { 'a b': string }
    expect(long['a b']).toMatch(/^(00){10000}… \(1000000 bytes\)$/)
  })
})
