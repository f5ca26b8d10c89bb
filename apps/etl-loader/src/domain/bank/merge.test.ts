import type { BankEntry, Card, Customer, Merchant } from '@swipestream/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readPhone } from '../../phone/read-phone.js'
import { cleanCard, type CleanCustomer, cleanCustomer, type CleanMerchant, cleanMerchant } from './clean.js'
import { Entries } from './entries.js'
import { cardRow, customerRow, merchantRow } from './example-rows.js'
import { changeCard, reheld } from './merge-cards.js'
import { changeCustomer, samePerson } from './merge-customers.js'
import { changeMerchant } from './merge-merchants.js'

/** The curated topics as they are after each change, by a memory of their own. */
function bank() {
  const store = new Map<string, BankEntry>()
  const entries = new Entries({ get: (id) => store.get(id), set: (entry) => void store.set(entry.entry_id, entry), delete: (id) => void store.delete(id) })
  const [customers, cards, merchants] = [new Map<string, Customer>(), new Map<string, Card>(), new Map<string, Merchant>()]
  let told = 0
  function apply<T>(topic: Map<string, T>, changes: ReadonlyMap<string, T | null>): void {
    told += changes.size
    for (const [key, value] of changes) {
      if (value === null) topic.delete(key)
      else topic.set(key, value)
    }
  }
  return {
    store, entries, customers, cards, merchants,
    get told() {
      return told
    },
    customer(id: string, row: CleanCustomer | null) {
      const { customers: changes, rehold } = changeCustomer(entries, id, row)
      apply(customers, changes)
      apply(cards, reheld(entries, rehold))
    },
    card: (id: string, row: Card | null) => apply(cards, changeCard(entries, id, row)),
    merchant: (id: string, row: CleanMerchant | null) => apply(merchants, changeMerchant(entries, id, row)),
  }
}

/** A customer whose address and number nobody else has, but for what is said. */
const customer = (customer_id: string, changes: Parameters<typeof customerRow>[0] = {}) =>
  cleanCustomer(customerRow({ customer_id, email: `${customer_id}@example.com`, ...changes }), 0, readPhone).row
const card = (card_id: string, customer_id: string) => cleanCard(cardRow({ card_id, customer_id }), 0).row
const merchant = (merchant_id: string, changes: Parameters<typeof merchantRow>[0] = {}, madeAt = 1) => cleanMerchant(merchantRow({ merchant_id, ...changes }), madeAt).row
const alike = { email: 'Lena@Example.com' }
const holders = ({ cards }: ReturnType<typeof bank>) => Object.fromEntries(Array.from(cards, ([id, { customer_id }]) => [id, customer_id]))

describe('customers', () => {
  test('that are doubles by `same_as` are the one that is none, with all their cards', () => {
    const b = bank()
    b.customer('c1', customer('c1', { same_as: 'c3' }))
    b.customer('c2', customer('c2', { same_as: 'c1' }))
    b.card('v1.one', card('v1.one', 'c1'))
    b.card('v1.two', card('v1.two', 'c2'))
    expect([[...b.customers.keys()], holders(b)]).toEqual([['c1'], { 'v1.one': 'c1', 'v1.two': 'c1' }])
    b.customer('c3', customer('c3'))
    expect([[...b.customers.keys()], holders(b)]).toEqual([['c3'], { 'v1.one': 'c3', 'v1.two': 'c3' }])
    expect(b.customers.get('c3')).not.toHaveProperty('same_as')
    expect(samePerson(b.entries, 'c2').toSorted()).toEqual(['c1', 'c2', 'c3'])
  })

  test('that are alike in address, number and whole name are the one of the lowest id', () => {
    const b = bank()
    for (const id of ['c2', 'c1', 'c3']) b.customer(id, customer(id, { ...alike, given_name: id === 'c1' ? 'LENA' : 'Lena' }))
    expect([...b.customers.keys()]).toEqual(['c1'])
  })

  test.each([['a couple', { given_name: 'Tom' }], ['people of another name', { family_name: 'Otto' }], ['people of another number', { phone: '0170 7654321' }], ['those who have no number', { phone: null }], ['those without a name', { given_name: null }]])(
    '%s are not', (_, changes) => {
      const b = bank()
      b.customer('c1', customer('c1', alike))
      b.customer('c2', customer('c2', { ...alike, ...changes }))
      expect([...b.customers.keys()]).toEqual(['c1', 'c2'])
    },
  )

  test('come apart when they are no longer alike, and each takes its cards along', () => {
    const b = bank()
    b.customer('c1', customer('c1', alike))
    b.customer('c2', customer('c2', alike))
    b.card('v1.two', card('v1.two', 'c2'))
    expect(holders(b)).toEqual({ 'v1.two': 'c1' })
    b.customer('c2', customer('c2', { ...alike, phone: '0170 7654321' }))
    expect([[...b.customers.keys()].toSorted(), holders(b)]).toEqual([['c1', 'c2'], { 'v1.two': 'c2' }])
  })

  test('go on as the next when the one that stayed is deleted; nothing is left of all of them in the end', () => {
    const b = bank()
    b.customer('c1', customer('c1', alike))
    b.customer('c2', customer('c2', { ...alike, same_as: 'c1' }))
    b.card('v1.two', card('v1.two', 'c2'))
    b.customer('c1', null)
    expect([[...b.customers.keys()], holders(b)]).toEqual([['c2'], { 'v1.two': 'c2' }])
    b.customer('c2', null)
    b.card('v1.two', null)
    expect([b.customers.size, b.cards.size, b.store.size]).toEqual([0, 0, 0])
  })

  test('that name each other, or themselves, are the lowest of them', () => {
    const b = bank()
    b.customer('c2', customer('c2', { same_as: 'c1' }))
    b.customer('c1', customer('c1', { same_as: 'c2' }))
    b.customer('c0', customer('c0', { same_as: 'c0' }))
    expect([...b.customers.keys()].toSorted()).toEqual(['c0', 'c1'])
  })

  test('that come again as they were change nothing', () => {
    const b = bank()
    for (let i = 0; i < 3; i++) {
      b.customer('c1', customer('c1'))
      b.card('v1.one', card('v1.one', 'c1'))
      b.merchant('m1', merchant('m1', {}, i))
    }
    expect([b.told, b.merchants.get('m1')?.updated_at]).toEqual([3, 0])
  })
})

