import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isLuhnValid } from '../generator/card-number.js'
import { type CsvOptions, type InputRow, readTransactions } from './csv.js'
import { InputError } from './errors.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'input-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true })
})

let files = 0
async function fileOf(content: string | Buffer): Promise<string> {
  const path = join(folder, `${++files}.csv`)
  await writeFile(path, content)
  return path
}

const tokenOf = (cardNumber: string): string => `v1.token-${cardNumber.slice(-8)}`
async function read(content: string | Buffer, options: Partial<CsvOptions> = {}): Promise<InputRow[]> {
  const rows: InputRow[] = []
  for await (const row of readTransactions(await fileOf(content), { tokenOf, ...options })) rows.push(row)
  return rows
}
async function failureOf(content: string | Buffer): Promise<InputError> {
  const error: unknown = await read(content).then(() => new Error('nothing was wrong'), (reason: unknown) => reason)
  if (!(error instanceof InputError)) throw error
  return error
}

const HANDBOOK = `transaction_id,occurred_at,customer_id,terminal_id,amount,is_fraud,fraud_scenario
0,2018-04-01T00:00:31Z,596,3156,57.16,0,0
1,2018-04-01T00:02:10Z,4961,3412,81.51,1,2
2,2018-04-01T00:07:56Z,596,1365,146.00,0,0
`
const API = `card_number,amount_minor,currency,merchant_id,occurred_at,latitude,longitude,country,entry_mode,transaction_id,label
4111111111111111,1500,JPY,m-1,2026-03-02T10:00:00+09:00,35.6762,139.6503,JP,chip,a,stolen_card
4111111111111111,2350,EUR,m-2,2026-03-02T10:00:00.250Z,,,,,b,
`

describe('readTransactions, of the Fraud Detection Handbook', () => {
  it('gives the swipe of each row, and derives what a swipe needs besides', async () => {
    const [first] = await read(HANDBOOK)
    expect(first).toMatchObject({
      line: 2,
      id: '0',
      label: null,
      swipe: {
        card_number: '4111110000005962', amount_minor: 5716, currency: 'EUR', merchant_id: 'm3156', terminal_id: 't3156',
        occurred_at: '2018-04-01T00:00:31Z',
      },
    })
    expect(first?.swipe).not.toHaveProperty('place')
  })

  it('gives line, id, amount and label of every row, in their order', async () => {
    expect((await read(HANDBOOK)).map(({ line, id, swipe, label }) => [line, id, swipe.amount_minor, label])).toEqual([
      [2, '0', 5716, null], [3, '1', 8151, 'compromised_terminal'], [4, '2', 14_600, null],
    ])
  })

  it('gives the holder with the first row of each card', async () => {
    const rows = await read(HANDBOOK)
    expect(rows.map(({ newHolder }) => newHolder?.customer.customer_id)).toEqual(['596', '4961', undefined])
    const { customer, card } = rows[0]?.newHolder ?? {}
    expect(card).toMatchObject({
      card_number: '4111110000005962', card_id: tokenOf('4111110000005962'), card_bin: '411111', card_last4: '5962', customer_id: '596',
    })
    expect(customer?.email).toMatch(/^[a-z.]+\.596@example\.net$/)
    expect(customer?.phone).toBe('+12065550196')
  })

  it('gives every customer a Luhn-valid card of their own', async () => {
    const ids = [0, 1, 7, 10, 70, 596, 999_999_999]
    const rows = await read(HANDBOOK.split('\n', 1)[0] + '\n' + ids.map((id, i) => `${i},2018-04-01T00:00:31Z,${id},1,1.00,0,0`).join('\n'))
    const numbers = rows.map(({ swipe }) => swipe.card_number)
    expect(new Set(numbers).size).toBe(ids.length)
    expect(numbers.every(isLuhnValid)).toBe(true)
  })

  it('gives the same every time', async () => {
    expect(await read(HANDBOOK)).toEqual(await read(HANDBOOK))
  })

  it.each([
    ['0.01', 1], ['146', 14_600], ['146.00', 14_600], ['57.1', 5710], ['1.15', 115], ['8.29', 829], ['1128.43', 112_843],
    ['90071992547409.91', 9_007_199_254_740_991],
  ])('reads the amount %s as %i cents, exactly', async (amount, cents) => {
    const [row] = await read(HANDBOOK.replace('57.16', amount))
    expect(row?.swipe.amount_minor).toBe(cents)
  })
})

