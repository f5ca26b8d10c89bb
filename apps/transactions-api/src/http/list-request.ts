import type { PlaceInList } from '../db/transactions.repository.js'
import { z } from 'zod'
import { says } from './texts.js'

export const defaultLimit = 50
export const maxLimit = 200

/** A card's token, as `cardToken` makes it. */
export const cardIdPattern = /^v[1-9][0-9]{0,5}\.[A-Za-z0-9_-]{43}$/

const cardId = says('must be the token of a card, as in `card_id` of a transaction; never a card number')
const limit = says(`must be a whole number, 1 to ${maxLimit}`)
const cursor = says('must be the cursor of a `next` link')

/** The query of `GET /v1/transactions`. */
export const listRequest = z.strictObject({
  card_id: z.string(cardId).regex(cardIdPattern, cardId),
  limit: z
    .string(limit)
    .regex(/^[0-9]{1,4}$/, limit)
    .transform(Number)
    .refine((n) => n >= 1 && n <= maxLimit, limit)
    .optional(),
  cursor: z
    .string(cursor)
    .refine((sent) => readCursor(sent) !== undefined, cursor)
    .transform((sent) => readCursor(sent) as PlaceInList)
    .optional(),
})
export type ListRequest = z.output<typeof listRequest>

/** The last moment that PostgreSQL and JavaScript both have. */
const latest = 8.64e15

/** Opaque to clients: the place after which the next page begins. */
export function cursorOf({ occurredAt, transactionId }: PlaceInList): string {
  return Buffer.from(`${occurredAt} ${transactionId}`).toString('base64url')
}

function readCursor(sent: string): PlaceInList | undefined {
  if (!/^[A-Za-z0-9_-]{1,100}$/.test(sent)) return undefined
  const [, time, transactionId] = /^(0|[1-9]\d{0,15}) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(Buffer.from(sent, 'base64url').toString('latin1')) ?? []
  if (time === undefined || transactionId === undefined || Number(time) > latest) return undefined
  return { occurredAt: Number(time), transactionId }
}
