import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type SourceUnderTest, sourceUnderTest } from './source-under-test.js'

let source: SourceUnderTest
beforeAll(async () => {
  source = await sourceUnderTest()
})
afterAll(() => source?.close())

/** Types that MySQL has not. */
const ofMariadb: readonly (readonly [name: string, type: string, ...values: string[]])[] = [
  ['u', 'UUID', "'00000000-0000-0000-0000-000000000001'", "'ffffffff-ffff-4fff-bfff-ffffffffffff'"],
  ['ip', 'INET6', "'::1'", "'::ffff:192.0.2.1'"],
]

describe('every type of column', () => {
  test('goes from the server to the topic with its least and its greatest values, and null', async () => {
    const types: readonly (readonly [name: string, type: string, ...values: string[]])[] = [
      ['t', 'TINYINT', '-128', '127'],
      ['tu', 'TINYINT UNSIGNED', '0', '255'],
      ['b', 'BOOL', '0', '1'],
      ['s', 'SMALLINT', '-32768', '32767'],
      ['su', 'SMALLINT UNSIGNED', '0', '65535'],
      ['m', 'MEDIUMINT', '-8388608', '8388607'],
      ['i', 'INT', '-2147483648', '2147483647'],
      ['iu', 'INT(10) UNSIGNED ZEROFILL', '0', '4294967295'],
      ['l', 'BIGINT', '-9223372036854775808', '9223372036854775807'],
      ['lu', 'BIGINT UNSIGNED', '9007199254740993', '18446744073709551615'],
      ['y', 'YEAR', '1901', '2155'],
      ['bit1', 'BIT(1)', "b'0'", "b'1'"],
      ['bit12', 'BIT(12)', '1', '4095'],
      ['bit64', 'BIT(64)', '0', '18446744073709551615'],
      ['d', 'DECIMAL(65,30)', '-99999999999999999999999999999999999.999999999999999999999999999999', '0.000000000000000000000000000001'],
      ['n', 'NUMERIC(10,2)', '-99999999.99', '0.10'],
      ['c', 'CHAR(10)', "'ä'", "'a💳'"],
      ['v', 'VARCHAR(255) CHARACTER SET latin1', "'£é'", "''"],
      ['tx', 'MEDIUMTEXT', "'line\\nline\\0 💳'", `REPEAT('x', 70000)`],
      ['j', 'JSON', `'{"a": [1, null, "💳"]}'`, "'3'"],
      ['e', "ENUM('a','b''s','c,d')", "'b''s'", "'c,d'"],
      ['st', "SET('a','b','c')", "'a,c'", "''"],
      ['bi', 'BINARY(4)', "X'0001'", "X'FFFFFFFF'"],
      ['vb', 'VARBINARY(20)', "X''", "X'00FF27'"],
      ['bl', 'LONGBLOB', "X'00'", "REPEAT(X'5C', 100000)"],
      ['da', 'DATE', "'0001-01-01'", "'9999-12-31'"],
      ['dt', 'DATETIME', "'0001-01-01 00:00:00'", "'9999-12-31 23:59:59'"],
      ['dt3', 'DATETIME(3)', "'1969-12-31 23:59:59.001'", "'9999-12-31 23:59:59.999'"],
      ['dt6', 'DATETIME(6)', "'1969-12-31 23:59:59.000001'", "'9999-12-31 23:59:59.999999'"],
      ['ts', 'TIMESTAMP', "'1970-01-01 00:00:01'", "'2038-01-19 03:14:07'"],
      ['ts6', 'TIMESTAMP(6)', "'1970-01-01 00:00:01.000001'", "'2038-01-19 03:14:07.999999'"],
      ...(source.isMariadb ? ofMariadb : []),
    ]
    await source.sql(`SET SESSION time_zone = '+00:00'; CREATE TABLE typed (id INT PRIMARY KEY, ${types.map(([name, type]) => `${name} ${type} NULL`).join(', ')})`)
    for (const [id, at] of [[1, 2], [2, 3]] as const) await source.sql(`INSERT INTO typed VALUES (${id}, ${types.map((column) => column[at]).join(', ')})`)
    await source.sql('INSERT INTO typed (id) VALUES (3)')
    expect(await source.once({ env: { ETL_TABLES: 'typed' } })).toMatchObject([{ rows: 3, quarantined: 0 }])

    const expected = (await source.tableRows('typed')).map((row) => ({
      ...row,
      // In the topic they are a boolean, and numbers without zeros before them.
      bit1: row['bit1'] === null ? null : row['bit1'] === '01',
      iu: row['iu'] === null ? null : Number(row['iu']),
      lu: row['lu'] === null ? null : String(row['lu']),
    }))
    const byId = (rows: readonly Readonly<Record<string, unknown>>[]) => rows.toSorted((a, b) => Number(a['id']) - Number(b['id']))
    expect(byId(await source.topicRows('typed'))).toEqual(byId(expected))
  })

  test('that is a float or a double keeps each of its bits', async () => {
    await source.sql('CREATE TABLE floats (id INT PRIMARY KEY, f FLOAT, d DOUBLE)')
    const singles = [0.1, 1 / 3, 16777217, 3.4028234663852886e38, 1.401298464324817e-45, -0.5].map(Math.fround)
    const doubles = [0.1, 1 / 3, Number.MAX_VALUE, Number.MIN_VALUE, Math.PI * 1e-200, 2 ** 53]
    for (let i = 0; i < 300; i++) {
      singles.push(Math.fround((Math.random() - 0.5) * 10 ** (60 * Math.random() - 30)))
      doubles.push((Math.random() - 0.5) * 10 ** (600 * Math.random() - 300))
    }
    await source.sql(`INSERT INTO floats VALUES ${singles.map((single, i) => `(${i}, ${single}, ${doubles[i]})`).join(', ')}`)
    await source.once({ env: { ETL_TABLES: 'floats' } })
    const rows = await source.rows('floats')
    for (const [i, single] of singles.entries()) {
      const row = rows.get(`{"id":${i}}`)
      expect([row?.['f'], row?.['d']], `row ${i}`).toEqual([single, doubles[i]])
    }
  })
})

