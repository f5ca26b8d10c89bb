import { fraudDecisions, uuidv7, type FraudDecision } from '@swipestream/contracts'
import { eventually, testBackbone, testDatabase, type TestBackbone } from '@swipestream/messaging/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fullSwipe } from '../src/http/example-swipe.js'
import { decisionOf, reasons } from './decision-of.js'
import { query, startApi, type TestApi } from './service.js'

let backbone: TestBackbone
let database: Awaited<ReturnType<typeof testDatabase>>
let api: TestApi

beforeAll(async () => {
  backbone = await testBackbone()
  database = await testDatabase()
  api = await startApi({ ...backbone.env, DATABASE_URL: database.url })
})

afterAll(async () => {
  await api.stop()
  await backbone.close()
  await database.drop()
})

const accept = async () => (await api.post(fullSwipe)).body
const publish = (...decisions: FraudDecision[]) => backbone.publish(decisions.map((decision) => fraudDecisions.event(decision)))
const decided = (id: string) =>
  eventually(async () => {
    const { body } = await api.get(id)
    return body.status !== 'pending' && body
  })
const counted = (result: string) => api.metric('decisions_total', `{result="${result}"}`)

describe('a decision', () => {
  it.each([
    ['approve', 'approved', 0],
    ['review', 'in_review', 450],
    ['decline', 'declined', 1000],
  ] as const)('to %s makes the transaction %s, with score and reasons', async (outcome, status, score) => {
    const transaction = await accept()
    await publish(decisionOf(transaction, outcome, score))
    expect(await decided(transaction.transaction_id)).toEqual({
      ...transaction,
      status,
      outcome,
      score,
      reasons: outcome === 'approve' ? [] : reasons,
      decided_at: '2026-01-31T11:35:00.123Z',
    })
  })

  it('stays when another one follows, in a later batch or in the same', async () => {
    const [first, second] = [await accept(), await accept()]
    await publish(decisionOf(first, 'decline', 900))
    await decided(first.transaction_id)
    const repeatedBefore = await counted('repeated')

    await publish(decisionOf(first, 'approve', 1), decisionOf(second, 'review', 500), decisionOf(second, 'approve', 2), decisionOf(first, 'decline', 900))
    expect(await decided(second.transaction_id)).toMatchObject({ status: 'in_review', score: 500 })
    await eventually(async () => (await counted('repeated')) === repeatedBefore + 3)
    expect((await api.get(first.transaction_id)).body).toMatchObject({ status: 'declined', score: 900 })
    expect((await api.get(second.transaction_id)).body).toMatchObject({ status: 'in_review', score: 500 })
  })

  it('about a transaction that is not there is counted and told; those behind it are applied', async () => {
    const transaction = await accept()
    const stranger = { transaction_id: uuidv7(), card_id: transaction.card_id }
    const before = await counted('unknown')
    await publish(decisionOf(stranger, 'decline', 900), decisionOf(transaction, 'approve', 0))
    expect(await decided(transaction.transaction_id)).toMatchObject({ status: 'approved' })
    expect(await counted('unknown')).toBe(before + 1)
    expect(api.log.some((line) => line.includes(stranger.transaction_id) && line.includes('not in this database'))).toBe(true)
    expect(await query(database.url, 'SELECT 1 FROM transactions WHERE transaction_id = $1', [stranger.transaction_id])).toEqual([])
    expect(await api.notReady()).toBe('')
  })

  it('comes to every transaction of a long queue', async () => {
    const transactions = await Promise.all(Array.from({ length: 300 }, accept))
    await publish(...transactions.map((transaction, n) => decisionOf(transaction, 'review', n)))
    await Promise.all(transactions.map(({ transaction_id: id }) => decided(id)))
    const rows = await query<{ score: number }>(database.url, 'SELECT score FROM transactions WHERE transaction_id = ANY($1) ORDER BY score', [
      transactions.map(({ transaction_id: id }) => id),
    ])
    expect(rows.map(({ score }) => score)).toEqual(transactions.map((_, n) => n))
  })
})
