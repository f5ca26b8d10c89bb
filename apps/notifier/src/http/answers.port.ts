import type { Verdict } from '@swipestream/contracts'

/** What became of an answer. */
export type AnswerOutcome =
  | { readonly outcome: 'given' }
  /** By this way or another, before; the verdict is what was answered then. */
  | { readonly outcome: 'already_answered'; readonly verdict: Verdict }
  | { readonly outcome: 'expired' }
  /** The customer is asked nothing about this alert. */
  | { readonly outcome: 'unknown' }

/** Takes the customer's answer to the question of an alert, once. */
export interface Answers {
  run(answer: { readonly alertId: string; readonly verdict: Verdict; readonly from: { readonly way: 'app'; readonly customerId: string } }): Promise<AnswerOutcome>
}

/** What answers are injected by: `Answers`. */
export const ANSWERS = Symbol('answers')
