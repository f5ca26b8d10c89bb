import { applyDecorators } from '@nestjs/common'
import { ApiBody, ApiHeader, ApiOperation, ApiParam, ApiQuery, ApiResponse } from '@nestjs/swagger'
import { ApiProblem, ApiProblemForNow, ApiRefusals, ApiUnreadableBodies, textHeader } from '@swipestream/platform'
import { ApiIdempotencyKey, away, json, largestBody, location, ref, replayed } from './describe-answers.js'
import { cardIdPattern, defaultLimit, maxLimit } from './list-request.js'
import { longestWaitSeconds, preferHeader } from './prefer.js'
import { idempotencyKeyInProgress, idempotencyKeyReused, listInvalid, overloaded, swipeInvalid, transactionIdInvalid, transactionNotFound } from './problems.js'

const preferenceApplied = { 'Preference-Applied': textHeader('The wait that was granted, when one was asked for (RFC 7240).', 'wait=10') }

/** Describes `POST /v1/transactions`. */
export function DescribeAcceptSwipe(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      operationId: 'acceptSwipe',
      summary: 'Take a swipe in, to be judged',
      description:
        'Answers as soon as the swipe is stored; what is decided about it can be read at `Location`. ' +
        'With `Prefer: wait=N` it answers as soon as that is known, or after N seconds. ' +
        'Needs the scope `transactions:write`. ' +
        'Send an `Idempotency-Key` of your own with each swipe: then a request whose answer was lost can be sent again, ' +
        'for 24 hours, and the swipe still counts once.',
    }),
    ApiIdempotencyKey('swipe'),
    ApiHeader({
      name: preferHeader,
      required: false,
      description: `\`wait=N\`: hold the answer until the transaction is decided about, N seconds at most, 1 to ${longestWaitSeconds}; more is cut to ${longestWaitSeconds} (RFC 7240). Other preferences are ignored.`,
      schema: { type: 'string' },
      example: 'wait=10',
    }),
    ApiBody({ required: true, schema: ref('Swipe') }),
    ApiResponse({
      status: 200,
      description: 'Stored, and decided about within the wait that was asked for.',
      headers: { ...location, ...preferenceApplied, ...replayed },
      content: json('Transaction'),
    }),
    ApiResponse({
      status: 202,
      description: 'Stored, and not yet known to be decided about. Sent again with the same key and body: the same answer.',
      headers: { ...location, ...preferenceApplied, ...replayed },
      content: json('Transaction'),
    }),
    ApiUnreadableBodies(largestBody),
    ApiProblemForNow([[idempotencyKeyInProgress(), 'a request with this key is being answered at this moment.']]),
    ApiProblem([
      [
        swipeInvalid([{ field: 'amount_minor', detail: 'must be a whole number of minor units, 1 to 9007199254740991, as a JSON number' }]),
        'fields of the body, or the key, are wrong: `errors` names each of them.',
      ],
      [idempotencyKeyReused(), 'the key stands for another request.'],
    ]),
    ApiProblemForNow([...away, [overloaded(), 'more swipes come than can be stored.']]),
    ApiRefusals('transactions:write'),
  ) as MethodDecorator
}

/** Describes `GET /v1/transactions`. */
export function DescribeListTransactions(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      operationId: 'listTransactions',
      summary: 'The transactions of a card, newest first',
      description:
        'By page: `next` is where the next one is. What comes meanwhile does not shift the pages behind: none is shown twice. ' +
        'Needs the scope `transactions:read`.',
    }),
    ApiQuery({
      name: 'card_id',
      description: 'Token of the card, as in `card_id` of a transaction; never a card number.',
      schema: { type: 'string', pattern: cardIdPattern.source },
      example: 'v1.BiIkEgE4KkWRL7IoKLP321FTzyBycipz3tImI-p5q8k',
    }),
    ApiQuery({ name: 'limit', required: false, description: 'Transactions of a page at most.', schema: { type: 'integer', minimum: 1, maximum: maxLimit, default: defaultLimit } }),
    ApiQuery({ name: 'cursor', required: false, description: 'Of the `next` link of the page before.', schema: { type: 'string' } }),
    ApiResponse({ status: 200, description: 'A page; empty where the card is not known.', content: json('TransactionList') }),
    ApiProblem([[listInvalid([{ field: 'limit', detail: `must be a whole number, 1 to ${maxLimit}` }]), 'parameters are wrong: `errors` names each of them.']]),
    ApiProblemForNow(away),
    ApiRefusals('transactions:read'),
  ) as MethodDecorator
}

/** Describes `GET /v1/transactions/{id}`. */
export function DescribeShowTransaction(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      operationId: 'showTransaction',
      summary: 'A transaction, what was decided about it, and what it really was',
      description: 'Needs the scope `transactions:read`.',
    }),
    ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' }, example: '019bfc3e-8d2a-7c31-9a51-4c1f0f7e2b6d' }),
    ApiResponse({ status: 200, description: 'The transaction as it stands.', content: json('Transaction') }),
    ApiProblem([[transactionNotFound(), 'there is none of this id.']]),
    ApiProblem([[transactionIdInvalid(), 'the id is not a UUID.']]),
    ApiProblemForNow(away),
    ApiRefusals('transactions:read'),
  ) as MethodDecorator
}
