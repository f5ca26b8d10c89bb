import { createHash } from 'node:crypto'
import type { BankEntry, Card, Customer, Merchant } from '@swipestream/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cleanCard, cleanCustomer, cleanMerchant } from '../apps/etl-loader/src/domain/bank/clean.js'
import { Entries } from '../apps/etl-loader/src/domain/bank/entries.js'
import { changeCard, reheld } from '../apps/etl-loader/src/domain/bank/merge-cards.js'
import { changeCustomer } from '../apps/etl-loader/src/domain/bank/merge-customers.js'
import { changeMerchant } from '../apps/etl-loader/src/domain/bank/merge-merchants.js'
import { readPhone } from '../apps/etl-loader/src/phone/read-phone.js'
import { bankRows } from '../demo/src/bank/bank-rows.js'
import { BankChurn } from '../demo/src/bank/churn.js'
import { iban } from '../demo/src/bank/iban.js'
import type { BankRows } from '../demo/src/bank/rows.js'
import { CITIES } from '../demo/src/generator/cities.js'
import { generateWorld, type World } from '../demo/src/generator/world.js'

const madeAt = Date.UTC(2026, 5, 1)
const tokenOf = (cardNumber: string): string => `v1.${createHash('sha256').update(cardNumber).digest('base64url')}`
const worldOf = (seed: number, customers = 60): World => generateWorld(seed, { customers, tokenOf, shopsPerCity: 12 })

/** As extract writes it: timestamps in ISO 8601, times in microseconds. */
const iso = (timestamp: string | null): string | null => timestamp && `${timestamp.replace(' ', 'T')}Z`
const micros = (time: string | null): number | null => time && Date.parse(`1970-01-01T${time}Z`) * 1_000 || null

/** What transform makes of the rows, none of which it may refuse, nor leave anything out of. */
function curated(rows: BankRows) {
  const store = new Map<string, BankEntry>()
  const entries = new Entries({ get: (id) => store.get(id), set: (entry) => void store.set(entry.entry_id, entry), delete: (id) => void store.delete(id) })
  const topics = { customers: new Map<string, Customer>(), cards: new Map<string, Card>(), merchants: new Map<string, Merchant>() }
  function apply<T>(topic: Map<string, T>, changes: ReadonlyMap<string, T | null>): void {
    for (const [key, value] of changes) {
      if (value === null) topic.delete(key)
      else topic.set(key, value)
    }
  }
  function whole<T>({ row, dropped }: { row: T; dropped: readonly string[] }): T {
    expect(dropped).toEqual([])
    return row
  }
  for (const row of rows.cards) {
    const card = whole(cleanCard({ ...row, updated_at: iso(row.updated_at) }, madeAt))
    apply(topics.cards, changeCard(entries, card.card_id, card))
  }
  for (const row of rows.customers) {
    const source = { ...row, updated_at: iso(row.updated_at), quiet_from: micros(row.quiet_from), quiet_to: micros(row.quiet_to) }
    const { customers, rehold } = changeCustomer(entries, row.customer_id, row.deleted_at === null ? whole(cleanCustomer(source, madeAt, readPhone)) : null)
    apply(topics.customers, customers)
    apply(topics.cards, reheld(entries, rehold))
  }
  for (const row of rows.merchants) {
    const merchant = whole(cleanMerchant(row, madeAt))
    apply(topics.merchants, changeMerchant(entries, merchant.merchant_id, merchant))
  }
  return topics
}

const byKey = <T>(key: keyof T, values: readonly T[]): Map<unknown, T> => new Map(values.map((value) => [value[key], value]))

/** The world's shops, those of one name, kind and city as one. */
function merchantsOf(world: World, doubles: BankRows['merchants']): Map<unknown, Merchant> {
  const merchants: Merchant[] = []
  const alike = new Map<string, Merchant>()
  const everywhere = [...world.shopsByCity.map((shops, i) => ({ shops, city: CITIES[i]?.name ?? null })), { shops: world.webShops, city: null }]
  for (const { shops: inCity, city } of everywhere) {
    for (const { merchant_id, merchant_name, merchant_category, country } of inCity.toSorted((a, b) => (a.merchant_id < b.merchant_id ? -1 : 1))) {
      const ids = [merchant_id, ...doubles.filter((row) => row.merchant_id === `z${merchant_id}`).map((row) => row.merchant_id)]
      const known = city === null ? undefined : alike.get(`${merchant_name} ${city}`)
      if (known) known.merged_ids = [...known.merged_ids, ...ids].sort()
      else {
        const merchant: Merchant = { merchant_id, name: merchant_name, category: merchant_category, country, city, merged_ids: ids.slice(1), updated_at: madeAt }
        merchants.push(merchant)
        if (city !== null) alike.set(`${merchant_name} ${city}`, merchant)
      }
    }
  }
  return byKey('merchant_id', merchants)
}

