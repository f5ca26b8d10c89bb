import { hash } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { comparedWithSource } from '../src/app/reconcile/compared-table.js'
import { SourceRows } from '../src/app/reconcile/source-place.js'
import { canonicalOrder, canonicalRow, Checksum } from '../src/domain/checksum.js'
import { rowConverter } from '../src/domain/row-converter.js'
import { rowReader } from '../src/domain/row-layout.js'
import type { WarehouseTable } from '../src/domain/warehouse-table.js'
import { describeTables } from '../src/source/describe-tables.js'
import { MysqlSource } from '../src/source/mysql-source.js'
import { sourceTableOf } from '../src/source/source-table-of.js'
import { TableSql } from '../src/source/sql.js'
import type { TableSettings } from '../src/table-settings.js'
import { numbers, type SourceUnderTest, sourceUnderTest } from './source-under-test.js'

let source: SourceUnderTest
let server: MysqlSource
beforeAll(async () => {
  source = await sourceUnderTest()
  server = await MysqlSource.open(source.url)
})
afterAll(async () => {
  server?.close()
  await source?.close()
})

interface Sums {
  /** MD5 of rows by MD5 of keys, as the server computes them; sorted. */
  readonly server: readonly string[]
  /** The same, as what the topic and the warehouse have says. */
  readonly topic: readonly string[]
  /** What the server says of all rows together. */
  readonly total: { readonly rows: number; readonly checksum: string }
}

/** Both sums of the rows of a table. @param held what the warehouse has of it */
async function sumsOf(name: string, settings: TableSettings = {}, held: WarehouseTable | null = null, rowsAtOnce?: number): Promise<Sums> {
  const [described] = await describeTables(server, [name])
  const table = sourceTableOf(described as NonNullable<typeof described>, settings)
  const compared = comparedWithSource(table, `src.${name}`, server.connector, held, () => true)
  if (compared.source === null) throw new Error('it is compared with the source')
  const place = new SourceRows(server, table, { ...compared, source: compared.source }, rowsAtOnce)
  const totals = await place.totals()
  const onServer: string[] = []
  await place.rows(new Set(totals.keys()), (key, row) => onServer.push(`${key} ${row}`))
  const total = new Checksum()
  for (const one of totals.values()) total.addAll(one)

  const onTopic: string[] = []
  const converter = rowConverter(table)
  const read = rowReader(compared.source.layout.fields, compared.table, [])
  const columns = canonicalOrder(compared.table.columns.map((column, at) => ({ ...column, at })))
  const keys = columns.filter(({ name: column }) => compared.table.key.includes(column))
  for (const row of await server.rows(new TableSql(table).rowsAfter(null, 100_000))) {
    if (converter.isDeleted(row)) continue
    const cells = read(converter.value(row), [])
    const md5 = (of: typeof columns) => hash('md5', canonicalRow(of.map(({ type }) => type), of.map(({ at }) => cells[at] ?? null)), 'hex')
    onTopic.push(`${md5(keys)} ${md5(columns)}`)
  }
  return { server: onServer.sort(), topic: onTopic.sort(), total: { rows: total.rows, checksum: total.text } }
}

const checksumOf = (rows: readonly string[]): string => {
  const sum = new Checksum()
  for (const row of rows) sum.add(row.split(' ')[1] ?? '')
  return sum.text
}

const text = fc.string({ unit: fc.constantFrom('a', 'Z', ' ', 'ß', 'é', '€', '茶', '💳', "'", '"', '\\', '\0', '\n', '%', ':', '~', '|', 'İ'), maxLength: 12 })
const latin = fc.string({ unit: fc.constantFrom('a', 'Z', ' ', 'ß', 'é', '€', "'", '\\'), maxLength: 12 })
const bytes = (length: number) => fc.uint8Array({ maxLength: length }).map((array) => Buffer.from(array))
const whole = (min: bigint, max: bigint) => fc.oneof(fc.bigInt({ min, max }), fc.constantFrom(min, max, 0n, max / 2n)).map(String)
const scaled = (digits: number, scale: number) =>
  whole(-(10n ** BigInt(digits)) + 1n, 10n ** BigInt(digits) - 1n).map((n) => {
    const magnitude = n.replace('-', '').padStart(scale + 1, '0')
    return `${n.startsWith('-') ? '-' : ''}${magnitude.slice(0, magnitude.length - scale)}${scale === 0 ? '' : `.${magnitude.slice(-scale)}`}`
  })
