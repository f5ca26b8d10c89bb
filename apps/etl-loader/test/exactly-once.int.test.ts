import { cards, cardSpendDaily, categorySpendHourly, customers, etlBankRows, type Transaction, transactionsLog, uuidv7 } from '@swipestream/contracts'
import { eventually, type TestBackbone } from '@swipestream/messaging/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cardRow, customerRow } from '../src/domain/bank/example-rows.js'
import { type ServiceProcess, startProcess } from './service-process.js'
import { backboneWithSource, sourceTables } from './source-table.js'

let backbone: TestBackbone
let source: Awaited<ReturnType<typeof sourceTables>>
let service: ServiceProcess

beforeAll(async () => {
  backbone = await backboneWithSource()
  source = await sourceTables(backbone)
  service = await startProcess(backbone.env)
})
afterAll(async () => {
  await service?.stop()
  await backbone?.close()
})

/** Kills the service when so many records are on a topic, and starts it again. */
async function killAt(topic: { readonly name: string }, records: number): Promise<void> {
  await eventually(async () => (await backbone.records(topic)).length >= records, { timeoutMs: 120_000, intervalMs: 100 })
  await service.kill()
  service = await startProcess(backbone.env)
}

const noon = Date.now() - (Date.now() % 86_400_000) - 43_200_000
const swipe = (i: number): Transaction => ({
  transaction_id: uuidv7(), card_id: `v1.${i % 97}`, card_bin: '411111', card_last4: '1111', amount_minor: 1 + (i % 1_000), currency: i % 5 === 0 ? 'JPY' : 'EUR', merchant_id: 'm1', merchant_name: null,
  merchant_category: i % 3 === 0 ? null : '5411', terminal_id: null, entry_mode: 'chip', place: null, country: null, occurred_at: noon + (i % 48) * 3_600_000, received_at: noon,
})

describe('with kills in between', { timeout: 300_000 }, () => {
  it('each row of the bank is cleaned once, and merging ends where it ends without them', async () => {
    const id = (i: number) => `c${String(i).padStart(4, '0')}`
    const rows = Array.from({ length: 6_000 }, (_, i) => customerRow({ customer_id: id(i), email: `c${i % 5_000}@example.com`, same_as: i % 10 === 9 ? id(i - 1) : null }))
    await source.put('cards', ...rows.map(({ customer_id }) => cardRow({ card_id: `v1.of-${customer_id}`, customer_id })))
    for (let from = 0; from < rows.length; from += 1_000) await source.put('customers', ...rows.slice(from, from + 1_000))
    await killAt(etlBankRows, 3_000)
    await killAt(customers, 2_000)

    // c5000 to c5999 are alike c0000 to c0999; of ten, the last is the one before it.
    const survivor = (i: number): number => {
      const own = i % 10 === 9 ? i - 1 : i
      return own >= 5_000 ? own - 5_000 : own
    }
    const holders = new Map(rows.map(({ customer_id }, i) => [`v1.of-${customer_id}`, id(survivor(i))]))
    await eventually(async () => {
      const held = await backbone.held(cards)
      return held.size === rows.length && [...held.values()].every(({ card_id, customer_id }) => holders.get(card_id) === customer_id)
    }, { timeoutMs: 120_000, intervalMs: 500 })
    expect([...(await backbone.held(customers)).keys()].sort()).toEqual([...new Set(holders.values())].sort())

    const clean = await backbone.received(etlBankRows)
    expect(clean).toHaveLength(2 * rows.length)
    expect(new Set(clean.map(({ headers }) => headers['message-id'])).size).toBe(clean.length)
  })

  it('each swipe is in its sums once, in the partition of its card, also one that is on the log twice', async () => {
    const swipes = Array.from({ length: 8_000 }, (_, i) => swipe(i))
    for (let from = 0; from < swipes.length; from += 1_000) await backbone.publish(swipes.slice(from, from + 1_000).map((tx) => transactionsLog.event(tx)))
    await backbone.publish(swipes.slice(0, 500).map((tx) => transactionsLog.event(tx)))
    await killAt(cardSpendDaily, 100)
    await killAt(cardSpendDaily, 300)

    const wanted = { days: new Map<string, number>(), hours: new Map<string, number>() }
    const add = (sums: Map<string, number>, key: string, amount: number) => sums.set(key, (sums.get(key) ?? 0) + amount)
    for (const { card_id, currency, occurred_at, amount_minor, merchant_category } of swipes) {
      add(wanted.days, `${card_id} ${new Date(occurred_at).toISOString().slice(0, 10)} ${currency}`, amount_minor)
      add(wanted.hours, `${merchant_category ?? '0000'} ${occurred_at} ${currency}`, amount_minor)
    }
    await eventually(async () => {
      const days = new Map(Array.from((await backbone.held(cardSpendDaily)).values(), ({ card_id, day, currency, amount_minor }) => [`${card_id} ${day} ${currency}`, amount_minor]))
      expect(days).toEqual(wanted.days)
      return true
    }, { timeoutMs: 120_000, intervalMs: 500 })
    const hours = new Map<string, number>()
    for (const { category, hour_at, currency, amount_minor } of (await backbone.held(categorySpendHourly)).values()) add(hours, `${category} ${hour_at} ${currency}`, amount_minor)
    expect(hours).toEqual(wanted.hours)

    const partitions = new Map((await backbone.records(transactionsLog)).map(({ key, partition }) => [key?.toString(), partition]))
    const ofDays = await backbone.received(cardSpendDaily)
    expect(ofDays.filter(({ value, origin }) => partitions.get(value.card_id) !== origin.partition)).toEqual([])
    // A swipe that comes late corrects its day.
    const late = { ...swipe(0), occurred_at: noon - 20 * 86_400_000, amount_minor: 5 }
    await backbone.publish([transactionsLog.event(late), transactionsLog.event({ ...late, transaction_id: uuidv7() })])
    const day = new Date(late.occurred_at).toISOString().slice(0, 10)
    await eventually(async () => (await backbone.held(cardSpendDaily)).get(`${late.card_id}/${day}/${late.currency}`)?.amount_minor === 10)
  })
})
