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

/** 422: wrong fields, each with what it must be. */
export function feedbackInvalid(errors: readonly FieldError[]): Problem {
  return new Problem({
    status: 422,
    code: 'FEEDBACK_INVALID',
    title: 'The feedback is not valid',
    detail: `nothing was stored; to be mended: ${errors.map(({ field }) => field).join(', ')}`,
    errors,
  })
}

/** 422: wrong parameters, each with what it must be. */
export function listInvalid(errors: readonly FieldError[]): Problem {
  return new Problem({
    status: 422,
    code: 'LIST_INVALID',
    title: 'The query is not valid',
    detail: `nothing is listed; to be mended: ${errors.map(({ field }) => field).join(', ')}`,
    errors,
  })
}

/** 422: the key was used for something else. `field`: where it stood. */
export function idempotencyKeyReused(field = `header.${idempotencyKeyHeader}`): Problem {
  return new Problem({
    status: 422,
    code: 'IDEMPOTENCY_KEY_REUSED',
    title: 'The key stands for another request',
    detail: 'nothing was stored; use a new Idempotency-Key for each swipe, and for each feedback',
    errors: [{ field, detail: 'stands for another request' }],
  })
}

/** 409: the first request with the key has no answer yet. `field`: where it stood. */
export function idempotencyKeyInProgress(field = `header.${idempotencyKeyHeader}`): Problem {
  return new Problem({
    status: 409,
    code: 'IDEMPOTENCY_KEY_IN_PROGRESS',
    title: 'The first request with this key is not yet answered',
    detail: 'a request with the same Idempotency-Key is in progress; send this one again',
    errors: [{ field, detail: 'is in progress' }],
    headers: { 'retry-after': '1' },
  })
}

/** 503: more swipes wait to be stored than may wait. */
export function overloaded(): Problem {
  return Problem.unavailable('OVERLOADED', 'more swipes come than can be stored at this moment; nothing was stored, try again', 1)
}

/** 400: a line of a batch that is no JSON. */
export function lineNotJson(): Problem {
  return new Problem({ status: 400, code: 'INVALID_JSON', detail: 'the line is not valid JSON in UTF-8' })
}

/** 413: a line of a batch that is longer than a line may be. */
export function lineTooLong(): Problem {
  return new Problem({ status: 413, code: 'LINE_TOO_LONG', title: 'The line is too long', detail: 'a line has at most 65536 bytes; this one was not read' })
}

/** 415, naming the media type that is taken here. */
export function unsupportedMediaType(wanted: string): Problem {
  return new Problem({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE', detail: `the content type is not one this endpoint takes; send ${wanted}` })
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
