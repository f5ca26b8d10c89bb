import { eventually } from '@swipestream/messaging/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type SourceUnderTest, sourceUnderTest } from './source-under-test.js'

let source: SourceUnderTest
beforeAll(async () => {
  source = await sourceUnderTest()
})
afterAll(() => source?.close())

const changed = 'updated_at TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3)'

describe('a table that is altered while it is followed', () => {
  const modes: [string, string][] = [['by its change column', `, ${changed}`], ['by checksums', '']]
  test.each(modes)('%s, goes on with its new column, also of rows that have not changed since', async (mode, column) => {
    const table = `grows${mode.length}`
    await source.sql(`CREATE TABLE ${table} (id INT PRIMARY KEY, n INT NOT NULL${column}); INSERT INTO ${table} (id, n) VALUES (1, 10), (2, 20)`)
    const stop = new AbortController()
    const running = source.extract({ env: { ETL_TABLES: table, ETL_SWEEP_SECONDS: '0.1' } }).run(stop.signal)
    const equal = () => eventually(async () => {
      expect(await source.topicRows(table)).toEqual(await source.tableRows(table))
      return true
    })
    try {
      await equal()
      await source.sql(`ALTER TABLE ${table} ADD COLUMN country CHAR(2) NOT NULL DEFAULT 'DE', MODIFY n BIGINT NOT NULL`)
      await source.sql(`INSERT INTO ${table} (id, n, country) VALUES (3, 9000000000, 'FR')`)
      await equal()
      await source.sql(`ALTER TABLE ${table} DROP COLUMN n; UPDATE ${table} SET country = 'ES' WHERE id = 1`)
      await eventually(async () => (await source.rows(table)).get('{"id":1}')?.['country'] === 'ES')
    } finally {
      stop.abort()
      await running
    }
    await source.once({ env: { ETL_TABLES: table } })
    const rows = await source.rows(table)
    expect([...rows.values()].map(({ id, country }) => [id, country]).sort()).toEqual([[1, 'ES'], [2, 'DE'], [3, 'FR']])
  })

  test.each<[string, string]>([
    ['a wider type', 'MODIFY id BIGINT NOT NULL'],
    ['one column more', 'DROP PRIMARY KEY, ADD PRIMARY KEY (id, part)'],
    ['other columns', 'DROP PRIMARY KEY, ADD PRIMARY KEY (part)'],
  ])('in its key, by %s, stops with what to do', async (name, change) => {
    const table = `keys${name.length}`
    await source.sql(`CREATE TABLE ${table} (id INT PRIMARY KEY, part INT NOT NULL); INSERT INTO ${table} VALUES (1, 7)`)
    const env = { ETL_TABLES: table }
    await source.once({ env })
    await source.sql(`ALTER TABLE ${table} ${change}`)
    await expect(source.once({ env })).rejects.toMatchObject({ code: 'ETL_SCHEMA_CHANGED', message: expect.stringContaining('each row would have a second key') as string })
  })

  test.each<[string, string, string, RegExp]>([
    ['a fraction of seconds', 'd DATETIME(3)', 'd DATETIME(6)', /d was long, io\.debezium\.time\.Timestamp and is long, io\.debezium\.time\.MicroTimestamp/],
    ['a scale', 'd DECIMAL(10,2)', 'd DECIMAL(10,3)', /d was bytes, .*scale 2.* and is bytes, .*scale 3/],
    ['a text that becomes a number', 'd VARCHAR(10)', 'd INT', /d was string and is int/],
  ])('in %s stops with what to do', async (name, before, after, words) => {
    const table = `stops${name.length}`
    await source.sql(`CREATE TABLE ${table} (id INT PRIMARY KEY, ${before}); INSERT INTO ${table} (id) VALUES (1)`)
    const env = { ETL_TABLES: table }
    await source.once({ env })
    await source.sql(`ALTER TABLE ${table} MODIFY ${after}`)
    await expect(source.once({ env })).rejects.toMatchObject({ code: 'ETL_SCHEMA_CHANGED' })
    await expect(source.once({ env })).rejects.toThrow(words)
    await expect(source.once({ env })).rejects.toThrow(/Undo the change, or make it in a new column; or .* ETL_SOURCE_NAME/)
  })
})

