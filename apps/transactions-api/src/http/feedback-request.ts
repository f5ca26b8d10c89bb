import { z } from 'zod'
import { cardActions, verdicts } from '../domain/feedback.js'
import { lines, mayHoldCardNumber, says, text } from './texts.js'

const verdict = says(`must be one of ${verdicts.join(', ')}`)
const cardAction = says(`must be one of ${cardActions.join(', ')}`)
/** What is said is stored and published. */
const noCardNumber = { error: 'must not hold a card number' }

/** The body of `POST /v1/transactions/:id/feedback`. */
export const feedbackRequest = z.strictObject(
  {
    verdict: z.enum(verdicts, verdict).meta({ description: 'What the transaction was.', example: 'confirmed_fraud' }),
    card_action: z
      .enum(cardActions, cardAction)
      .optional()
      .meta({ description: 'What is to be done with the card: blocked, its transactions are declined. Left out: none.', example: 'block' }),
    comment: lines(1000)
      .refine((value) => !mayHoldCardNumber(value), noCardNumber)
      .optional()
      .meta({ description: 'Why, for other people.', example: 'The customer was at home.' }),
    actor: text(64)
      .refine((value) => !mayHoldCardNumber(value), noCardNumber)
      .optional()
      .meta({ description: 'User name of the one who says so. Left out: whose API key it is.', example: 'r.roe' }),
  },
  { error: 'must be a JSON object' },
)
export type FeedbackRequest = z.output<typeof feedbackRequest>
