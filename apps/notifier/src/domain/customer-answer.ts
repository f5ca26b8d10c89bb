import type { FraudAlert, FraudFeedback, Verdict } from '@swipestream/contracts'

/** By which way a customer answered. */
export type AnswerWay = 'email' | 'sms' | 'app'

/** Where an answer came from, as `fraud_feedback` and the table of questions say it. */
export function sourceOf(way: AnswerWay): string {
  return `customer_${way}`
}

/** The customer's answer as it is published. Their `confirmed_fraud` blocks the card in any case, so nothing more is asked for. */
export function customerFeedback(
  alert: FraudAlert,
  { verdict, way }: { readonly verdict: Verdict; readonly way: AnswerWay },
  { feedbackId, givenAt }: { readonly feedbackId: string; readonly givenAt: number },
): FraudFeedback {
  return {
    feedback_id: feedbackId,
    transaction_id: alert.transaction_id,
    card_id: alert.card_id,
    terminal_id: alert.terminal_id,
    transaction_occurred_at: alert.occurred_at,
    amount_minor: alert.amount_minor,
    currency: alert.currency,
    verdict,
    card_action: 'none',
    source: sourceOf(way),
    actor: null,
    comment: null,
    given_at: givenAt,
  }
}