const double = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer().map((n) => n / 1024), fc.constantFrom(0, -0, 2 ** 33, -(2 ** 33), 2 ** 33 - 2 ** -20, 2 ** 53, -(2 ** 53), 2 ** 53 - 1, 0.1, -0.1, 1e-300, 1e300))
const two = (n: number) => String(n).padStart(2, '0')
const day = fc.oneof(
  fc.record({ y: fc.integer({ min: 1, max: 9999 }), m: fc.integer({ min: 1, max: 12 }), d: fc.integer({ min: 1, max: 28 }) }).map(({ y, m, d }) => `${String(y).padStart(4, '0')}-${two(m)}-${two(d)}`),
  fc.constantFrom('0001-01-01', '9999-12-31', '1970-01-01', '1969-12-31', '2000-02-29', '1900-02-28', '0000-00-00', '2024-00-10', '2024-10-00'),
)
const clock = fc.integer({ min: 0, max: 86_399 }).map((s) => `${two(Math.floor(s / 3600))}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`)
const fraction = (digits: number) => fc.integer({ min: 0, max: 10 ** digits - 1 }).map((n) => (digits === 0 ? '' : `.${String(n).padStart(digits, '0')}`))
const moment = (digits: number) => fc.tuple(day, clock, fraction(digits)).map(([date, time, part]) => `${date} ${time}${part}`)
const instant = (digits: number) =>
  fc.oneof(fc.tuple(fc.integer({ min: 1, max: 2 ** 31 - 1 }), fraction(digits)).map(([s, part]) => `${new Date(s * 1000).toISOString().slice(0, 19).replace('T', ' ')}${part}`), fc.constant('0000-00-00 00:00:00'))

/** Columns of types that MySQL has not. */
const ofMariadb = ['uu', 'ip']

/** Every type that extract carries, with values that are easily got wrong. */
const columns: Readonly<Record<string, readonly [type: string, values: fc.Arbitrary<string | number | Buffer>]>> = {
  'a-Name with blanks': ['TINYINT', whole(-128n, 127n)],
  tu: ['TINYINT(3) UNSIGNED ZEROFILL', whole(0n, 255n)],
  B: ['BOOL', fc.constantFrom(0, 1)],
  su: ['SMALLINT UNSIGNED', whole(0n, 65535n)],
  i: ['INT', whole(-(2n ** 31n), 2n ** 31n - 1n)],
  iu: ['INT(10) UNSIGNED ZEROFILL', whole(0n, 2n ** 32n - 1n)],
  l: ['BIGINT', whole(-(2n ** 63n), 2n ** 63n - 1n)],
  lu: ['BIGINT UNSIGNED', whole(0n, 2n ** 64n - 1n)],
  lz: ['BIGINT(20) ZEROFILL', whole(0n, 2n ** 64n - 1n)],
  y: ['YEAR', fc.oneof(fc.integer({ min: 1901, max: 2155 }), fc.constant(0))],
  bit1: ['BIT(1)', fc.constantFrom(0, 1)],
  bit12: ['BIT(12)', fc.integer({ min: 0, max: 4095 })],
  bit64: ['BIT(64)', whole(0n, 2n ** 64n - 1n)],
  d65: ['DECIMAL(65,30)', scaled(65, 30)],
  d38: ['DECIMAL(38,38)', scaled(38, 38)],
  n: ['NUMERIC(10,2)', scaled(10, 2)],
  nz: ['DECIMAL(10,2) UNSIGNED ZEROFILL', scaled(10, 2).map((one) => one.replace('-', ''))],
  n0: ['DECIMAL(20,0)', scaled(20, 0)],
  f: ['FLOAT', double.map((n) => (Math.abs(n) > 3e38 ? '0.1' : String(n)))],
  x: ['DOUBLE', double.map((n) => (Object.is(n, -0) ? '-0e0' : String(n)))],
  c: ['CHAR(12)', text],
  cl: ['VARCHAR(12) CHARACTER SET latin1', latin],
  vc: ['VARCHAR(12) COLLATE utf8mb4_bin', text],
  u2: ['VARCHAR(12) CHARACTER SET ucs2', latin],
  tx: ['MEDIUMTEXT', text],
  j: ['JSON', fc.json({ maxDepth: 2 })],
  e: ["ENUM('a','B','b''s','c,d','€')", fc.constantFrom('a', 'B', "b's", 'c,d', '€', '')],
  st: ["SET('x','y','ü')", fc.constantFrom('', 'x', 'y', 'x,ü', 'x,y,ü')],
  bi: ['BINARY(4)', bytes(4)],
  vb: ['VARBINARY(20)', bytes(20)],
  bl: ['LONGBLOB', bytes(40)],
  da: ['DATE', day],
  t0: ['TIME', clock],
  t6: ['TIME(6)', fc.tuple(clock, fraction(6)).map((parts) => parts.join(''))],
  dt: ['DATETIME', moment(0)],
  dt3: ['DATETIME(3)', moment(3)],
  dt6: ['DATETIME(6)', moment(6)],
  ts: ['TIMESTAMP', instant(0)],
  ts6: ['TIMESTAMP(6)', instant(6)],
  uu: ['UUID', fc.uuid()],
  ip: ['INET6', fc.ipV6()],
}

