import { readFileSync } from 'node:fs'
import type { Connection } from 'mysql2/promise'
import type { BankRows, BankTable, ColumnValue } from './rows.js'

const schema = new URL('../../bank/schema.sql', import.meta.url)
/** Of one INSERT: well below the 16 MB that MariaDB takes for a packet. */
const rowsAtOnce = 1_000

/** Makes the bank's tables, where they are not there yet. */
export async function createBank(connection: Connection): Promise<void> {
  for (const statement of readFileSync(schema, 'utf8').split(/;\s*$/m)) {
    if (/CREATE TABLE/.test(statement)) await connection.query(statement.replace('CREATE TABLE ', 'CREATE TABLE IF NOT EXISTS '))
  }
}

/**
 * Writes rows to the bank's tables, all in one transaction. Rows that are there already are replaced.
 *
 * @param connection with `timezone: 'Z'`, or the session's time zone in UTC: timestamps are
 */
export async function loadBank(connection: Connection, rows: BankRows): Promise<void> {
  await connection.query("SET time_zone = '+00:00'")
  await connection.beginTransaction()
  try {
    for (const table of ['customers', 'accounts', 'cards', 'merchants'] satisfies BankTable[]) await insert(connection, table, rows[table])
    await connection.commit()
  } catch (error) {
    await connection.rollback()
    throw error
  }
}

async function insert(connection: Connection, table: BankTable, rows: readonly Readonly<Record<string, ColumnValue>>[]): Promise<void> {
  const [first] = rows
  if (first === undefined) return
  const columns = Object.keys(first)
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    const values = rows.slice(from, from + rowsAtOnce).map((row) => columns.map((column) => row[column]))
    await connection.query(`REPLACE INTO ${table} (${columns.join(', ')}) VALUES ?`, [values])
  }
}
