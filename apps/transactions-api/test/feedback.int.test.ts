import { fraudFeedback, uuidv7, type FraudFeedback } from '@swipestream/contracts'
import { eventually } from '@swipestream/messaging/testing'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fullSwipe, leastSwipe } from '../src/http/example-swipe.js'
import type { FeedbackView } from '../src/http/feedback-view.js'
import { apiUnderTest, type ApiUnderTest } from './api-under-test.js'
import { type Answer, keys, type TestApi } from './service.js'

let system: ApiUnderTest
let api: TestApi

beforeAll(async () => {
  system = await apiUnderTest()
  api = system.api
})
afterAll(() => system?.close())

const accept = async (swipe: unknown = fullSwipe) => (await api.post(swipe)).body
const given = (reply: Answer) => reply.body as unknown as FeedbackView
const rowsOf = (transactionId: string) => system.query<Record<string, unknown>>('SELECT * FROM feedback WHERE transaction_id = $1', [transactionId])
const published = async (transactionId: string) => {
  await eventually(async () => (await system.count('outbox')) === 0)
  return (await system.backbone.received(fraudFeedback)).filter(({ value }) => value.transaction_id === transactionId)
}
const shown = (id: string, verdict: string) =>
  eventually(async () => {
    const { body } = await api.get(id)
    return body.feedback?.verdict === verdict && body
  })
const counted = (result: string) => api.metric('feedback_total', `{result="${result}"}`)
const said = { verdict: 'confirmed_fraud', card_action: 'block', comment: 'At home\nall day.', actor: 'r.roe' }

describe('feedback of an analyst', () => {
  it('is stored, published under its card, and then shown with the transaction', async () => {
    const { transaction_id: id, card_id: cardId, occurred_at: occurredAt, amount_minor, currency } = await accept()
    const reply = await api.say(id, said)
    expect(reply.status).toBe(202)
    const view = given(reply)
    expect(view).toEqual({ ...said, feedback_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string, transaction_id: id, given_at: expect.any(String) as string })
    expect(await rowsOf(id)).toEqual([{ ...said, feedback_id: view.feedback_id, transaction_id: id, client: 'till', given_at: new Date(view.given_at) }])

    const records = await published(id)
    expect(records.map(({ key }) => key)).toEqual([cardId])
    expect(records[0]?.value).toEqual({
      ...said, feedback_id: view.feedback_id, transaction_id: id, card_id: cardId, terminal_id: 'T-7', transaction_occurred_at: Date.parse(occurredAt), amount_minor, currency,
      source: 'analyst', given_at: Date.parse(view.given_at),
    })
    expect((await shown(id, 'confirmed_fraud')).feedback).toEqual({ verdict: 'confirmed_fraud', source: 'analyst', given_at: view.given_at })
  })

  it('is by default that of the key\'s client, and does nothing to the card', async () => {
    const { transaction_id: id } = await accept(leastSwipe)
    expect(given(await api.say(id, { verdict: 'legitimate' }, { authorization: `Bearer ${keys.shop}` }))).toMatchObject({ actor: 'shop', card_action: 'none', comment: null })
    expect((await published(id))[0]?.value).toMatchObject({ verdict: 'legitimate', actor: 'shop', card_action: 'none', comment: null, terminal_id: null })
  })

  it('about a transaction that is not there gets 404, and is nowhere', async () => {
    const id = uuidv7()
    expect(await api.say(id, said)).toMatchObject({ status: 404, body: { code: 'TRANSACTION_NOT_FOUND' } })
    expect(await rowsOf(id)).toEqual([])
    expect(await published(id)).toEqual([])
  })

  it('is not stored when it cannot be published, nor is its key', async () => {
    const { transaction_id: id } = await accept()
    const key = { 'idempotency-key': randomUUID() }
    await eventually(async () => (await system.count('outbox')) === 0)
    await system.query(`ALTER TABLE outbox ADD CONSTRAINT no_feedback CHECK (topic NOT LIKE '%fraud_feedback')`)
    try {
      expect((await api.say(id, said, key)).status).toBe(500)
      expect(await rowsOf(id)).toEqual([])
    } finally {
      await system.query('ALTER TABLE outbox DROP CONSTRAINT no_feedback')
    }
    const reply = await api.say(id, said, key)
    expect(reply.status).toBe(202)
    expect(reply.headers.has('idempotent-replayed')).toBe(false)
    expect(await rowsOf(id)).toHaveLength(1)
  })
})

