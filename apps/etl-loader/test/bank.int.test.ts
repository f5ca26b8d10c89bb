import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { extractProcess } from './extract-process.js'
import { numbers, type SourceUnderTest, sourceUnderTest } from './source-under-test.js'

const schema = fileURLToPath(new URL('../../../demo/bank/schema.sql', import.meta.url))
const tables = ['customers', 'accounts', 'cards', 'merchants']
const env = { ETL_SWEEP_SECONDS: '0.3', ETL_CHUNK_ROWS: '200' }

describe("the bank's database, while many write to it", () => {
  let source: SourceUnderTest
  beforeAll(async () => {
    source = await sourceUnderTest()
    await source.sql(readFileSync(schema, 'utf8'))
    await source.sql(
      `INSERT INTO customers (customer_id, given_name, channels, quiet_from, updated_at) SELECT CONCAT('c', seq), CONCAT(' Zoë 💳 ', seq), 'email,app', '22:00:00', '2024-01-01' FROM ${numbers(3000)};
       INSERT INTO accounts (customer_id, iban, currency, balance, opened_on, updated_at) SELECT CONCAT('c', seq), 'DE00', 'eur', -seq / 7, '2020-02-29', '2024-01-01' FROM ${numbers(1000)};
       INSERT INTO cards (card_id, account_id, customer_id, card_bin, card_last4, product, home_country, time_zone, expires_on, features, updated_at) SELECT CONCAT('v1.', seq), seq, CONCAT('c', seq), '411111', '1111', 'debit', 'DE', 'Europe/Berlin', '2030-01-01', seq % 256, '2024-01-01' FROM ${numbers(1000)};
       INSERT INTO merchants (merchant_id, name, latitude, attributes) SELECT CONCAT('m', seq), 'Café', 48.123456, '{"a": 1}' FROM ${numbers(1000)}`,
    )
  }, 60_000)
  afterAll(() => source?.close())

  test('is on the topics row by row in the end, whatever was committed late, deleted, or interrupted by a kill', async () => {
    const writing = new AbortController()
    const writers = Promise.all([1, 2, 3].map((seed) => write(source, seed, writing.signal)))
    for (let round = 0; round < 4; round++) {
      const child = await extractProcess({ ...source.env, ...env }, 'merchants')
      // The first of them in the middle of the snapshot.
      await delay(round === 0 ? 400 : 2_000 * Math.random())
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    writing.abort()
    expect(await writers).not.toContain(0)
    await source.once({ env })
    for (const table of tables) expect(texts(await source.topicRows(table)), table).toEqual(texts(await source.tableRows(table)))
  }, 180_000)
})

/** An unsigned bigint is a decimal on the topic. */
function texts(rows: readonly Readonly<Record<string, unknown>>[]): string[] {
  return rows.map((row) => JSON.stringify('account_id' in row ? { ...row, account_id: String(row['account_id']) } : row)).sort()
}

/** Transactions of a few statements, which stay open for up to 1.5 s; some are rolled back. Gives how many were committed. */
async function write(source: SourceUnderTest, seed: number, signal: AbortSignal): Promise<number> {
  const connection = await source.connect()
  const below = (n: number) => Math.floor(Math.random() * n)
  let committed = 0
  async function transaction(i: number): Promise<void> {
    await connection.beginTransaction()
    for (let j = 0; j <= below(4); j++) {
      const id = 1 + below(3000)
      await connection.query(
        [
          () => `INSERT INTO customers (customer_id, given_name) VALUES ('n${seed}-${i}-${j}', 'new')`,
          () => `UPDATE customers SET phone = '${below(1e9)}', quiet_to = '0${below(9)}:00:00' WHERE customer_id = 'c${id}'`,
          () => `DELETE FROM customers WHERE customer_id = 'c${id}'`,
          () => `UPDATE accounts SET balance = balance + ${below(1000)} / 100 WHERE account_id = ${id}`,
          () => `UPDATE cards SET features = ${below(256)}, product = 'credit' WHERE card_id = 'v1.${id}'`,
          () => `DELETE FROM cards WHERE card_id = 'v1.${id}'`,
          () => `INSERT INTO merchants (merchant_id, name) VALUES ('x${seed}-${i}-${j}', 'new') ON DUPLICATE KEY UPDATE name = 'old'`,
          () => `UPDATE merchants SET attributes = '{"n": ${below(1e6)}}' WHERE merchant_id = 'm${id}'`,
          () => `DELETE FROM merchants WHERE merchant_id = 'm${id}'`,
        ][below(9)]!(),
      )
    }
    if (below(5) === 0) await delay(below(1_500))
    if (below(10) === 0) return void (await connection.rollback())
    await connection.commit()
    committed++
  }
  try {
    for (let i = 0; !signal.aborted; i++) {
      await transaction(i).catch((error: { readonly code?: string }) => {
        // Of two that lock each other's rows, the server rolls one back.
        if (error.code !== 'ER_LOCK_DEADLOCK') throw error
      })
    }
  } finally {
    await connection.end()
  }
  return committed
}
