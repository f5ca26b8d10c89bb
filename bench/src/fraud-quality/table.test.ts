import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Row, rowsOf } from './table.js'

async function read(content: string | Uint8Array, name = 'table.csv') {
  const directory = mkdtempSync(join(tmpdir(), 'table-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  writeFileSync(join(directory, name), content)
  return allOf(join(directory, name))
}

async function allOf(file: string): Promise<Row[]> {
  const rows: Row[] = []
  for await (const row of rowsOf(file)) rows.push(row)
  return rows
}

const header = 'transaction_id,occurred_at,customer_id,terminal_id,amount,is_fraud,fraud_scenario\n'
const line = (changes: { at?: string; amount?: string; fraud?: string } = {}) => `7,${changes.at ?? '2018-04-01T00:00:31Z'},596,3156,${changes.amount ?? '57.16'},${changes.fraud ?? '0'},0\n`

describe('a table of transactions', () => {
  it('has a row a transaction: times in UTC, amounts in cents', async () => {
    expect(await read(header + line() + line({ fraud: '1' }))).toEqual([false, true].map((fraud) => (
      { id: '7', at: Date.UTC(2018, 3, 1, 0, 0, 31), customer: '596', terminal: '3156', cents: 5_716, fraud })))
  })

  it('may be gzipped, and have its columns in another order', async () => {
    const [row] = await read(gzipSync('is_fraud,amount,terminal_id,customer_id,occurred_at,transaction_id\n1,0.29,t,c,2018-04-01T00:00:00Z,9\n'), 'table.csv.gz')
    expect(row).toEqual({ id: '9', at: Date.UTC(2018, 3, 1), customer: 'c', terminal: 't', cents: 29, fraud: true })
  })

  it.each([
    ['a column that is missing', header.replace('amount', 'sum'), ':1: the table has no column amount'],
    ['an amount that is none', header + line({ amount: 'much' }), ':2: this is no transaction'],
    ['a time that is none', header + line({ at: 'today' }), ':2: this is no transaction'],
    ['a label that is neither', header + line({ fraud: '2' }), ':2: this is no transaction'],
    ['rows that are not in the order of time', header + line() + line({ at: '2018-03-31T23:59:59Z' }), ':3: the table is not in the order of time'],
  ])('is refused for %s, with its line', async (_, content, message) => {
    await expect(read(content)).rejects.toThrow(message)
  })

  it('says when there is none', async () => {
    await expect(allOf('/nowhere/table.csv.gz')).rejects.toThrow('ENOENT')
  })
})