describe('a key', () => {
  test.for<[string, string, readonly string[]]>([
    ['INT', 'k INT', ['-5', '0', '7', '8', '9']],
    ['BIGINT UNSIGNED', 'k BIGINT UNSIGNED', ['0', '9007199254740992', '9007199254740993', '18446744073709551614', '18446744073709551615']],
    ['DECIMAL', 'k DECIMAL(30,10)', ['-1.5', '0', '0.0000000001', '12345678901234567890.0000000001', '12345678901234567890.0000000002']],
    ['DOUBLE', 'k DOUBLE', ['-1e300', '0.1', '0.30000000000000004', '1e-300', '5']],
    ['FLOAT', 'k FLOAT', ['0.1', '0.2', '0.3', '1e30', '-0.7']],
    ['VARCHAR of a collation without case', 'k VARCHAR(20) COLLATE utf8mb4_general_ci', ["'a'", "'B'", "'c'", "'D\\\\'''", "'e\\0f'", "''"]],
    ['VARBINARY', 'k VARBINARY(20)', ["X''", "X'00'", "X'0027'", "X'5C'", "X'FF'"]],
    ['ENUM, whose order is not that of its texts', "k ENUM('z','m','a','k','b')", ["'z'", "'m'", "'a'", "'k'", "'b'"]],
    ['SET', "k SET('z','m','a')", ["''", "'z'", "'m'", "'z,m'", "'a'"]],
    ['BIT', 'k BIT(12)', ['0', '1', '255', '256', '4095']],
    ['DATE', 'k DATE', ["'2024-01-01'", "'2024-01-02'", "'1000-01-01'", "'9999-12-31'", "'2024-02-29'"]],
    ['TIME', 'k TIME(3)', ["'-838:59:59'", "'-00:00:01.5'", "'00:00:00'", "'100:00:00.001'", "'838:59:59'"]],
    ['DATETIME', 'k DATETIME(6)', ["'2024-01-01'", "'2024-01-01 00:00:00.000001'", "'2024-01-01 00:00:00.1'", "'9999-12-31'", "'1000-01-01'"]],
    ['TIMESTAMP', 'k TIMESTAMP(3)', ["'2024-01-01 00:00:00.001'", "'2024-01-01'", "'2024-01-02'", "'2024-01-03'", "'2024-01-04'"]],
    ['UUID', 'k UUID', ["'00000000-0000-0000-0000-000000000001'", "'10000000-0000-4000-8000-000000000000'", "'20000000-0000-4000-9000-000000000000'", "'30000000-0000-1000-8000-000000000000'", "'ffffffff-ffff-4fff-bfff-ffffffffffff'"]],
  ])('of type %s is read in chunks of two, and its deleted rows are found', async ([type, column, values], { skip }) => {
    skip(type === 'UUID' && !source.isMariadb, 'MySQL has no such type')
    const table = `k${Buffer.from(column).toString('hex').slice(-12)}`
    await source.sql(`SET SESSION sql_mode = '', time_zone = '+00:00'; CREATE TABLE ${table} (${column} NOT NULL, n INT NOT NULL, PRIMARY KEY (k, n)) DEFAULT CHARACTER SET utf8mb4`)
    await source.sql(`INSERT INTO ${table} VALUES ${values.flatMap((value) => [`(${value}, 1)`, `(${value}, 2)`]).join(', ')}`)
    const options = { env: { ETL_TABLES: table, ETL_CHUNK_ROWS: '2' } }
    const all = 2 * values.length
    expect(await source.once(options)).toMatchObject([{ rows: all, deleted: 0 }])
    expect((await source.rows(table)).size).toBe(all)
    await source.sql(`DELETE FROM ${table} WHERE n = 1 ORDER BY k LIMIT 3; INSERT INTO ${table} SELECT k, 3 FROM ${table} WHERE n = 2`)
    expect(await source.once(options)).toMatchObject([{ rows: values.length, deleted: 3 }])
    expect((await source.rows(table)).size).toBe(all - 3 + values.length)
    expect(await source.once(options)).toMatchObject([{ rows: 0, deleted: 0 }])
  })
})

