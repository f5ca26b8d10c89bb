import { randomBytes } from 'node:crypto'
import { createMysqlDatabase } from '@swipestream/stack'
import mysql, { type RowDataPacket } from 'mysql2/promise'
import type { Bench } from './bench.js'

/** Rows that one statement makes. */
const fillRows = 250_000

/** A database of its own on the source. */
export interface Source {
  readonly url: string
  readonly database: string
  run(sql: string): Promise<void>
  /** The first column of the first row. */
  value(sql: string): Promise<unknown>
  /** Makes rows 1 to `rows` of a table, by the server itself. @param values of row `seq` */
  fill(table: string, rows: number, values: string): Promise<void>
  close(): Promise<void>
}

export async function prepareSource({ stack, report }: Pick<Bench, 'stack' | 'report'>): Promise<Source> {
  const database = `bench_${randomBytes(4).toString('hex')}`
  const url = await createMysqlDatabase(stack.env['MYSQL_URL'] ?? '', database)
  const connection = await mysql.createConnection({ uri: url, timezone: 'Z' })
  const run = async (sql: string): Promise<void> => void (await connection.query(sql))
  return {
    url,
    database,
    run,
    async value(sql) {
      const [[row]] = await connection.query<RowDataPacket[]>(sql)
      return row === undefined ? undefined : (Object.values(row) as unknown[])[0]
    },
    async fill(table, rows, values) {
      // What is there before anybody looks is no change: nobody needs it in the binary log.
      await run('SET SESSION sql_log_bin = 0')
      for (let from = 1; from <= rows; from += fillRows) {
        const to = Math.min(rows, from + fillRows - 1)
        await run(`INSERT INTO ${table} SELECT ${values} FROM seq_${from}_to_${to}`)
        if (to % 1_000_000 === 0 || to === rows) report(`${table}: ${to} rows made`)
      }
      await run('SET SESSION sql_log_bin = 1')
      // As a table is that has been there for a while: its size is known, and nothing of it waits to be written.
      await run(`ANALYZE TABLE ${table}`)
    },
    async close() {
      await run(`DROP DATABASE ${database}`)
      await connection.end()
    },
  }
}

/** A table as banks have them: a number for each row, texts, a decimal, an enum, three kinds of time. */
export const payments = {
  name: 'payments',
  ddl: `CREATE TABLE payments (
    id BIGINT NOT NULL PRIMARY KEY, account_id INT NOT NULL, card_id VARCHAR(64) NOT NULL, merchant VARCHAR(80) NOT NULL,
    amount DECIMAL(12, 2) NOT NULL, currency CHAR(3) NOT NULL, status ENUM('booked', 'pending', 'reversed') NOT NULL, note VARCHAR(200) NULL,
    booked_on DATE NOT NULL, created_at DATETIME(3) NOT NULL,
    updated_at TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3), KEY (updated_at))`,
  values: `seq, 1 + seq MOD 50000, CONCAT('v1.', SHA1(seq)), CONCAT(ELT(1 + seq MOD 4, 'Café Zentral', 'Bäckerei am Tor', 'Harbour Books', 'Rail & Road'), ' ', seq MOD 900),
    (seq * 7919 MOD 1000000) / 100, ELT(1 + seq MOD 3, 'EUR', 'GBP', 'CHF'), ELT(1 + seq MOD 3, 'booked', 'pending', 'reversed'), IF(seq MOD 4 = 0, CONCAT('Reference ', seq * 31), NULL),
    DATE '2026-01-01' + INTERVAL seq MOD 300 DAY, TIMESTAMP '2026-01-01 00:00:00.125' + INTERVAL seq MOD 20000000 SECOND, TIMESTAMP '2026-01-01 00:00:00.250' + INTERVAL seq SECOND`,
} as const

/** A database with that many payments. */
export async function paymentsSource(bench: Pick<Bench, 'stack' | 'report'>, rows: number): Promise<Source> {
  const source = await prepareSource(bench)
  await source.run(payments.ddl)
  await source.fill(payments.name, rows, payments.values)
  return source
}
