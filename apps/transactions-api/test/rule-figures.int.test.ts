import { type FraudDecision, fraudDecisions, fraudFeedback, type FraudFeedback, uuidv7 } from '@swipestream/contracts'
import { eventually } from '@swipestream/messaging/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FeedbackRepository } from '../src/db/feedback.repository.js'
import { fullSwipe } from '../src/http/example-swipe.js'
import type { TransactionView } from '../src/http/transaction-view.js'
import { apiUnderTest, type ApiUnderTest } from './api-under-test.js'
import { decisionOf } from './decision-of.js'
import type { TestApi } from './service.js'

let system: ApiUnderTest
let api: TestApi

beforeAll(async () => {
  system = await apiUnderTest()
  api = system.api
})
afterAll(() => system?.close())

/** A transaction, decided about: without reasons, the shadow rules named have fired; null when the decision does not tell. */
async function decided(shadow: readonly string[] | null, changes: Partial<typeof fullSwipe> = {}): Promise<TransactionView> {
  const { body: transaction } = await api.post({ ...fullSwipe, ...changes })
  const shadow_rules: FraudDecision['shadow_rules'] = shadow && shadow.map((rule_id) => ({ rule_id, rule_version: 3 }))
  await system.backbone.publish([fraudDecisions.event({ ...decisionOf(transaction, 'approve', 0), shadow_rules })])
  await eventually(async () => (await api.get(transaction.transaction_id)).body.status === 'approved')
  return transaction
}
const answer = ({ transaction_id, card_id }: TransactionView, verdict: FraudFeedback['verdict'], given_at = Date.now()): FraudFeedback => ({
  feedback_id: uuidv7(), transaction_id, card_id, terminal_id: null, transaction_occurred_at: null, amount_minor: null, currency: null,
  verdict, card_action: 'none', source: 'label', actor: null, comment: null, given_at,
})
const publish = (...answers: FraudFeedback[]) => system.backbone.publish(answers.map((each) => fraudFeedback.event(each)))
const verdicts = (verdict: string, rules: string, change = 'given') => api.metric('fraud_verdicts_total', `{verdict="${verdict}",rules="${rules}",change="${change}"}`)
const ofRule = (rule: string, verdict: string, change = 'given', mode = 'shadow') =>
  api.metric('fraud_rule_verdicts_total', `{rule="${rule}",mode="${mode}",verdict="${verdict}",change="${change}"}`)
const detection = (rule: string, what: 'sum' | 'count') => api.metric(`fraud_rule_detection_seconds_${what}`, `{rule="${rule}",mode="shadow"}`)
/** How many answers were read that are not newer than another one; none before the first was read. */
const older = async () => (await api.metric('feedback_total', '{result="older"}')) || 0

describe('a verdict on a transaction', () => {
  it('by an analyst is counted for the shadow rules that fired, once however often it is read', async () => {
    const transaction = await decided(['night', 'dawn'])
    const [known, read] = [await verdicts('confirmed_fraud', 'known'), await older()]
    expect(await ofRule('night', 'confirmed_fraud')).toBe(0)

    await api.say(transaction.transaction_id, { verdict: 'confirmed_fraud' })
    await eventually(async () => (await ofRule('night', 'confirmed_fraud')) === 1)
    const [given] = (await system.backbone.received(fraudFeedback)).filter(({ value }) => value.transaction_id === transaction.transaction_id)
    await publish(given!.value, answer(transaction, 'confirmed_fraud'))
    await publish(given!.value)
    await eventually(async () => (await older()) === read + 2)

    expect(await verdicts('confirmed_fraud', 'known')).toBe(known + 1)
    for (const rule of ['night', 'dawn']) expect([await ofRule(rule, 'confirmed_fraud'), await ofRule(rule, 'legitimate')]).toEqual([1, 0])
  })

  it('by a later process counts, too, and the answer that replaces it takes it back', async () => {
    const transaction = await decided(['swapped'])
    await publish(answer(transaction, 'confirmed_fraud'))
    await eventually(async () => (await ofRule('swapped', 'confirmed_fraud')) === 1)
    await publish(answer(transaction, 'legitimate'))
    await eventually(async () => (await ofRule('swapped', 'legitimate')) === 1)
    expect(await ofRule('swapped', 'confirmed_fraud', 'taken_back')).toBe(1)
    // An answer that is overtaken changes nothing.
    const read = await older()
    await publish(answer(transaction, 'confirmed_fraud', 1))
    await eventually(async () => (await older()) === read + 1)
    expect(await ofRule('swapped', 'confirmed_fraud')).toBe(1)
  })

  it('is counted as one of unknown rules before there is a decision, and when that does not tell shadow rules', async () => {
    const { body: pending } = await api.post(fullSwipe)
    const old = await decided(null)
    const unknown = await verdicts('legitimate', 'unknown')
    await publish(answer(pending, 'legitimate'), answer(old, 'legitimate'))
    await eventually(async () => (await verdicts('legitimate', 'unknown')) === unknown + 2)
  })

  it('is counted for the rules of the decision that stays', async () => {
    const transaction = await decided(['first'])
    await system.backbone.publish([fraudDecisions.event({ ...decisionOf(transaction, 'approve', 0), shadow_rules: [{ rule_id: 'second', rule_version: 1 }] })])
    await publish(answer(transaction, 'legitimate'))
    await eventually(async () => (await ofRule('first', 'legitimate')) === 1)
    expect(await system.query('SELECT shadow_rules FROM transactions WHERE transaction_id = $1', [transaction.transaction_id]))
      .toEqual([{ shadow_rules: [{ rule_id: 'first', rule_version: 3 }] }])
  })

  it('changes as one chain when many answers are applied at once: of all that were given, one is not taken back', async () => {
    const transaction = await decided(['contested'])
    const repository = api.service.app.get(FeedbackRepository)
    const answers = Array.from({ length: 40 }, (_, i) => answer(transaction, i % 3 === 0 ? 'legitimate' : 'confirmed_fraud', 1_000 + ((i * 7) % 40)))
    const changes = (await Promise.all(answers.map((each) => repository.apply([each])))).flatMap(({ verdicts: { changed } }) => changed)
    const [newest] = answers.toSorted((a, b) => b.given_at - a.given_at)
    for (const verdict of ['legitimate', 'confirmed_fraud']) {
      const [given, takenBack] = [changes.filter((change) => change.verdict === verdict), changes.filter(({ before }) => before === verdict)]
      expect(given.length - takenBack.length).toBe(newest?.verdict === verdict ? 1 : 0)
    }
    expect(changes.filter(({ before }) => before === null)).toHaveLength(1)
  })
})

it('the time a shadow rule took to find an episode is that from its first fraud, also when that is confirmed by another batch', async () => {
  const card = { card_number: '4242424242424242' }
  const at = (minute: number) => ({ ...card, occurred_at: `2026-02-01T10:${String(minute).padStart(2, '0')}:00Z` })
  const [first, missed, found, again] = [await decided([], at(0)), await decided([], at(5)), await decided(['slow'], at(20)), await decided(['slow'], at(40))]
  await publish(answer(missed, 'confirmed_fraud'))
  await publish(answer(first, 'confirmed_fraud'), answer(again, 'confirmed_fraud'), answer(found, 'confirmed_fraud'))
  await eventually(async () => (await ofRule('slow', 'confirmed_fraud')) === 2)
  expect([await detection('slow', 'count'), await detection('slow', 'sum')]).toEqual([1, 1_200])
})
