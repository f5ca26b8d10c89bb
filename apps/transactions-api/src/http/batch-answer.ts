import { problemSchema } from '@swipestream/platform'
import { z } from 'zod'
import { idempotencyKeyPattern } from './idempotency-key.js'

/** `idempotency_key` of a line. */
export const lineKey = z
  .string()
  .regex(idempotencyKeyPattern)
  .optional()
  .meta({ description: 'What the header `Idempotency-Key` is to a swipe alone.', example: '6b8f5f5e-3a57-4b0e-9c7d-0d7f6a1c2e3f' })

/** One line of the answer to a batch, as the API's description has it. */
export const batchAnswer = z
  .object({
    line: z.int().min(1).meta({ description: 'Number of the line that this answers, from 1; blank lines count, and get no answer.', example: 1 }),
    status: z.int().min(200).max(599).meta({ description: 'The status that this swipe alone would have been answered with.', example: 202 }),
    transaction_id: z.uuid().optional().meta({ description: 'When it is stored.', example: '019bfc3e-8d2a-7c31-9a51-4c1f0f7e2b6d', pattern: undefined }),
    replayed: z.literal(true).optional().meta({ description: 'Present when it had been stored before, under the same key.', example: true }),
    problem: problemSchema.optional().meta({
      description: 'Why it is not stored.',
      example: { type: '/problems/line-too-long', title: 'The line is too long', status: 413, code: 'LINE_TOO_LONG' },
    }),
  })
  .meta({ description: 'What became of one line.' })