describe('a row of 16 MB', () => {
  test('goes to the quarantine, with what allows it', async () => {
    await source.sql("CREATE TABLE wide (id INT PRIMARY KEY, b LONGBLOB); INSERT INTO wide VALUES (1, 'small'), (2, REPEAT('x', 16777216))")
    expect(await source.once({ env: { ETL_TABLES: 'wide' } })).toMatchObject([{ rows: 1, quarantined: 1 }])
    const [refused] = (await source.quarantined()).filter(({ source_topic }) => source_topic.endsWith('.wide'))
    expect(refused).toMatchObject({ code: 'ETL_ROW_TOO_LARGE', source_key: '["2"]', reason: expect.stringContaining('ETL_MAX_RECORD_BYTES') as string })
  })

  test('is carried where it is allowed', async () => {
    await source.sql("CREATE TABLE wider (id INT PRIMARY KEY, b LONGBLOB); INSERT INTO wider VALUES (1, 'small'), (2, REPEAT(X'00FF', 8388608))")
    expect(await source.once({ env: { ETL_TABLES: 'wider', ETL_MAX_RECORD_BYTES: '20000000' } })).toMatchObject([{ rows: 2, quarantined: 0 }])
    const row = (await source.rows('wider')).get('{"id":2}')
    expect(Buffer.compare(row?.['b'] as Buffer, Buffer.alloc(16777216, Buffer.from('00ff', 'hex')))).toBe(0)
  })
})
