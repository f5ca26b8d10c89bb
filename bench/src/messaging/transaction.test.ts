import { encoder, transactionsLog } from '@swipestream/contracts'
import { expect, it } from 'vitest'
import { transactionOf, valueBytes } from './transaction.js'

it('every record measured has the same size', () => {
  const encode = encoder(transactionsLog.schema)
  const sizes = new Set(Array.from({ length: 20_000 }, (_, i) => encode(1, transactionOf(i * 37)).length))
  expect([...sizes]).toEqual([valueBytes])
})

it('cards spread over the partitions, and swipe again and again', () => {
  const ids = Array.from({ length: 30_000 }, (_, i) => transactionOf(i).card_id)
  expect(new Set(ids).size).toBe(10_000)
})