describe('merchants', () => {
  test('of one name, category, country and city are the one of the lowest id, which knows the others', () => {
    const b = bank()
    b.merchant('m3', merchant('m3'))
    b.merchant('m1', merchant('m1', { name: 'TEA ROOM  berlin' }, 7))
    b.merchant('m2', merchant('m2', { country: 'Germany' }))
    expect([...b.merchants.values()]).toEqual([{ merchant_id: 'm1', name: 'TEA ROOM berlin', category: '5499', country: 'DE', city: 'Berlin', merged_ids: ['m2', 'm3'], updated_at: 7 }])
    b.merchant('m1', null)
    expect(b.merchants.get('m2')).toMatchObject({ merged_ids: ['m3'], name: 'Tea Room Berlin' })
  })

  test.each([['city', { city: null }], ['country', { country: '??' }], ['category', { category_code: null }]])('whose %s is not known are not', (_, changes) => {
    const b = bank()
    b.merchant('m1', merchant('m1', changes))
    b.merchant('m2', merchant('m2', changes))
    expect(b.merchants.size).toBe(2)
  })
})

describe('what comes out', () => {
  const ids = fc.constantFrom('c1', 'c2', 'c3', 'c4', 'c5')
  const customerChange = fc.record({ id: ids, gone: fc.boolean(), same_as: fc.option(ids), email: fc.constantFrom('a@b.de', 'c@d.de', null), given_name: fc.constantFrom('Ada', 'Bo') })
  const cardChange = fc.record({ card_id: fc.constantFrom('v1.a', 'v1.b', 'v1.c'), holder: fc.option(ids) })
  const merchantChange = fc.record({ merchant_id: fc.constantFrom('m1', 'm2', 'm3', 'm4'), city: fc.option(fc.constantFrom('Berlin', null), { nil: undefined }) })
  type Made<A> = A extends fc.Arbitrary<infer T> ? T : never
  type Change = Made<typeof customerChange> | Made<typeof cardChange> | Made<typeof merchantChange>

  function play(b: ReturnType<typeof bank>, change: Change): void {
    if ('card_id' in change) b.card(change.card_id, change.holder === null ? null : card(change.card_id, change.holder))
    else if ('merchant_id' in change) b.merchant(change.merchant_id, change.city === undefined ? null : merchant(change.merchant_id, { city: change.city }, 1))
    else b.customer(change.id, change.gone ? null : customer(change.id, { same_as: change.same_as, email: change.email, given_name: change.given_name }))
  }

  const keyOf = (change: Change) => ('card_id' in change ? change.card_id : 'merchant_id' in change ? change.merchant_id : change.id)

  test('hangs on the rows as they are in the end, whatever they were before and in whatever order they come', () => {
    const changes = fc.array(fc.oneof(customerChange, cardChange, merchantChange), { maxLength: 30 })
    fc.assert(fc.property(changes, fc.infiniteStream(fc.nat()), (all, order) => {
      const through = bank()
      for (const change of all) play(through, change)
      const last = [...new Map(all.map((change) => [keyOf(change), change])).values()]
      const shuffled = last.map((change) => ({ change, at: order.next().value ?? 0 })).sort((a, b) => a.at - b.at)
      const atOnce = bank()
      for (const { change } of shuffled) play(atOnce, change)
      const sorted = (map: ReadonlyMap<string, unknown>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1))
      for (const topic of ['customers', 'cards', 'merchants', 'store'] as const) expect(sorted(through[topic])).toEqual(sorted(atOnce[topic]))
    }), { numRuns: 400 })
  })
})
