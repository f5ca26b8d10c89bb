import { describe, expect, it } from 'vitest'
import { isLuhnValid } from './card-number.js'
import { generateWorld } from './world.js'

const tokenOf = (cardNumber: string): string => `v1.token-of-${cardNumber.slice(-10)}`
const world = generateWorld(7, { customers: 2_000, tokenOf })

describe('generateWorld', () => {
  it('makes the same world, byte by byte, from the same seed, and another one from another', () => {
    const bytes = (seed: number): string => JSON.stringify(generateWorld(seed, { customers: 50, tokenOf }))
    expect(bytes(7)).toBe(bytes(7))
    expect(bytes(7)).not.toBe(bytes(8))
  })

  it('gives every customer a card or two of their own', () => {
    expect(world.customers).toHaveLength(2_000)
    const owners = new Map<string, number>()
    for (const { customer_id } of world.cards) owners.set(customer_id, (owners.get(customer_id) ?? 0) + 1)
    expect([...owners.keys()].sort()).toEqual(world.customers.map((customer) => customer.customer_id).sort())
    expect(new Set(owners.values())).toEqual(new Set([1, 2]))
    for (const [index, holder] of world.holders.entries()) {
      for (const card of holder.cards) expect(world.cards[card]?.customer_id).toBe(world.customers[index]?.customer_id)
    }
  })

  it('gives every card a number of its own, in a test BIN, with the token, BIN and last digits of that number', () => {
    expect(new Set(world.cards.map((card) => card.card_number)).size).toBe(world.cards.length)
    for (const { card_number, card_id, card_bin, card_last4 } of world.cards) {
      expect(isLuhnValid(card_number)).toBe(true)
      expect(card_number).toMatch(/^400000\d{10}$/)
      expect(card_id).toBe(tokenOf(card_number))
      expect(card_number.startsWith(card_bin) && card_number.endsWith(card_last4)).toBe(true)
    }
  })

  it('gives the cards of another seed other numbers', () => {
    const numbers = new Set(generateWorld(8, { customers: 2_000, tokenOf }).cards.map((card) => card.card_number))
    expect(world.cards.filter((card) => numbers.has(card.card_number)).length).toBeLessThan(5)
  })

  it('gives contacts that reach nobody', () => {
    expect(new Set(world.customers.map((customer) => customer.email)).size).toBe(2_000)
    expect(new Set(world.customers.map((customer) => customer.phone)).size).toBe(2_000)
    for (const { email, phone, time_zone } of world.customers) {
      expect(email).toMatch(/@example\.(com|org|net)$/)
      expect(phone).toMatch(/^\+[1-9]\d{9,13}$/)
      expect(() => new Intl.DateTimeFormat('en', { timeZone: time_zone })).not.toThrow()
    }
  })

  it('opens shops with a category, in the cities and on the web', () => {
    expect(new Set(world.merchants.map((merchant) => merchant.merchant_id)).size).toBe(world.merchants.length)
    for (const { merchant_category, place, terminal_ids } of world.merchants) {
      expect(merchant_category).toMatch(/^\d{4}$/)
      expect(terminal_ids.length > 0).toBe(place !== null)
    }
  })

  it.each([0, -1, 1.5])('refuses %d customers', (customers) => {
    expect(() => generateWorld(1, { customers, tokenOf })).toThrow(RangeError)
  })
})
