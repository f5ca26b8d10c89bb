import { type AvroSchema, rowEncoder, type RowValue } from '@swipestream/contracts'
import type { KafkaRecord } from '@swipestream/messaging'
import { describe, expect, test } from 'vitest'
import type { LoadedTopic } from './loaded-topic.js'
import { RecordDecoder } from '../record-decoder.js'
import { tablesOf } from './system-tables.js'
import { TopicRowsReader } from './topic-rows.js'

const record = (fields: Record<string, AvroSchema>, name = 'R'): AvroSchema => ({ type: 'record', name, fields: Object.entries(fields).map(([field, type]) => ({ name: field, type })) })
const date = { type: 'int', logicalType: 'date' } as const
const schemas: Record<number, AvroSchema> = { 1: record({ id: 'long' }), 2: record({ id: 'long', day: ['null', date] }), 3: record({ id: 'long', day: ['null', date], more: 'string' }), 4: record({ other: 'long' }) }

const topic: LoadedTopic = { name: 'a.b.t', compacted: true, keyColumn: null, history: false }
const readerOf = (of: LoadedTopic = topic) => new TopicRowsReader(of, new RecordDecoder({ schemaById: (id) => Promise.resolve(schemas[id] as AvroSchema) }), [], tablesOf)
const bytes = (id: number, value: RowValue) => Buffer.from(rowEncoder(schemas[id] as AvroSchema)(id, value))

let offset = 0n
const told = (key: Buffer | null, value: Buffer | null): KafkaRecord => ({ topic: topic.name, partition: 3, offset: offset++, timestamp: 1_000, key, value, headers: {} })
const row = (id: number, day: number | null, schema = 2) => told(bytes(1, { id }), bytes(schema, { id, day, ...(schema === 3 ? { more: 'x' } : {}) }))

describe('records of a keyed topic', () => {
  test('are the last row of each key, and removals where the last is one', async () => {
    const records = [row(1, 1), row(2, 2), row(1, 3), told(bytes(1, { id: 2 }), null), told(bytes(1, { id: 9 }), null), row(9, 4)]
    const { changes, evolved, bad } = await readerOf().read(records)
    expect(evolved.map(({ schema, name, key }) => ({ schema, name, key }))).toEqual([{ schema: 'a_b', name: 't', key: ['id'] }])
    expect(changes).toMatchObject([{ rows: [[1n, 3, 3, records[2]?.offset, 1_000_000n], [9n, 4, 3, records[5]?.offset, 1_000_000n]], removed: [[2n]] }])
    expect(bad).toEqual([])
  })

  test('of which the last of a key is bad are the one before it', async () => {
    const { changes, bad } = await readerOf().read([row(1, 1), row(1, 99_999_999)])
    expect(changes).toMatchObject([{ rows: [expect.arrayContaining([1n, 1])] }])
    expect(bad).toMatchObject([{ error: { code: 'ETL_VALUE_OUT_OF_RANGE', field: 'day' }, value: { id: 1 } }])
  })

  test('without a key are bad', async () => {
    const { changes, bad } = await readerOf().read([told(null, bytes(2, { id: 1, day: null }))])
    expect(changes).toEqual([])
    expect(bad).toMatchObject([{ error: { code: 'ETL_ROW_UNREADABLE' } }])
  })

  test('with another column evolve the table once, and those before have none there', async () => {
    const reader = readerOf()
    await reader.read([row(1, 1)])
    const { evolved, changes } = await reader.read([row(2, 2), row(3, 3, 3)])
    expect(evolved.map(({ columns }) => columns.map(({ name }) => name))).toEqual([['id', 'day', '_partition', '_offset', '_written_at', 'more']])
    expect(changes[0]?.rows.map((cells) => cells[5])).toEqual([null, 'x'])
    expect((await reader.read([row(4, 4, 3)])).evolved).toEqual([])
  })

  test('are the same rows when their schema is known from a batch before', async () => {
    const records = [row(1, 1), row(2, 2), row(1, 3), told(bytes(1, { id: 2 }), null), told(bytes(1, { id: 9 }), null), row(9, 4), row(5, 99_999_999), row(5, 5), row(6, 6), row(6, 99_999_999)]
    const reader = readerOf()
    const first = await reader.read(records)
    const again = await reader.read(records)
    expect(again).toEqual({ ...first, evolved: [] })
    expect(again.bad).toHaveLength(1)
    expect(again.changes[0]?.rows.map(([id, day]) => [id, day])).toEqual([[1n, 3], [9n, 4], [5n, 5], [6n, 6]])
  })

  test('with another column evolve the table, also for rows of a known schema before and after them', async () => {
    const reader = readerOf()
    await reader.read([row(1, 1)])
    const { changes } = await reader.read([row(2, 2), told(bytes(1, { id: 7 }), null), row(3, 3, 3), row(4, 4)])
    expect(changes[0]?.rows.map((cells) => [cells.length, cells[0], cells[1], cells[5]])).toEqual([[6, 2n, 2, null], [6, 3n, 3, 'x'], [6, 4n, 4, null]])
    expect(changes[0]?.removed).toEqual([[7n]])
  })

  test('whose key is no part of the row end the loader with a fix', async () => {
    await expect(readerOf().read([told(bytes(1, { id: 1 }), bytes(4, { other: 1 }))])).rejects.toMatchObject({ code: 'ETL_KEY_NOT_IN_ROW', kind: 'fatal' })
  })
})

describe('records of a topic of events', () => {
  const events: LoadedTopic = { name: 'happened', compacted: false, keyColumn: null, history: false }

  test('are a row each, whatever their keys', async () => {
    const { changes } = await readerOf(events).read([row(1, 1), row(1, 1)])
    expect(changes).toMatchObject([{ table: { schema: 'events', mode: 'append' }, removed: [] }])
    expect(changes[0]?.rows).toHaveLength(2)
  })

  test('are so as well when their schema is known', async () => {
    const reader = readerOf(events)
    const records = [row(1, 1), row(1, 99_999_999), row(2, 2)]
    const first = await reader.read(records)
    expect(await reader.read(records)).toEqual({ ...first, evolved: [] })
    expect(first.bad).toHaveLength(1)
  })

  test('that are empty are bad', async () => {
    expect((await readerOf(events).read([told(Buffer.from('k'), null)])).bad).toMatchObject([{ error: { code: 'ETL_ROW_UNREADABLE' } }])
  })
})
