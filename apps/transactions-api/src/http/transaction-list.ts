import { z } from 'zod'
import type { TransactionRow } from '../db/transaction.entity.js'
import { cursorOf, type ListRequest } from './list-request.js'
import { currentView, transactionView } from './transaction-view.js'

/** A page of `GET /v1/transactions`. */
export const transactionList = z.object({
  transactions: z.array(transactionView).meta({ description: 'Newest first, by `occurred_at`.', example: [] }),
  next: z.string().nullable().meta({
    description: 'Where the next page is; null on the last one.',
    example: '/v1/transactions?card_id=v1.BiIkEgE4KkWRL7IoKLP321FTzyBycipz3tImI-p5q8k&limit=50&cursor=MTc2OTg1OTI5Njc4OSAwMTliZmMzZS04ZDJhLTdjMzEtOWE1MS00YzFmMGY3ZTJiNmQ',
  }),
})
export type TransactionList = z.output<typeof transactionList>

/** @param rows one more than `limit` when there is a next page */
export function pageOf(rows: readonly TransactionRow[], { card_id: cardId }: ListRequest, limit: number): TransactionList {
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  if (last === undefined || rows.length <= limit) return { transactions: page.map(currentView), next: null }
  const cursor = cursorOf({ occurredAt: last.occurred_at.getTime(), transactionId: last.transaction_id })
  const query = new URLSearchParams({ card_id: cardId, limit: String(limit), cursor })
  return { transactions: page.map(currentView), next: `/v1/transactions?${query.toString()}` }
}
