import type { FraudAlert, FraudDecision, Transaction } from '@swipestream/contracts'
import { severityOf } from './score.js'

/** The alert of a decision that is not an approval: what the customer must hear of. Its id is the transaction's. */
export function alertOf(decision: FraudDecision, tx: Transaction): FraudAlert {
  return {
    alert_id: decision.transaction_id,
    transaction_id: decision.transaction_id,
    card_id: decision.card_id,
    card_last4: tx.card_last4,
    severity: severityOf(decision.outcome),
    outcome: decision.outcome,
    score: decision.score,
    reasons: decision.reasons,
    amount_minor: tx.amount_minor,
    currency: tx.currency,
    merchant_name: tx.merchant_name,
    country: tx.country,
    terminal_id: tx.terminal_id,
    occurred_at: decision.occurred_at,
    raised_at: decision.decided_at,
  }
}
