import type { Card, Customer, FraudDecision, FraudFeedback, Merchant, Notification, Transaction } from '@swipestream/contracts'
import type { Row } from '@swipestream/contracts'
import { rowLayout, rowReader } from '../../domain/row-layout.js'
import { placeCells, placeColumns, removedColumn } from '../../domain/warehouse-table.js'
import { businessTopics } from '../../app/load/loaded-topic.js'
import type { Warehouse } from '../warehouse.js'

/** Two days at a small bank, always the same. */
const start = Date.UTC(2026, 0, 5)
const hour = 3_600_000
const uuid = (kind: number, i: number) => `018f0000-0000-7000-8${String(kind).padStart(3, '0')}-${String(i).padStart(12, '0')}`
const card = (i: number) => `v1.card${i}`

const merchants: readonly (readonly [string, string, string, string])[] = [
  ['m1', 'Bäckerei Huber', '5462', 'DE'], ['m2', 'Flug24', '4511', 'DE'], ['m3', 'Elektro Voss', '5732', 'AT'], ['m4', 'Gold & Mehr', '5944', 'US'],
]

const customers = [0, 1, 2, 3].map((i): Customer => ({
  customer_id: `c${i}`, given_name: ['Ada', 'Ben', 'Cem', 'Dora'][i] ?? '', family_name: 'Muster', email: `c${i}@example.org`, phone: null, language: 'de', time_zone: 'Europe/Berlin',
  country: 'DE', channels: ['email'], quiet_from: null, quiet_to: null, updated_at: start,
}))

const cards = customers.map(({ customer_id }, i): Card => ({
  card_id: card(i), customer_id, card_bin: '400000', card_last4: `000${i}`, home_country: 'DE', time_zone: 'Europe/Berlin', updated_at: start,
}))

const transactions = Array.from({ length: 48 }, (_, i): Transaction => {
  const [merchant_id, merchant_name, merchant_category, country] = merchants[i % 4] ?? ['', '', '', '']
  const occurred_at = start + i * hour
  return {
    transaction_id: uuid(1, i), card_id: card((i * 7) % 4 === 0 ? 0 : (i >> 2) % 4), card_bin: '400000', card_last4: '0000', amount_minor: 450 + ((i * 7919) % 40_000) * (i % 4 === 3 ? 5 : 1), currency: country === 'US' ? 'USD' : 'EUR',
    merchant_id, merchant_name, merchant_category, terminal_id: null, entry_mode: 'chip', place: null, country, occurred_at, received_at: occurred_at + 120,
  }
})

const decisions = transactions.map((transaction, i): FraudDecision => {
  const outcome = i % 12 === 11 ? 'decline' : i % 8 === 3 ? 'review' : 'approve'
  const reason = (rule_id: string, weight: number) => ({ rule_id, rule_version: 1, weight, text: rule_id, evidence: [] })
  return {
    transaction_id: transaction.transaction_id, card_id: transaction.card_id, outcome, score: outcome === 'approve' ? 0 : 600,
    reasons: outcome === 'approve' ? [] : outcome === 'decline' ? [reason('impossible_travel', 500), reason('large_amount', 300)] : [reason('large_amount', 300)],
    rule_versions: { large_amount: 1, impossible_travel: 1 }, input_topic: 'transactions_log', input_partition: 0, input_offset: i, occurred_at: transaction.occurred_at,
    decided_at: transaction.received_at + 4 + (i % 5), event_order: 'in_order', taken: null, model: null, features_hash: null, shadow_rules: null,
  }
})

const stopped = decisions.filter(({ outcome }) => outcome !== 'approve')

const feedback = stopped.slice(0, 7).map((decision, i): FraudFeedback => ({
  feedback_id: uuid(2, i), transaction_id: decision.transaction_id, card_id: decision.card_id, terminal_id: null, transaction_occurred_at: decision.occurred_at, amount_minor: null, currency: null,
  verdict: decision.outcome === 'decline' ? 'confirmed_fraud' : 'legitimate', card_action: 'none', source: i % 2 === 0 ? 'customer_email' : 'customer_sms', actor: null, comment: null, given_at: decision.decided_at + hour,
}))

const notifications = stopped.flatMap((decision, i): Notification[] => {
  const channel = i % 3 === 0 ? 'sms' : 'email'
  const owner = cards.find(({ card_id }) => card_id === decision.card_id)
  const step = (status: Notification['status'], after: number): Notification => ({
    notification_id: uuid(3, i), alert_id: decision.transaction_id, customer_id: owner?.customer_id ?? '', card_id: decision.card_id, channel, recipient: 'c***@example.org', status,
    attempt: status === 'queued' ? 0 : 1, provider_message_id: null, error: status === 'failed' ? '30003' : null, occurred_at: decision.decided_at + after, purpose: 'alert', merged_into: null,
  })
  return [step('queued', 0), ...(i === 4 ? [step('failed', 900)] : [step('sent', 300), step('delivered', 1_000 + i * 250)])]
})

type Told = readonly [topic: string, value: object, atMs: number]

/** Everything that is told, in order; the second customer moves after a day. */
const told: readonly Told[] = [
  ...customers.map((value): Told => ['customers', value, start]),
  ...customers.slice(1, 2).map((value): Told => ['customers', { ...value, country: 'AT', updated_at: start + 24 * hour }, start + 24 * hour]),
  ...cards.map((value): Told => ['cards', value, start]),
  ...merchants.map(([merchant_id, name, category, country]): Told => ['merchants', { merchant_id, name, category, country, city: null, merged_ids: [], updated_at: start } satisfies Merchant, start]),
  ...transactions.map((value): Told => ['transactions_log', value, value.received_at]),
  // Written twice, as a producer does that heard no answer.
  ...transactions.slice(5, 6).map((value): Told => ['transactions_log', value, value.received_at]),
  ...decisions.map((value): Told => ['fraud_decisions', value, value.decided_at]),
  ...feedback.map((value): Told => ['fraud_feedback', value, value.given_at]),
  ...notifications.map((value): Told => ['notifications', value, value.occurred_at]),
]

/** Brings the example to a warehouse whose system tables are there. */
export async function loadExample(warehouse: Warehouse): Promise<void> {
  const tables = await warehouse.tables()
  const further = [...placeColumns, removedColumn].map(({ name }) => name)
  for (const [topic, records] of Map.groupBy(told.map(([name, value, atMs], i) => ({ name, value: value as Row, atMs, i })), ({ name }) => name)) {
    const { fields } = rowLayout(businessTopics.find(({ name }) => name === topic)?.schema ?? 'null')
    const changes = tables
      .filter((table) => table.topic === topic)
      .map((table) => {
        const read = rowReader(fields, table, further)
        // A keyed table takes the last of a key.
        const counting = table.mode === 'replace' ? [...new Map(records.map((record) => [record.value[table.key[0] ?? ''], record])).values()] : records
        return { table, rows: counting.map(({ value, i, atMs }) => read(value, [...placeCells(0, BigInt(i), atMs), false])), removed: [] }
      })
    await warehouse.apply({ topic, offsets: [], changes })
  }
}
