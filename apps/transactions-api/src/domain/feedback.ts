import type { CardAction, FraudFeedback, Transaction, Verdict } from '@swipestream/contracts'

export const verdicts = ['confirmed_fraud', 'legitimate'] as const satisfies readonly Verdict[]
export const cardActions = ['none', 'block', 'unblock'] as const satisfies readonly CardAction[]

/** What an analyst says of a transaction. */
export interface Feedback {
  readonly verdict: Verdict
  readonly card_action: CardAction
  readonly comment: string | null
  /** The analyst's user name. */
  readonly actor: string
}

/** What the service adds to feedback when it accepts it. */
export interface FeedbackAcceptance {
  readonly feedbackId: string
  /** ms since the epoch. */
  readonly givenAt: number
}

/** The feedback as it is published, with what its transaction was. */
export function feedbackOf(
  transaction: Pick<Transaction, 'transaction_id' | 'card_id' | 'terminal_id' | 'occurred_at' | 'amount_minor' | 'currency'>,
  { verdict, card_action, comment, actor }: Feedback,
  { feedbackId, givenAt }: FeedbackAcceptance,
): FraudFeedback {
  return {
    feedback_id: feedbackId,
    transaction_id: transaction.transaction_id,
    card_id: transaction.card_id,
    terminal_id: transaction.terminal_id,
    transaction_occurred_at: transaction.occurred_at,
    amount_minor: transaction.amount_minor,
    currency: transaction.currency,
    verdict,
    card_action,
    source: 'analyst',
    actor,
    comment,
    given_at: givenAt,
  }
}