describe('readTransactions, of columns named as in the API', () => {
  it('gives the swipe as the API takes it', async () => {
    expect((await read(API)).map(({ swipe, id, label }) => ({ id, label, ...swipe }))).toEqual([
      {
        id: 'a', label: 'stolen_card', card_number: '4111111111111111', amount_minor: 1500, currency: 'JPY', merchant_id: 'm-1',
        occurred_at: '2026-03-02T10:00:00+09:00', place: { latitude: 35.6762, longitude: 139.6503 }, country: 'JP', entry_mode: 'chip',
      },
      {
        id: 'b', label: null, card_number: '4111111111111111', amount_minor: 2350, currency: 'EUR', merchant_id: 'm-2',
        occurred_at: '2026-03-02T10:00:00.250Z',
      },
    ])
  })

  it('gives a card without a customer a holder of its own, which does not tell the number', async () => {
    const [first, second] = await read(API)
    expect(first?.newHolder?.card.customer_id).toBe('holder-of-v1.token-11111111')
    expect(JSON.stringify(first?.newHolder?.customer)).not.toContain('4111111111111111')
    expect(second?.newHolder).toBeNull()
  })

  it('derives the card from the customer, and the id from the line', async () => {
    const [row] = await read('customer_id,amount_minor,currency,merchant_id,occurred_at\n596,1,EUR,m,2026-03-02T10:00:00Z\n')
    expect(row).toMatchObject({ id: 'line-2', swipe: { card_number: '4111110000005962' }, newHolder: { customer: { customer_id: '596' } } })
  })
})

describe('readTransactions', () => {
  it('reads gzip, whatever the file is called', async () => {
    expect(await read(gzipSync(HANDBOOK))).toEqual(await read(HANDBOOK))
  })

  it('takes a byte order mark, CRLF, quotes, empty lines and a last line without an end', async () => {
    const odd = '\uFEFF' + HANDBOOK.trimEnd().replaceAll('\n', '\r\n').replace('3412', '"3412"')
    expect(await read(odd)).toEqual(await read(HANDBOOK))
    expect((await read(HANDBOOK.replace('\n1,', '\n\n1,'))).map(({ line }) => line)).toEqual([2, 4, 5])
  })

  it.each([[1, 1], [2, 2], [3, 3], [100, 3], [0, 0]])('stops after %i rows, here %i', async (rows, count) => {
    expect(await read(HANDBOOK, { rows })).toHaveLength(count)
  })

  it('does not look at what comes after the rows wanted', async () => {
    expect(await read(HANDBOOK + 'nonsense\n', { rows: 3 })).toHaveLength(3)
  })

  it('gives no rows for a file of a header only', async () => {
    expect(await read(HANDBOOK.split('\n', 1)[0] + '\n')).toEqual([])
  })

  it('leaves bad rows out when somebody is told of them', async () => {
    const bad: InputError[] = []
    const rows = await read(HANDBOOK.replace('81.51', '0.00') + '1,2\n', { onBadRow: (error) => bad.push(error) })
    expect(rows.map(({ id }) => id)).toEqual(['0', '2'])
    expect(bad.map(({ where }) => where)).toEqual([{ line: 3, column: 'amount' }, { line: 5 }])
  })

  it('streams: the first row is there before a large file is read', async () => {
    const path = await fileOf(HANDBOOK + HANDBOOK.split('\n')[1]?.concat('\n').repeat(200_000))
    const before = process.memoryUsage.rss()
    for await (const row of readTransactions(path, { tokenOf })) if (row.line > 1_000) break
    expect(process.memoryUsage.rss() - before).toBeLessThan(50 * 2 ** 20)
  })
})

