import { transactionsLog, type Transaction } from '@swipestream/contracts'
import type { Received } from '@swipestream/messaging'
import { eventually, testBackbone, testDatabase, type TestBackbone } from '@swipestream/messaging/testing'
import { query, startApi, type TestApi } from './service.js'

/** The service with topics and a database of its own, and looks at what it stored and published. */
export interface ApiUnderTest {
  readonly api: TestApi
  readonly backbone: TestBackbone
  readonly databaseUrl: string
  query<Row>(sql: string, values?: unknown[]): Promise<Row[]>
  /** Rows of a table. */
  count(table: string): Promise<number>
  /** Records of a transaction on transactions_log, once the outbox is empty. */
  published(transactionId: string): Promise<Received<Transaction>[]>
  close(): Promise<void>
}

export async function apiUnderTest(): Promise<ApiUnderTest> {
  const backbone = await testBackbone()
  const { url, drop } = await testDatabase()
  const api = await startApi({ ...backbone.env, DATABASE_URL: url })
  const count = async (table: string): Promise<number> => {
    const [row] = await query<{ count: number }>(url, `SELECT count(*)::int AS count FROM ${table}`)
    return row!.count
  }
  return {
    api,
    backbone,
    databaseUrl: url,
    query: (sql, values) => query(url, sql, values),
    count,
    async published(transactionId) {
      await eventually(async () => (await count('outbox')) === 0)
      return (await backbone.received(transactionsLog)).filter(({ value }) => value.transaction_id === transactionId)
    },
    async close() {
      await api.stop()
      await backbone.close()
      await drop()
    },
  }
}
