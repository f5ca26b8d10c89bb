import type { FraudDecision, Outcome } from '@swipestream/contracts'
import type { TransactionView } from '../src/http/transaction-view.js'

export const reasons: FraudDecision['reasons'] = [
  {
    rule_id: 'impossible_travel',
    rule_version: 2,
    weight: 700,
    text: 'Used in Vienna and 42 minutes later in Sydney.',
    evidence: [
      { name: 'speed', value: 22_816.5, unit: 'km/h' },
      { name: 'from', value: 'AT', unit: null },
    ],
  },
]

/** A decision as fraud-service would make it. */
export const decisionOf = (transaction: Pick<TransactionView, 'transaction_id' | 'card_id'>, outcome: Outcome, score: number): FraudDecision => ({
  transaction_id: transaction.transaction_id,
  card_id: transaction.card_id,
  outcome,
  score,
  reasons: outcome === 'approve' ? [] : reasons,
  rule_versions: { impossible_travel: 2, large_amount: 1 },
  input_topic: 'transactions_log',
  input_partition: 0,
  input_offset: 0,
  occurred_at: 1_769_859_296_789,
  decided_at: 1_769_859_300_123,
  event_order: 'in_order',
  taken: null,
  model: null,
  features_hash: null,
  shadow_rules: [],
})
