import { applyDecorators } from '@nestjs/common'
import { ApiBody, ApiHeader, ApiOperation, ApiParam, ApiResponse } from '@nestjs/swagger'
import {
  ApiProblem,
  ApiProblemForNow,
  ApiRefusals,
  ApiUnreadableBodies,
  awayFor,
  beginningOrEnding,
  problemSchema,
  textHeader,
  type ApiDescription,
} from '@swipestream/platform'
import { idempotencyKeyHeader, idempotencyKeyPattern } from './idempotency-key.js'
import { idempotencyKeyInProgress, idempotencyKeyReused, overloaded, swipeInvalid, transactionIdInvalid, transactionNotFound } from './problems.js'
import { swipeRequest } from './swipe-request.js'
import { transactionView } from './transaction-view.js'

const ref = (name: 'Swipe' | 'Transaction') => ({ $ref: `#/components/schemas/${name}` })

/** What the document says apart from the routes. */
export const transactionsApi: ApiDescription = {
  title: 'Swipestream transactions',
  description: 'Takes card payments in to be judged, and tells what was decided about them.',
  types: { Swipe: [swipeRequest, 'input'], Transaction: [transactionView, 'output'], Problem: [problemSchema, 'output'] },
}

const away = [awayFor('DATABASE_UNAVAILABLE', 'the database'), ...beginningOrEnding] as const

/** Describes `POST /v1/transactions`. */
export function DescribeAcceptSwipe(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      operationId: 'acceptSwipe',
      summary: 'Take a swipe in, to be judged',
      description:
        'Answers as soon as the swipe is stored; what is decided about it can be read at `Location`. ' +
        'Needs the scope `transactions:write`. ' +
        'Send an `Idempotency-Key` of your own with each swipe: then a request whose answer was lost can be sent again, ' +
        'for 24 hours, and the swipe still counts once.',
    }),
    ApiHeader({
      name: idempotencyKeyHeader,
      required: false,
      description: 'A name of your own for this swipe, such as a UUID. 1 to 255 printable ASCII characters.',
      schema: { type: 'string', minLength: 1, maxLength: 255, pattern: idempotencyKeyPattern.source },
      example: '6b8f5f5e-3a57-4b0e-9c7d-0d7f6a1c2e3f',
    }),
    ApiBody({ required: true, schema: ref('Swipe') }),
    ApiResponse({
      status: 202,
      description: 'Stored. Sent again with the same key and body: the same answer.',
      headers: {
        Location: textHeader('Where the transaction is.', '/v1/transactions/019bfc3e-8d2a-7c31-9a51-4c1f0f7e2b6d'),
        'Idempotent-Replayed': { description: 'Present when the swipe had been stored before.', schema: { type: 'string', enum: ['true'] } },
      },
      content: { 'application/json': { schema: ref('Transaction') } },
    }),
    ApiUnreadableBodies('64 kB'),
    ApiProblemForNow([[idempotencyKeyInProgress(), 'a request with this key is being answered at this moment.']]),
    ApiProblem([
      [
        swipeInvalid([{ field: 'amount_minor', detail: 'must be a whole number of minor units, 1 to 9007199254740991, as a JSON number' }]),
        'fields of the body, or the key, are wrong: `errors` names each of them.',
      ],
      [idempotencyKeyReused(), 'the key stands for another swipe.'],
    ]),
    ApiProblemForNow([...away, [overloaded(), 'more swipes come than can be stored.']]),
    ApiRefusals('transactions:write'),
  ) as MethodDecorator
}

/** Describes `GET /v1/transactions/{id}`. */
export function DescribeShowTransaction(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      operationId: 'showTransaction',
      summary: 'A transaction, and what was decided about it',
      description: 'Needs the scope `transactions:read`.',
    }),
    ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' }, example: '019bfc3e-8d2a-7c31-9a51-4c1f0f7e2b6d' }),
    ApiResponse({ status: 200, description: 'The transaction as it stands.', content: { 'application/json': { schema: ref('Transaction') } } }),
    ApiProblem([[transactionNotFound(), 'there is none of this id.']]),
    ApiProblem([[transactionIdInvalid(), 'the id is not a UUID.']]),
    ApiProblemForNow(away),
    ApiRefusals('transactions:read'),
  ) as MethodDecorator
}
