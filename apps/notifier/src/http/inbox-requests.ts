import { z } from 'zod'
import { says } from '../app/says.js'
import type { InboxPage } from '../db/inbox.repository.js'
import { answers } from './inbox-view.js'
import { requestInvalid } from './requests.js'

export const defaultLimit = 50
export const maxLimit = 200

/** The largest id that there can be. */
const largest = 2n ** 63n - 1n

/** Whether this can be the id of a message, or 0: what comes before the first one. */
export function isPlace(text: string): boolean {
  return /^(?:0|[1-9]\d{0,18})$/.test(text) && BigInt(text) <= largest
}

const limit = says(`must be a whole number, 1 to ${maxLimit}`)
const place = says('must be the id of a message, or 0')

/** The query of `GET /v1/inbox`. */
export const inboxQuery = z
  .strictObject({
    limit: z.string(limit).regex(/^\d{1,4}$/, limit).transform(Number).refine((n) => n >= 1 && n <= maxLimit, limit).default(defaultLimit),
    before: z.string(place).refine(isPlace, place).optional(),
    after: z.string(place).refine(isPlace, place).optional(),
  })
  .refine(({ before, after }) => before === undefined || after === undefined, { path: ['after'], error: 'must not be sent together with before' })
  .transform(({ limit: most, before, after }): InboxPage => {
    if (after !== undefined) return { limit: most, after }
    return before === undefined ? { limit: most } : { limit: most, before }
  })

const answer = says(`must be one of ${answers.join(', ')}`)

/** The body of an answer. */
export const answerBody = z.strictObject({ answer: z.enum(answers, answer).meta({ description: 'Whether it was the customer: `no` blocks the card.', example: 'yes' }) })

/** The id behind which a stream begins; undefined: now. @throws Problem 422 REQUEST_INVALID */
export function lastEventId(header: string | undefined): string | undefined {
  if (header === undefined || header === '') return undefined
  if (!isPlace(header)) throw requestInvalid([{ field: 'header.Last-Event-ID', detail: 'must be the id of a message, or 0' }])
  return header
}
