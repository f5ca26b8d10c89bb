import { Problem, type FieldError } from '@swipestream/platform'
import { idempotencyKeyHeader } from './idempotency-key.js'

/** Every error answer that is this service's own. None repeats a value of the request: it might be a card number. */

/** 422: wrong fields, each with what it must be. */
export function swipeInvalid(errors: readonly FieldError[]): Problem {
  return new Problem({
    status: 422,
    code: 'SWIPE_INVALID',
    title: 'The swipe is not valid',
    detail: `nothing was stored; to be mended: ${errors.map(({ field }) => field).join(', ')}`,
    errors,
  })
}

/** 422: the key was used for something else. */
export function idempotencyKeyReused(): Problem {
  return new Problem({
    status: 422,
    code: 'IDEMPOTENCY_KEY_REUSED',
    title: 'The key stands for another swipe',
    detail: 'nothing was stored; use a new Idempotency-Key for each swipe',
    errors: [{ field: `header.${idempotencyKeyHeader}`, detail: 'stands for another swipe' }],
  })
}

/** 409: the first request with the key has no answer yet. */
export function idempotencyKeyInProgress(): Problem {
  return new Problem({
    status: 409,
    code: 'IDEMPOTENCY_KEY_IN_PROGRESS',
    title: 'The first request with this key is not yet answered',
    detail: 'a request with the same Idempotency-Key is in progress; send this one again',
    errors: [{ field: `header.${idempotencyKeyHeader}`, detail: 'is in progress' }],
    headers: { 'retry-after': '1' },
  })
}

/** 503: more swipes wait to be stored than may wait. */
export function overloaded(): Problem {
  return Problem.unavailable('OVERLOADED', 'more swipes come than can be stored at this moment; nothing was stored, try again', 1)
}

export function transactionIdInvalid(): Problem {
  return new Problem({
    status: 422,
    code: 'TRANSACTION_ID_INVALID',
    title: 'The id is not valid',
    detail: 'the id of a transaction is a UUID',
    errors: [{ field: 'id', detail: 'must be a UUID' }],
  })
}

export function transactionNotFound(): Problem {
  return new Problem({ status: 404, code: 'TRANSACTION_NOT_FOUND', title: 'There is no such transaction', detail: 'there is no transaction of this id' })
}
