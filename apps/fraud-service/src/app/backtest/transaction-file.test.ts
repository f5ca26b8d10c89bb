import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { StreamEvent, Swiped } from '../../domain/backtest/stream.js'
import { csvFields } from './csv-line.js'
import { TransactionFile } from './transaction-file.js'

const day = 86_400_000

async function read(content: string | Uint8Array, labelDelayMs?: number) {
  const directory = mkdtempSync(join(tmpdir(), 'table-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  writeFileSync(join(directory, 'table'), content)
  const file = new TransactionFile(join(directory, 'table'), labelDelayMs)
  const events: StreamEvent[] = []
  for await (const some of file.events()) events.push(...some)
  const rows = events.filter((event): event is Swiped => event.kind === 'transaction')
  const refused = file.refusals.first.map((text) => text.replace(/^.*\/table:/, ''))
  return { file, events, rows, refused }
}

const header = 'transaction_id,occurred_at,customer_id,terminal_id,amount,is_fraud,fraud_scenario\n'
const line = (changes: { id?: string; at?: string; amount?: string; fraud?: string } = {}) =>
  `${changes.id ?? '7'},${changes.at ?? '2018-04-01T00:00:31Z'},596,3156,${changes.amount ?? '57.16'},${changes.fraud ?? '0'},0\n`

const contract = 'transaction_id,card_id,amount_minor,currency,merchant_id,occurred_at'

describe('a table of the Fraud Detection Handbook', () => {
  it('has a transaction a row: the customer is the card, the terminal the merchant; times in UTC, amounts in cents', async () => {
    const at = Date.UTC(2018, 3, 1, 0, 0, 31)
    const { rows } = await read(header + line() + line({ fraud: '1' }))
    expect(rows).toEqual([false, true].map((fraud) => ({
      kind: 'transaction', fraud,
      tx: {
        transaction_id: '7', card_id: '596', card_bin: '000000', card_last4: '0000', amount_minor: 5_716, currency: 'EUR', merchant_id: '3156', merchant_name: null,
        merchant_category: null, terminal_id: '3156', entry_mode: 'unknown', place: null, country: null, occurred_at: at, received_at: at,
      },
    })))
  })

  it.each([['0.01', 1], ['146', 14_600], ['57.1', 5_710], ['1.15', 115], ['8.29', 829], ['0.00', 0], ['90071992547409.91', 9_007_199_254_740_991]])('reads the amount %s as %i cents, exactly', async (amount, cents) => {
    expect((await read(header + line({ amount }))).rows[0]?.tx.amount_minor).toBe(cents)
  })

  it('may be gzipped, have its columns in another order, a byte order mark, CRLF, quotes, empty lines and no labels', async () => {
    const text = '\uFEFFamount,terminal_id,customer_id,occurred_at,transaction_id\r\n0.29,"t",c,2018-04-01T00:00:00Z,9\r\n\r\n0.30,t,c,2018-04-01T00:00:01Z,10'
    for (const content of [text, gzipSync(text)]) {
      const { rows, file } = await read(content)
      expect(rows.map(({ tx, fraud }) => [tx.transaction_id, tx.card_id, tx.terminal_id, tx.amount_minor, fraud])).toEqual([['9', 'c', 't', 29, null], ['10', 'c', 't', 30, null]])
      expect(file.refusals.count).toBe(0)
    }
  })
})

describe('a table with the fields of the contract', () => {
  it('as CSV: what is not given is as it is for a swipe without it', async () => {
    const { rows } = await read(`${contract},label\na,v1.x,1500,JPY,m,1522540831000,confirmed_fraud\nb,v1.x,1,EUR,m,2018-04-01T02:00:31.5+02:00,\n`)
    expect(rows.map(({ fraud }) => fraud)).toEqual([true, null])
    expect(rows.map(({ tx }) => [tx.amount_minor, tx.currency, tx.occurred_at, tx.received_at])).toEqual([[1500, 'JPY', 1_522_540_831_000, 1_522_540_831_000], [1, 'EUR', 1_522_540_831_500, 1_522_540_831_500]])
    expect(rows[0]?.tx).toMatchObject({ terminal_id: null, place: null, entry_mode: 'unknown', card_bin: '000000' })
  })

  it('as CSV with everything', async () => {
    const { rows } = await read(`${contract},card_bin,card_last4,merchant_name,merchant_category,terminal_id,entry_mode,latitude,longitude,country,received_at
a,v1.x,1,EUR,m,1000,400000,0002,"Bar ""Zum Eck"", Ulm",5812,t,chip,48.4,9.99,DE,2000\n`)
    expect(rows[0]?.tx).toEqual({
      transaction_id: 'a', card_id: 'v1.x', card_bin: '400000', card_last4: '0002', amount_minor: 1, currency: 'EUR', merchant_id: 'm', merchant_name: 'Bar "Zum Eck", Ulm',
      merchant_category: '5812', terminal_id: 't', entry_mode: 'chip', place: { latitude: 48.4, longitude: 9.99 }, country: 'DE', occurred_at: 1_000, received_at: 2_000,
    })
  })

  it('as NDJSON', async () => {
    const tx = { transaction_id: 'a', card_id: 'v1.x', amount_minor: 1, currency: 'EUR', merchant_id: 'm', occurred_at: 1_000, place: { latitude: 1.5, longitude: -2 }, terminal_id: null }
    const { rows } = await read(`${JSON.stringify({ ...tx, is_fraud: true })}\n${JSON.stringify(tx)}\n`)
    expect(rows.map(({ fraud, tx: { place, terminal_id, received_at } }) => [fraud, place, terminal_id, received_at])).toEqual([[true, tx.place, null, 1_000], [null, tx.place, null, 1_000]])
  })
})

describe('a row that is no transaction is refused with line, field and reason, and the others are read', () => {
  it.each([
    ['an amount that is none', line({ amount: 'much' }), 'amount: "much" is not an amount'],
    ['a time that is none', line({ at: '2018-02-30T00:00:00Z' }), 'occurred_at: "2018-02-30T00:00:00Z" is not a time'],
    ['a time without its offset', line({ at: '2018-02-20T00:00:00' }), 'occurred_at: "2018-02-20T00:00:00" is not a time'],
    ['a label that is none', line({ fraud: '2' }), 'is_fraud: "2" is not a label'],
    ['no id', line({ id: '' }), 'transaction_id is missing'],
    ['too few fields', '7,2018\n', 'has 2 fields, but the first line names 7 columns'],
    ['an open quote', line({ id: '"7' }), 'a quote is not closed in its line'],
  ])('%s', async (_, wrong, message) => {
    const { rows, refused, file } = await read(header + line() + wrong + line())
    expect([rows.length, file.refusals.count, refused]).toEqual([2, 1, [expect.stringContaining(`3: ${message}`)]])
  })

  it.each([
    ['no JSON', '{', 'it is no JSON'],
    ['no object', '[1]', 'it is no JSON object'],
    ['a field nobody knows', '{"transaction_id":"a","terminalid":"t"}', 'there is no field "terminalid" (did you mean terminal_id?)'],
    ['a field of another kind', '{"transaction_id":"a","card_id":"c","amount_minor":1.5,"currency":"EUR","merchant_id":"m","occurred_at":1}', 'amount_minor: 1.5 is not a whole number'],
    ['a place without a longitude', '{"transaction_id":"a","card_id":"c","amount_minor":1,"currency":"EUR","merchant_id":"m","occurred_at":1,"place":{"latitude":1}}', 'place: {"latitude":1} is not an object of latitude and longitude'],
    ['a currency nobody has', '{"transaction_id":"a","card_id":"c","amount_minor":1,"currency":"ZZZ","merchant_id":"m","occurred_at":1}', 'currency: "ZZZ" is not a currency code'],
  ])('NDJSON: %s', async (_, wrong, message) => {
    const good = '{"transaction_id":"a","card_id":"c","amount_minor":1,"currency":"EUR","merchant_id":"m","occurred_at":1}'
    const { rows, refused } = await read(`${good}\n${wrong}\n${good}`)
    expect([rows.length, refused]).toEqual([2, [expect.stringContaining(`2: ${message}`)]])
  })

  it.each([
    ['card_id', 'a,4111 1111 1111 1111,1,EUR,m,1', 'an id'],
    ['amount_minor', 'a,c,4111-1111-1111-1111,EUR,m,1', 'a whole number'],
  ])('never repeats what may be a card number, in %s', async (field, row, what) => {
    const { refused } = await read(`${contract}\n${row}\n`)
    expect(refused).toEqual([expect.stringContaining(`2: ${field}: the value is not ${what}`)])
  })

  it('counts all, and keeps the first five', async () => {
    const { file } = await read(header + line({ amount: 'x' }).repeat(8))
    expect([file.refusals.count, file.refusals.first.length]).toEqual([8, 5])
  })
})

describe('a file that is no table is refused', () => {
  it.each([
    ['a column that is missing', header.replace('customer_id', 'customer'), 'the column customer_id is missing; the columns of the Fraud Detection Handbook are'],
    ['a column nobody knows', header.replace('is_fraud', 'is_frod'), 'there is no column "is_frod" (did you mean is_fraud?)'],
    ['a column that is there twice', header.replace('fraud_scenario', 'amount'), 'the column amount stands there twice'],
    ['two labels', header.replace('fraud_scenario', 'label'), 'is_fraud and label are the same: leave one out'],
    ['other columns', 'a,b,c\n', 'the column transaction_id is missing; the columns of the Transaction contract are'],
    ['nothing in it', '', 'is empty'],
    ['a gzip that is cut', gzipSync(header + line()).subarray(0, 40), 'cannot be read: unexpected end of file'],
    ['no line ends', Buffer.alloc(2_000_000, 'x'), 'a line is longer than'],
  ])('for %s', async (_, content, message) => {
    await expect(read(content)).rejects.toThrow(message)
  })

  it('or is not there', async () => {
    await expect(new TransactionFile('/nowhere/table.csv').events().next()).rejects.toThrow('/nowhere/table.csv cannot be read: ENOENT')
  })
})

describe('labels of a file', () => {
  const at = (days: number) => new Date(Date.UTC(2018, 3, 1) + days * day).toISOString()
  const rows = line({ id: 'f', at: at(0), fraud: '1' }) + line({ id: 'l', at: at(1) }) + line({ id: 'b', at: at(6.999) }) + line({ id: 't', at: at(7) })

  it('come as feedback 7 days after their transaction, before the first one of that moment; only frauds do', async () => {
    const { events } = await read(header + rows)
    expect(events.map((event) => (event.kind === 'feedback' ? event.feedback.transaction_id : event.tx.transaction_id))).toEqual(['f', 'l', 'b', 'f', 't'])
    expect(events[3]).toMatchObject({ feedback: { verdict: 'confirmed_fraud', source: 'label', card_action: 'none', given_at: Date.UTC(2018, 3, 8) } })
  })

  it('or after as long as is said', async () => {
    const { events } = await read(header + rows, 2 * day)
    expect(events.map(({ kind }) => kind)).toEqual(['transaction', 'transaction', 'feedback', 'transaction', 'transaction'])
  })
})

it('counts rows that stand behind a newer one by more than a day; all are read', async () => {
  const at = (hour: number) => line({ at: new Date(Date.UTC(2018, 3, 10, hour)).toISOString() })
  const { rows, file } = await read(header + at(0) + at(30) + at(6) + at(5) + at(40))
  expect([rows.length, file.behind]).toEqual([5, 1])
})

describe('fields of a line', () => {
  it.each([
    ['a,b,,c', ['a', 'b', '', 'c']],
    ['"a,b",c', ['a,b', 'c']],
    ['a,"b ""c""",', ['a', 'b "c"', '']],
    ['""', ['']],
    ['a"b,c', ['a"b', 'c']],
    ['"a', undefined],
    ['"a"b,c', undefined],
  ])('%s', (text, fields) => expect(csvFields(text)).toEqual(fields))
})