describe('the bank’s rows', () => {
  test('are the world again when they are cleaned and merged, whatever its seed', () => {
    fc.assert(fc.property(fc.integer(), fc.integer(), (seed, bankSeed) => {
      const world = worldOf(seed)
      const rows = bankRows(world, bankSeed)
      const { customers, cards, merchants } = curated(rows)
      expect(customers).toEqual(byKey('customer_id', world.customers))
      expect(cards).toEqual(byKey('card_id', world.cards.map(({ card_number: _, ...card }) => card)))
      expect(merchants).toEqual(merchantsOf(world, rows.merchants))
    }), { numRuns: 12 })
  })

  test('are as dirty as they are said to be, and hold no number of a card', () => {
    const world = worldOf(7, 600)
    const rows = bankRows(world, 7)
    const differing = (column: 'phone' | 'email' | 'country' | 'given_name') => rows.customers.filter((row, i) => row[column] !== world.customers[i]?.[column]).length
    for (const column of ['phone', 'email', 'country', 'given_name'] as const) expect(differing(column)).toBeGreaterThan(200)
    expect(rows.customers.filter(({ same_as }) => same_as !== null).length).toBeGreaterThan(5)
    expect(rows.customers.filter(({ customer_id, same_as }) => customer_id.startsWith('d') && same_as === null).length).toBeGreaterThan(5)
    expect(rows.customers.filter(({ deleted_at }) => deleted_at !== null).length).toBeGreaterThan(2)
    expect(rows.cards.filter(({ customer_id }) => customer_id.startsWith('d')).length).toBeGreaterThan(5)
    const text = JSON.stringify(rows)
    expect(world.cards.filter(({ card_number }) => text.includes(card_number))).toEqual([])
  })

  test('are the same for the same seed, and fit their columns', () => {
    const rows = bankRows(worldOf(3), 4)
    expect(bankRows(worldOf(3), 4)).toEqual(rows)
    const longest = (table: keyof BankRows, column: string) => Math.max(...rows[table].map((row) => String(row[column as keyof typeof row] ?? '').length))
    expect([longest('customers', 'phone'), longest('customers', 'country'), longest('accounts', 'iban'), longest('cards', 'card_id')].map((length, i) => length <= ([40, 40, 42, 64][i] as number))).toEqual([true, true, true, true])
    expect(iban('DE', 1)).toHaveLength(22)
    // MOD 97-10: the four first characters moved to the end, letters as numbers, leave 1.
    const moved = `${iban('GB', 12).slice(4)}${iban('GB', 12).slice(0, 4)}`.replaceAll(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55))
    expect(BigInt(moved) % 97n).toBe(1n)
  })
})

describe('churn', () => {
  test('is the same for the same seed, does everything there is to do, and deletes only what it brought', () => {
    const world = worldOf(5)
    const rows = bankRows(world, 5)
    const changes = (seed: number) => {
      const churn = new BankChurn(world, rows, seed)
      return Array.from({ length: 2_000 }, (_, i) => churn.next(madeAt + i))
    }
    const made = changes(1)
    expect(changes(1)).toEqual(made)
    const statements = made.flat()
    for (const sql of ['INSERT INTO customers', 'INSERT INTO cards', 'UPDATE customers SET phone', 'UPDATE customers SET quiet_from', 'UPDATE customers SET deleted_at', 'UPDATE accounts', 'DELETE FROM merchants']) {
      expect(statements.filter((statement) => statement.sql.startsWith(sql)).length).toBeGreaterThan(10)
    }
    const known = new Set([...world.customers.map(({ customer_id }) => customer_id), ...world.merchants.map(({ merchant_id }) => merchant_id)])
    const final = statements.filter(({ sql }) => /deleted_at|DELETE|quiet_from|SET phone/.test(sql) && !sql.startsWith('INSERT'))
    expect(final.filter(({ values }) => known.has(String(values.at(-1))))).toEqual([])
    const respelled = statements.filter(({ sql }) => sql.startsWith('UPDATE customers SET email'))
    for (const { values: [, phone, id] } of respelled) {
      const customer = world.customers.find(({ customer_id }) => customer_id === id)
      expect(readPhone(String(phone), customer?.country ?? undefined)).toBe(customer?.phone)
    }
  })
})
