import type { FieldError } from '@swipestream/platform'
import { holdsCardNumber, type CardNumber } from '../domain/card-number.js'

/** Name of the header, as errors and the API's description spell it. */
export const idempotencyKeyHeader = 'Idempotency-Key'

/** 1 to 255 printable ASCII characters, no blank at either end (HTTP would drop it). */
export const idempotencyKeyPattern = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/

/** What is wrong with the header; undefined when nothing is. It is stored, so it must not hold the card number. */
export function idempotencyKeyError(key: string, cardNumber: CardNumber | undefined): FieldError | undefined {
  const field = `header.${idempotencyKeyHeader}`
  if (!idempotencyKeyPattern.test(key)) return { field, detail: 'must be 1 to 255 printable ASCII characters' }
  if (cardNumber !== undefined && holdsCardNumber(key, cardNumber)) return { field, detail: 'must not hold the card number' }
  return undefined
}
