import type { SpendMemory, Transaction } from '@swipestream/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addToSums, correctableMs, mostKnown } from './sum.js'

const noon = Date.UTC(2026, 2, 5, 12)
const swipe = (transaction_id: string, changes: Partial<Transaction> = {}): Transaction => ({
  transaction_id, card_id: 'v1.a', card_bin: '411111', card_last4: '1111', amount_minor: 100, currency: 'EUR', merchant_id: 'm1', merchant_name: null, merchant_category: '5411',
  terminal_id: null, entry_mode: 'chip', place: null, country: null, occurred_at: noon, received_at: noon, ...changes,
})

function sums() {
  const store = new Map<string, SpendMemory>()
  return { store, add: (tx: Transaction, arrivedAt = noon) => addToSums({ get: (id) => store.get(id), set: (memory) => void store.set(memory.spend_id, memory) }, tx, 2, arrivedAt) }
}

describe('a swipe', () => {
  test('is in the sum of its card’s day and of its category’s hour', () => {
    const { add } = sums()
    add(swipe('a'))
    expect(add(swipe('b', { amount_minor: 20, occurred_at: noon + 3_599_999 }), noon + 5)).toEqual({
      day: { spend_id: 'v1.a/2026-03-05/EUR', card_id: 'v1.a', day: '2026-03-05', currency: 'EUR', transactions: 2, amount_minor: 120, last_occurred_at: noon + 3_599_999, updated_at: noon + 5 },
      hour: { spend_id: `5411/${noon}/EUR/2`, category: '5411', hour_at: noon, currency: 'EUR', partition: 2, transactions: 2, amount_minor: 120, updated_at: noon + 5 },
    })
  })

  test('that comes again, or late, is in them once', () => {
    const { add } = sums()
    const later = noon + correctableMs
    add(swipe('a'))
    add(swipe('z', { card_id: 'v1.z', occurred_at: later }), later)
    expect(add(swipe('a'), later)).toBe('again')
    expect(add(swipe('b'), later)).toMatchObject({ day: { transactions: 2 } })
  })

  test('that comes too late is told, and changes nothing', () => {
    const { add, store } = sums()
    const later = noon + correctableMs + 1
    add(swipe('z', { card_id: 'v1.z', occurred_at: later }), later)
    const before = new Map(store)
    expect([add(swipe('a'), later), store]).toEqual(['too late', before])
  })

  test('of another year is not late, as long as those of its partition come in their order; one from the future makes none late', () => {
    const { add } = sums()
    const years = 3 * 365 * 86_400_000
    expect(add(swipe('a'), noon + years)).toMatchObject({ day: { transactions: 1 } })
    expect(add(swipe('b', { occurred_at: noon + 1 }), noon + years)).toMatchObject({ day: { transactions: 2 } })
    const { add: live } = sums()
    live(swipe('future', { occurred_at: noon + years }))
    expect(live(swipe('a'))).toMatchObject({ day: { transactions: 1 } })
  })

  test('without a category is in that of 0000', () => {
    expect(sums().add(swipe('a', { merchant_category: null }))).toMatchObject({ hour: { category: '0000' } })
  })

  test('is known again among the last thousand of its card and day', () => {
    const { add, store } = sums()
    for (let i = 0; i <= mostKnown; i++) add(swipe(`t${i}`))
    expect([add(swipe('t1')), store.get('v1.a/2026-03-05/EUR')?.transaction_ids.length]).toEqual(['again', mostKnown])
  })
})

test('sums are those of the swipes, whatever their order and however often they come', () => {
  const one = fc.record({ id: fc.integer({ min: 0, max: 30 }), times: fc.integer({ min: 1, max: 3 }) })
  fc.assert(fc.property(fc.array(one, { maxLength: 60 }), (all) => {
    const { add, store } = sums()
    const tx = (id: number) => swipe(`t${id}`, { card_id: `v1.${id % 3}`, amount_minor: id + 1, occurred_at: noon + id * 7_200_000, currency: id % 2 ? 'EUR' : 'JPY' })
    for (const { id, times } of all) for (let i = 0; i < times; i++) add(tx(id))
    const wanted = new Map<string, number>()
    for (const id of new Set(all.map((each) => each.id))) {
      const { card_id, occurred_at, currency, amount_minor } = tx(id)
      const key = `${card_id}/${new Date(occurred_at).toISOString().slice(0, 10)}/${currency}`
      wanted.set(key, (wanted.get(key) ?? 0) + amount_minor)
    }
    const days = [...store.values()].filter(({ spend_id }) => spend_id.startsWith('v1.'))
    expect(new Map(days.map(({ spend_id, amount_minor }) => [spend_id, amount_minor]))).toEqual(wanted)
  }))
})