describe('a table that cannot be extracted', () => {
  test('for it has no primary key is refused with the fix, and taken with a key that is configured', async () => {
    await source.sql("CREATE TABLE keyless (a INT NOT NULL, b INT NOT NULL, c INT); INSERT INTO keyless VALUES (1, 1, 1), (1, 2, 2)")
    const env = { ETL_TABLES: 'keyless' }
    await expect(source.once({ env })).rejects.toMatchObject({ code: 'ETL_KEY_MISSING', message: expect.stringContaining('{"tables": {"keyless": {"key": ["…"]}}}') as string })
    await expect(source.once({ env, tables: { keyless: { key: ['a'] } } })).rejects.toMatchObject({ code: 'ETL_KEY_UNUSABLE' })
    await expect(source.once({ env, tables: { keyless: { key: ['c'] } } })).rejects.toThrow(/keyless\.c .*may be null/)
    await expect(source.once({ env, tables: { keyless: { key: ['x'] } } })).rejects.toMatchObject({ code: 'ETL_COLUMN_UNKNOWN' })
    expect(await source.once({ env, tables: { keyless: { key: ['a', 'b'] } } })).toMatchObject([{ rows: 2 }])
  })

  test.each<[string, string, string, string]>([
    ['has a column of a type that is not known', 'id INT PRIMARY KEY, place POINT', 'ETL_COLUMN_TYPE_UNKNOWN', '.place is a point'],
    ['has columns that Avro cannot tell apart', 'id INT PRIMARY KEY, `a-b` INT, `a b` INT', 'ETL_FIELD_NAMES_EQUAL', 'a-b and a b would both be a_b'],
  ])('for it %s is refused by its name', async (name, columns, code, words) => {
    const table = `refused${name.length}`
    await source.sql(`CREATE TABLE ${table} (${columns}); INSERT INTO ${table} (id) VALUES (1)`)
    await expect(source.once({ env: { ETL_TABLES: `${table},!other*` } })).rejects.toMatchObject({ code, message: expect.stringContaining(words) as string })
  })

  test('for a column of it has an unknown type is extracted without the column', async () => {
    await source.sql('CREATE TABLE placed (id INT PRIMARY KEY, place POINT); INSERT INTO placed (id) VALUES (1)')
    const tables = { placed: { exclude: ['place'] } }
    expect(await source.once({ env: { ETL_TABLES: '*,!k*,!g*,!s*,!m*,!r*,!u*' }, tables })).toMatchObject([{ rows: 1 }])
    expect([...(await source.rows('placed')).values()]).toEqual([{ id: 1 }])
  })

  test('for there is none of its name is refused, with those that there are', async () => {
    await expect(source.once({ env: { ETL_TABLES: 'keyless,nowhere*' } })).rejects.toMatchObject({ code: 'ETL_TABLE_UNKNOWN', message: expect.stringContaining('keyless') as string })
    await expect(source.once({ env: { ETL_TABLES: 'keyless' }, tables: { keyles: {} } })).rejects.toMatchObject({ code: 'ETL_TABLE_UNKNOWN' })
  })

  test('for its change column may be null is refused', async () => {
    await source.sql('CREATE TABLE unchanging (id INT PRIMARY KEY, at DATETIME NULL)')
    await expect(source.once({ env: { ETL_TABLES: 'unchanging' }, tables: { unchanging: { changeColumn: 'at' } } })).rejects.toMatchObject({ code: 'ETL_CHANGE_COLUMN_INVALID' })
  })
})

describe('a row that is marked as deleted', () => {
  test.each<[string, string]>([['by its change column', `, ${changed}`], ['by checksums', '']])('is removed from the topic of a table followed %s, and comes back when the mark goes', async (mode, column) => {
    const table = `marked${mode.length}`
    await source.sql(`CREATE TABLE ${table} (id INT PRIMARY KEY, gone DATETIME NULL${column}); INSERT INTO ${table} (id) VALUES (1), (2)`)
    const options = { env: { ETL_TABLES: table }, tables: { [table]: { softDelete: 'gone' } } }
    await source.once(options)
    await source.sql(`UPDATE ${table} SET gone = NOW() WHERE id = 1`)
    expect(await source.once(options)).toMatchObject([{ deleted: 1 }])
    expect([...(await source.rows(table)).keys()]).toEqual(['{"id":2}'])
    const ofFirst = (await source.envelopes(table)).filter(({ key }) => key === '{"id":1}').slice(-2)
    expect(ofFirst.map(({ op, before }) => [op, typeof before?.['gone']])).toEqual([['d', 'number'], [undefined, 'undefined']])
    await source.sql(`UPDATE ${table} SET gone = NULL WHERE id = 1`)
    await source.once(options)
    expect((await source.rows(table)).size).toBe(2)
  })
})