describe('the Idempotency-Key of feedback', () => {
  it('sent again with the same feedback gives the same answer, stored and published once', async () => {
    const { transaction_id: id } = await accept()
    const key = { 'idempotency-key': randomUUID() }
    const first = await api.say(id, said, key)
    const again = await api.say(id, Object.fromEntries(Object.entries(said).reverse()), key)
    expect(again).toMatchObject({ status: 202, text: first.text })
    expect([first, again].map(({ headers }) => headers.get('idempotent-replayed'))).toEqual([null, 'true'])
    expect(await rowsOf(id)).toHaveLength(1)
    expect(await published(id)).toHaveLength(1)
  })

  it('sent many times at once makes one feedback', async () => {
    const { transaction_id: id } = await accept()
    const key = { 'idempotency-key': randomUUID() }
    const replies = await Promise.all(Array.from({ length: 40 }, () => api.say(id, said, key)))
    const accepted = replies.filter(({ status }) => status === 202)
    expect(new Set(accepted.map(({ text }) => text)).size).toBe(1)
    for (const reply of replies.filter(({ status }) => status !== 202)) expect(reply).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_KEY_IN_PROGRESS' } })
    expect(await rowsOf(id)).toHaveLength(1)
    expect(await published(id)).toHaveLength(1)
  })

  it('is refused for anything else: other feedback, another transaction, a swipe; and so is that of a swipe for feedback', async () => {
    const [one, other] = [await accept(), await accept()]
    const key = { 'idempotency-key': randomUUID() }
    await api.say(one.transaction_id, said, key)
    const ofSwipe = { 'idempotency-key': randomUUID() }
    const swiped = await api.post(fullSwipe, ofSwipe)
    for (const reply of [
      await api.say(one.transaction_id, { ...said, verdict: 'legitimate' }, key),
      await api.say(other.transaction_id, said, key),
      await api.post(fullSwipe, key),
      await api.say(swiped.body.transaction_id, said, ofSwipe),
    ]) {
      expect(reply).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED', errors: [{ field: 'header.Idempotency-Key' }] } })
    }
    expect(await rowsOf(other.transaction_id)).toEqual([])
    expect(await api.post(fullSwipe, ofSwipe)).toMatchObject({ status: 202, text: swiped.text })
  })

  it('of one client is not that of another', async () => {
    const { transaction_id: id } = await accept()
    const key = { 'idempotency-key': randomUUID() }
    const replies = [await api.say(id, said, key), await api.say(id, said, { ...key, authorization: `Bearer ${keys.shop}` })]
    expect(replies.map(({ status }) => status)).toEqual([202, 202])
    expect(await rowsOf(id)).toHaveLength(2)
  })
})

describe('feedback that is read from its topic', () => {
  const answerOf = (transaction: { transaction_id: string; card_id: string }, verdict: FraudFeedback['verdict'], givenAt: number): FraudFeedback => ({
    feedback_id: uuidv7(),
    transaction_id: transaction.transaction_id,
    card_id: transaction.card_id,
    terminal_id: null,
    transaction_occurred_at: null,
    amount_minor: null,
    currency: null,
    verdict,
    card_action: 'none',
    source: 'customer_sms',
    actor: null,
    comment: null,
    given_at: givenAt,
  })
  const publish = (...answers: FraudFeedback[]) => system.backbone.publish(answers.map((answer) => fraudFeedback.event(answer)))
  const at = Date.UTC(2026, 0, 31, 12)

  it('of a customer is shown with the transaction; what was decided stays', async () => {
    const transaction = await accept()
    await system.query(`UPDATE transactions SET status = 'declined', score = 900, reasons = '[]', decided_at = now() WHERE transaction_id = $1`, [transaction.transaction_id])
    await publish(answerOf(transaction, 'legitimate', at))
    expect(await shown(transaction.transaction_id, 'legitimate')).toMatchObject({
      status: 'declined',
      score: 900,
      feedback: { verdict: 'legitimate', source: 'customer_sms', given_at: '2026-01-31T12:00:00.000Z' },
    })
  })

  it('is that of the newest answer, in whatever order they come, in one batch or in several, and again', async () => {
    const [one, two] = [await accept(), await accept()]
    const before = await counted('older')
    const [old, newest] = [answerOf(one, 'confirmed_fraud', at), answerOf(one, 'legitimate', at + 1)]
    await publish(newest)
    await shown(one.transaction_id, 'legitimate')
    await publish(old, newest, old)
    await eventually(async () => (await counted('older')) === before + 3)
    expect((await api.get(one.transaction_id)).body.feedback?.verdict).toBe('legitimate')

    await publish(answerOf(two, 'confirmed_fraud', at + 5), answerOf(two, 'legitimate', at + 4))
    await shown(two.transaction_id, 'confirmed_fraud')
    await publish(answerOf(two, 'legitimate', at + 6))
    await shown(two.transaction_id, 'legitimate')
  })

  it('at one moment is that with the greater id', async () => {
    const transaction = await accept()
    const [first, second] = [answerOf(transaction, 'confirmed_fraud', at), answerOf(transaction, 'legitimate', at)]
    await publish(second)
    await shown(transaction.transaction_id, 'legitimate')
    const before = await counted('older')
    await publish(first)
    await eventually(async () => (await counted('older')) === before + 1)
    expect((await api.get(transaction.transaction_id)).body.feedback?.verdict).toBe('legitimate')
  })

  it('about a transaction that is not there is counted and told; those behind it are applied', async () => {
    const transaction = await accept()
    const stranger = { transaction_id: uuidv7(), card_id: transaction.card_id }
    const before = await counted('unknown')
    await publish(answerOf(stranger, 'legitimate', at), answerOf(transaction, 'confirmed_fraud', at))
    await shown(transaction.transaction_id, 'confirmed_fraud')
    expect(await counted('unknown')).toBe(before + 1)
    expect(api.log.some((line) => line.includes(stranger.transaction_id) && line.includes('not in this database'))).toBe(true)
    expect(await api.notReady()).toBe('')
  })
})
