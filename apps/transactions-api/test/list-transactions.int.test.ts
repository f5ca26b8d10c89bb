import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fullSwipe, leastSwipe } from '../src/http/example-swipe.js'
import type { TransactionList } from '../src/http/transaction-list.js'
import { apiUnderTest, type ApiUnderTest } from './api-under-test.js'

let system: ApiUnderTest
let cardId: string
/** Newest first. */
let ids: string[]

const at = (minute: number) => new Date(Date.UTC(2026, 0, 31, 10, minute, 0, 123)).toISOString()
const swipe = (minute: number) => ({ ...fullSwipe, card_number: '378282246310005', occurred_at: at(minute) })
const page = async (path: string) => {
  const reply = await system.api.page(path)
  expect(reply.status).toBe(200)
  return reply.body as unknown as TransactionList
}
const first = (limit: number) => `/v1/transactions?card_id=${cardId}&limit=${limit}`
const shown = ({ transactions }: TransactionList) => transactions.map(({ transaction_id: id }) => id)

beforeAll(async () => {
  system = await apiUnderTest()
  // Three of each minute, sent in no order of time.
  const minutes = [4, 1, 3, 0, 2].flatMap((minute) => [minute, minute, minute])
  const sent: { id: string; minute: number }[] = []
  for (const minute of minutes) {
    const { body } = await system.api.post(swipe(minute))
    cardId = body.card_id
    sent.push({ id: body.transaction_id, minute })
    await system.api.post({ ...leastSwipe, occurred_at: at(minute) })
  }
  ids = sent.sort((a, b) => b.minute - a.minute || (a.id < b.id ? 1 : -1)).map(({ id }) => id)
})
afterAll(() => system?.close())

describe('the transactions of a card', () => {
  it('are shown newest first by when the card was used, as each is shown by itself', async () => {
    const { transactions, next } = await page(`/v1/transactions?card_id=${cardId}`)
    expect(transactions.map(({ transaction_id: id }) => id)).toEqual(ids)
    expect(next).toBeNull()
    expect(transactions[0]).toEqual((await system.api.get(ids[0]!)).body)
  })

  it.each([1, 4, 5, 14, 15])('come by pages of %i, each once, also of one moment', async (limit) => {
    const seen: string[] = []
    let next: string | null = first(limit)
    while (next !== null) {
      const here: TransactionList = await page(next)
      expect(here.transactions.length).toBeLessThanOrEqual(limit)
      seen.push(...shown(here))
      next = here.next
    }
    expect(seen).toEqual(ids)
  })

  it('are not shifted by what comes while they are read', async () => {
    const { next, ...begun } = await page(first(5))
    const newer = await system.api.post(swipe(59))
    try {
      expect([...shown({ ...begun, next }), ...shown(await page(next!))]).toEqual(ids.slice(0, 10))
    } finally {
      await system.query('DELETE FROM transactions WHERE transaction_id = $1', [newer.body.transaction_id])
    }
  })

  it('are none of a card that was never used', async () => {
    expect(await page(`/v1/transactions?card_id=v1.${'A'.repeat(43)}`)).toEqual({ transactions: [], next: null })
  })

  it('are found by an index, which is whole', async () => {
    expect(await system.query(`SELECT indisvalid FROM pg_index WHERE indexrelid = 'transactions_of_card'::regclass`)).toEqual([{ indisvalid: true }])
    await system.query(`INSERT INTO transactions (transaction_id, card_id, card_bin, card_last4, amount_minor, currency, merchant_id, entry_mode, occurred_at, received_at)
      SELECT gen_random_uuid(), 'card ' || n % 100, '411111', '1111', 1, 'EUR', 'm', 'chip', now(), now() FROM generate_series(1, 5000) AS n`)
    await system.query('ANALYZE transactions')
    const plan = await system.query(`EXPLAIN SELECT * FROM transactions t WHERE card_id = 'card 1' AND (t.occurred_at, t.transaction_id) < (now(), gen_random_uuid())
      ORDER BY t.occurred_at DESC, t.transaction_id DESC LIMIT 10`)
    expect(JSON.stringify(plan)).toContain('transactions_of_card')
    expect(JSON.stringify(plan)).not.toContain('Sort')
  })
})
