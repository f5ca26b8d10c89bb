import { z } from 'zod'
import type { FeedbackRow } from '../db/feedback.repository.js'
import { cardActions, verdicts } from '../domain/feedback.js'

/** The answer to feedback. Fields are always there; what was not said is null. */
export const feedbackView = z.object({
  feedback_id: z.uuid().meta({ description: 'UUIDv7.', example: '019bfc55-1f0e-7a90-8d3c-2b9f60a4c7e1', pattern: undefined }),
  transaction_id: z.uuid().meta({ example: '019bfc3e-8d2a-7c31-9a51-4c1f0f7e2b6d', pattern: undefined }),
  verdict: z.enum(verdicts).meta({ example: 'confirmed_fraud' }),
  card_action: z.enum(cardActions).meta({ example: 'block' }),
  comment: z.string().nullable().meta({ example: 'The customer was at home.' }),
  actor: z.string().meta({ example: 'r.roe' }),
  given_at: z.iso.datetime().meta({ description: 'When it was accepted, UTC.', example: '2026-01-31T12:02:11.000Z', pattern: undefined }),
})
export type FeedbackView = z.output<typeof feedbackView>

export function viewOfFeedback({ feedback_id, transaction_id, verdict, card_action, comment, actor, given_at }: FeedbackRow): FeedbackView {
  return { feedback_id, transaction_id, verdict, card_action, comment, actor, given_at: given_at.toISOString() }
}