describe('readTransactions, of a bad file', () => {
  it.each([
    ['amount', '57.16', '57,16'], ['amount', '57.16', '-57.16'], ['amount', '57.16', '57.165'], ['amount', '57.16', '0.00'],
    ['amount', '57.16', ''], ['amount', '57.16', '1e3'], ['amount', '57.16', '90071992547409.92'],
    ['occurred_at', '2018-04-01T00:00:31Z', '2018-04-01 00:00:31'], ['occurred_at', '2018-04-01T00:00:31Z', '2018-02-30T00:00:31Z'],
    ['occurred_at', '2018-04-01T00:00:31Z', '2018-04-01T25:00:31Z'],
    ['customer_id', '596', 'x'], ['customer_id', '596', '0596'], ['customer_id', '596', '1000000000'],
    ['terminal_id', '3156', ''], ['terminal_id', '3156', '3 156'],
  ])('names line and column: %s %s → %j', async (column, from, to) => {
    const error = await failureOf(HANDBOOK.replace(from, to.includes(',') ? `"${to}"` : to))
    expect(error).toMatchObject({ code: 'INPUT_ROW_INVALID', where: { line: 2, column } })
    expect(error.message).toContain(`line 2, column ${column}: "${to}" is not `)
  })

  it.each([
    ['amount_minor', '2350', '23.50'], ['amount_minor', '2350', '0'], ['currency', 'EUR', 'euro'], ['country', ',JP,', ',JPN,'],
    ['entry_mode', 'chip', 'chips'], ['latitude', '35.6762', '95'], ['longitude', '139.6503', ''], ['latitude', '35.6762', ''],
  ])('names line and column of the API form: %s %s → %j', async (column, from, to) => {
    const error = await failureOf(API.replace(from, to))
    expect(error.code).toBe('INPUT_ROW_INVALID')
    expect(['latitude', 'longitude', column]).toContain(error.where.column)
    expect(error.message).toContain(`line ${column === 'amount_minor' || column === 'currency' ? 3 : 2}, column `)
  })

  it('does not repeat a wrong card number', async () => {
    const error = await failureOf(API.replace('4111111111111111', '4111111111111112'))
    expect(error.message).toMatch(/line 2, column card_number: the value is not a card number .* \(Luhn\)$/)
  })

  it('wants a card number or a customer in every row', async () => {
    expect((await failureOf(API.replace('4111111111111111', ''))).where).toEqual({ line: 2, column: 'card_number' })
  })

  it.each([
    ['an unknown column', HANDBOOK.replace('is_fraud', 'is_frod'), 'is_frod', 'is unknown'],
    ['a missing column', HANDBOOK.replaceAll(/^([^,]*,[^,]*),[^,]*/gm, '$1'), 'customer_id', 'is missing'],
    ['a column twice', HANDBOOK.replace('is_fraud', 'amount'), 'amount', 'stands there twice'],
    ['an unknown column of the API form', API.replace('label', 'labels'), 'labels', 'is unknown'],
    ['no card and no customer', 'amount_minor,currency,merchant_id,occurred_at\n', 'card_number', 'is missing'],
    ['a file without a header', HANDBOOK.slice(HANDBOOK.indexOf('\n') + 1), 'amount_minor', 'is missing'],
  ])('names the column: %s', async (_, content, column, what) => {
    const error = await failureOf(content)
    expect(error).toMatchObject({ code: 'INPUT_COLUMNS_INVALID', where: { line: 1, column } })
    expect(error.message).toContain(`column "${column}" ${what}`)
  })

  it('names the line of a row with too few or too many cells', async () => {
    expect(await failureOf(HANDBOOK + '3,2018-04-01T00:07:56Z\n')).toMatchObject({ code: 'INPUT_ROW_INVALID', where: { line: 5 } })
    expect((await failureOf(HANDBOOK.replace('57.16', '57,16'))).message).toContain('line 2: has 8 cells, but the header names 7 columns')
  })

  it('names the line of what is no CSV', async () => {
    expect(await failureOf(HANDBOOK.replace('81.51', '81"51'))).toMatchObject({ code: 'INPUT_ROW_INVALID', where: { line: 3 } })
  })

  it.each([
    ['an empty file', '', 'INPUT_COLUMNS_INVALID'],
    ['a gzip file cut short', gzipSync(HANDBOOK).subarray(0, 60), 'INPUT_UNREADABLE'],
    ['a damaged gzip file', Buffer.concat([gzipSync(HANDBOOK).subarray(0, 20), Buffer.alloc(80, 7)]), 'INPUT_UNREADABLE'],
  ])('refuses %s', async (_, content, code) => {
    expect(await failureOf(content)).toMatchObject({ code })
  })

  it('names a file that is not there', async () => {
    const missing = join(folder, 'nowhere.csv')
    await expect(readTransactions(missing, { tokenOf }).next()).rejects.toThrow(`${missing} cannot be read`)
  })

  it('names the file in every error', async () => {
    expect((await failureOf(HANDBOOK.replace('57.16', 'x'))).message).toMatch(/\.csv: line 2, column amount/)
  })
})
