import type { FieldError } from '@swipestream/platform'
import { holdsCardNumber, type CardNumber } from '../domain/card-number.js'
import { mayHoldCardNumber } from './texts.js'

/** Name of the header, as errors and the API's description spell it. */
export const idempotencyKeyHeader = 'Idempotency-Key'

/** 1 to 255 printable ASCII characters, no blank at either end (HTTP would drop it). */
export const idempotencyKeyPattern = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/

/**
 * What is wrong with a key; undefined when nothing is. It is stored, so it must hold no card number.
 *
 * @param cardNumber that of the request; without one, whatever may be a card number is refused
 * @param field what the key stands in, as errors name it
 */
export function idempotencyKeyError(key: string, cardNumber?: CardNumber, field = `header.${idempotencyKeyHeader}`): FieldError | undefined {
  if (!idempotencyKeyPattern.test(key)) return { field, detail: 'must be 1 to 255 printable ASCII characters' }
  if (cardNumber === undefined ? mayHoldCardNumber(key) : holdsCardNumber(key, cardNumber)) return { field, detail: 'must not hold the card number' }
  return undefined
}