describe('the checksum that the server computes', () => {
  test('is that of what the topic has, whatever the type and the value', async () => {
    const names = Object.keys(columns).filter((name) => source.isMariadb || !ofMariadb.includes(name))
    await source.sql(`CREATE TABLE \`all Types\` (id INT PRIMARY KEY, ${names.map((name) => `\`${name}\` ${columns[name]?.[0]} NULL`).join(', ')}) DEFAULT CHARACTER SET utf8mb4 ROW_FORMAT=DYNAMIC`)
    const row = fc.record(Object.fromEntries(names.map((name) => [name, fc.option((columns[name] as (typeof columns)[string])[1], { freq: 8 })])))
    const rows = fc.sample(row, { numRuns: 400 })
    const values = rows.flatMap((one, id) => [id, ...names.map((name) => one[name] ?? null)])
    // Invalid dates, and an enum's empty text, are there when somebody has put them there.
    await source.sql("SET SESSION sql_mode = '', time_zone = '+00:00'")
    for (let from = 0; from < rows.length; from += 50) {
      const some = rows.slice(from, from + 50)
      await source.sql(`INSERT INTO \`all Types\` VALUES ${some.map(() => `(${Array.from({ length: names.length + 1 }, () => '?').join(', ')})`).join(', ')}`, values.slice(from * (names.length + 1), (from + some.length) * (names.length + 1)))
    }
    const sums = await sumsOf('all Types')
    expect(sums.topic).toHaveLength(rows.length)
    expect(sums.server).toEqual(sums.topic)
    expect(sums.total).toEqual({ rows: rows.length, checksum: checksumOf(sums.topic) })
  })
  test('leaves out rows that count as deleted, and columns that are excluded', async () => {
    const marks: readonly (readonly [string, string, number])[] = [['DATETIME NULL', "NULL, '0000-00-00 00:00:00', '2024-01-01'", 1], ['INT NULL', 'NULL, 0, 7', 2], ['BIT(4) NULL', 'NULL, 0, 8', 2], ['VARCHAR(9) NULL', "NULL, '', '0', '0.0', ' 0 ', 'x', '1', 'false', '00:00'", 5], ['VARBINARY(4) NULL', "NULL, '', X'0000', X'0001'", 3], ['DECIMAL(5,2) NULL', 'NULL, 0, 0.01', 2]]
    await source.sql("SET SESSION sql_mode = ''")
    for (const [i, [type, values, kept]] of marks.entries()) {
      await source.sql(`CREATE TABLE soft${i} (id INT AUTO_INCREMENT PRIMARY KEY, mark ${type}, location GEOMETRY NULL, n INT)`)
      await source.sql(`INSERT INTO soft${i} (mark, n) VALUES ${values.split(', ').map((value) => `(${value}, 1)`).join(', ')}`)
      const sums = await sumsOf(`soft${i}`, { softDelete: 'mark', exclude: ['location'] })
      expect(sums.server, type).toEqual(sums.topic)
      expect(sums.total, type).toEqual({ rows: kept, checksum: checksumOf(sums.topic) })
    }
  })

  test('is that of a wider type, where the warehouse has one', async () => {
    await source.sql('CREATE TABLE narrow (id INT PRIMARY KEY, i INT, n DECIMAL(6, 2), l INT, f FLOAT, d DATE, b BIT(1))')
    await source.sql("INSERT INTO narrow VALUES (1, -7, -0.05, 2147483647, 0.1, '2024-02-29', 1), (2, NULL, 12.5, 0, -1e10, '1969-12-31', 0)")
    const wider: WarehouseTable = {
      schema: 's', name: 'narrow', topic: 'src.narrow', mode: 'replace', key: ['id'],
      columns: [
        { name: 'ID', type: { kind: 'long' }, pii: null }, { name: 'i', type: { kind: 'decimal', precision: 20, scale: 3 }, pii: null }, { name: 'n', type: { kind: 'decimal', precision: 30, scale: 10 }, pii: null },
        { name: 'l', type: { kind: 'double' }, pii: null }, { name: 'f', type: { kind: 'double' }, pii: null }, { name: 'd', type: { kind: 'text' }, pii: null }, { name: 'b', type: { kind: 'text' }, pii: null }, { name: 'gone', type: { kind: 'text' }, pii: null },
      ],
    }
    const sums = await sumsOf('narrow', {}, wider)
    expect(sums.server).toEqual(sums.topic)
    expect(sums.server).not.toEqual((await sumsOf('narrow')).server)
  })

  test('is computed here for rows whose text is longer than the server makes one', async () => {
    await source.sql("CREATE TABLE wide (id INT PRIMARY KEY, b LONGBLOB); INSERT INTO wide VALUES (1, 'small'), (2, REPEAT(X'00FF', 4300000)), (3, NULL)")
    const sums = await sumsOf('wide')
    expect(sums.topic).toHaveLength(3)
    expect(sums.server).toEqual(sums.topic)
    expect(sums.total).toEqual({ rows: 3, checksum: checksumOf(sums.topic) })
  })

  test('is put together of parts of a table in the order of its key', async () => {
    await source.sql('CREATE TABLE parts (a VARCHAR(20) COLLATE utf8mb4_general_ci, b INT, PRIMARY KEY (a, b))')
    await source.sql(`INSERT INTO parts SELECT CONCAT(IF(seq % 2, 'a', 'A'), seq % 7), seq FROM ${numbers(25)}`)
    const sums = await sumsOf('parts', {}, null, 4)
    expect(sums.total).toEqual({ rows: 25, checksum: checksumOf(sums.topic) })
  })
})
