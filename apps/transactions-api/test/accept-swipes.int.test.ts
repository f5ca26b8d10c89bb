import { transactionsLog } from '@swipestream/contracts'
import { eventually } from '@swipestream/messaging/testing'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { badRequests } from '../src/http/bad-requests.js'
import { fullSwipe, leastSwipe } from '../src/http/example-swipe.js'
import { apiUnderTest, type ApiUnderTest } from './api-under-test.js'
import type { TestApi } from './service.js'

let system: ApiUnderTest
let api: TestApi

beforeAll(async () => {
  system = await apiUnderTest()
  api = system.api
})
afterAll(() => system?.close())

describe('an accepted swipe', () => {
  it('is one row, one record under its card, and can be asked for', async () => {
    const reply = await api.post(fullSwipe)
    expect(reply.status).toBe(202)
    const { transaction_id: id, card_id: cardId } = reply.body
    expect(reply.headers.get('location')).toBe(`/v1/transactions/${id}`)
    expect(cardId).toMatch(/^v1\.[A-Za-z0-9_-]{43}$/)

    const rows = await system.query<Record<string, unknown>>('SELECT * FROM transactions WHERE transaction_id = $1', [id])
    expect(rows).toEqual([
      {
        transaction_id: id,
        card_id: cardId,
        card_bin: '411111',
        card_last4: '1111',
        amount_minor: '1250',
        currency: 'EUR',
        merchant_id: 'M-20417',
        merchant_name: 'Café Central',
        merchant_category: '5812',
        terminal_id: 'T-7',
        entry_mode: 'chip',
        latitude: 48.2104,
        longitude: 16.3655,
        country: 'AT',
        occurred_at: new Date('2026-01-31T11:34:56.789Z'),
        received_at: new Date(reply.body.received_at),
        status: 'pending',
        score: null,
        reasons: null,
        decided_at: null,
        verdict: null,
        feedback_source: null,
        feedback_given_at: null,
        feedback_id: null,
        shadow_rules: null,
      },
    ])

    const records = await system.published(id)
    expect(records).toHaveLength(1)
    expect(records[0]?.key).toBe(cardId)
    expect(records[0]?.value).toEqual({
      transaction_id: id,
      card_id: cardId,
      card_bin: '411111',
      card_last4: '1111',
      amount_minor: 1250,
      currency: 'EUR',
      merchant_id: 'M-20417',
      merchant_name: 'Café Central',
      merchant_category: '5812',
      terminal_id: 'T-7',
      entry_mode: 'chip',
      place: { latitude: 48.2104, longitude: 16.3655 },
      country: 'AT',
      occurred_at: Date.parse('2026-01-31T11:34:56.789Z'),
      received_at: Date.parse(reply.body.received_at),
    })

    const shown = await api.get(id)
    expect(shown.status).toBe(200)
    expect(shown.text).toBe(reply.text)
  })

  it('of the largest amount and the farthest places arrives as it was sent', async () => {
    const swipe = { ...leastSwipe, amount_minor: Number.MAX_SAFE_INTEGER, place: { latitude: -90, longitude: 179.999_999_999_9 }, merchant_name: 'すし 🍣' }
    const reply = await api.post(swipe)
    expect(reply.status).toBe(202)
    const expected = { amount_minor: swipe.amount_minor, place: swipe.place, merchant_name: swipe.merchant_name }
    expect((await api.get(reply.body.transaction_id)).body).toMatchObject(expected)
    expect((await system.published(reply.body.transaction_id))[0]?.value).toMatchObject(expected)
  })

  it('gives one card one token, and two cards two', async () => {
    const [a, b, c] = await Promise.all([
      api.post({ ...leastSwipe, card_number: '4111111111111111' }),
      api.post({ ...leastSwipe, card_number: '4111-1111 1111-1111' }),
      api.post({ ...leastSwipe, card_number: '5555555555554444' }),
    ])
    expect(a.body.card_id).toBe(b.body.card_id)
    expect(a.body.card_id).not.toBe(c.body.card_id)
  })

  it('is published after those that were accepted before it', async () => {
    const card = { ...leastSwipe, card_number: '378282246310005' }
    const accepted: string[] = []
    for (let n = 1; n <= 30; n++) accepted.push((await api.post({ ...card, amount_minor: n })).body.transaction_id)
    await system.published(accepted.at(-1)!)
    const records = (await system.backbone.received(transactionsLog)).filter(({ value }) => accepted.includes(value.transaction_id))
    expect(records.map(({ value }) => value.transaction_id)).toEqual(accepted)
  })
})

describe('a bad request', () => {
  it('stores nothing, publishes nothing', async () => {
    const state = async () => [await system.count('transactions'), await system.count('idempotency_keys'), (await system.backbone.received(transactionsLog)).length]
    await eventually(async () => (await system.count('outbox')) === 0)
    const before = await state()
    const sent = badRequests.filter(({ headers, body }) => !hasUnsendableHeader(headers) && !isHuge(body))
    for (const { what, body, headers, status } of sent) {
      const reply = await api.post(body, { 'idempotency-key': randomUUID(), ...headers })
      expect(reply.status, what).toBe(status)
    }
    expect(await system.count('outbox')).toBe(0)
    expect(await state()).toEqual(before)
  })
})

describe('the card number', () => {
  it('is nowhere: not in the database, not on a topic, not in the log', async () => {
    await api.post({ ...fullSwipe, card_number: '4012 8888 8888 1881' }, { 'idempotency-key': randomUUID() })
    await api.post({ ...fullSwipe, card_number: '4012888888881881', currency: '???' })
    await api.post('{"card_number":"4012888888881881" x')
    const last = await api.post({ ...leastSwipe, card_number: '4012888888881881' })
    await system.published(last.body.transaction_id)

    const tables = await system.query<{ name: string }>(`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`)
    expect(tables.map(({ name }) => name)).toEqual(expect.arrayContaining(['transactions', 'idempotency_keys', 'outbox']))
    const stored = await Promise.all(tables.map(({ name }) => system.query(`SELECT t::text FROM ${name} t`)))
    const onTopic = (await system.backbone.records(transactionsLog)).map(({ value, headers }) => `${value?.toString('latin1')} ${JSON.stringify(headers)}`)
    const everything = [JSON.stringify(stored), ...onTopic, ...api.log].join('\n')
    expect(everything).toContain('401288')
    expect(everything).not.toMatch(/4012[ -]?8888[ -]?8888[ -]?1881|4111[ -]?1111[ -]?1111[ -]?1111|5555[ -]?5555[ -]?5555[ -]?4444/)
  })
})

/** Header values that fetch itself refuses to send; the controller's own tests send them. */
function hasUnsendableHeader(headers: Readonly<Record<string, string>> = {}): boolean {
  // oxlint-disable-next-line no-control-regex -- what is looked for
  return Object.values(headers).some((value) => value === '' || /[^\x20-\x7e]/.test(value))
}

/** The server closes the connection while such a body is still being sent, which fetch reports as an error. */
function isHuge(body: unknown): boolean {
  return JSON.stringify(body).length > 1_000_000
}
