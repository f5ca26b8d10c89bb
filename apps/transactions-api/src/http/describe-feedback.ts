import { applyDecorators } from '@nestjs/common'
import { ApiBody, ApiOperation, ApiParam, ApiResponse } from '@nestjs/swagger'
import { ApiProblem, ApiProblemForNow, ApiRefusals, ApiUnreadableBodies } from '@swipestream/platform'
import { ApiIdempotencyKey, away, json, largestBody, ref, replayed } from './describe-answers.js'
import { feedbackInvalid, idempotencyKeyInProgress, idempotencyKeyReused, transactionIdInvalid, transactionNotFound } from './problems.js'

/** Describes `POST /v1/transactions/{id}/feedback`. */
export function DescribeGiveFeedback(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      operationId: 'giveFeedback',
      summary: 'Say what a transaction really was',
      description:
        'Answers as soon as the feedback is stored; the transaction shows it, and the card is blocked or unblocked, when it has been read from its topic. ' +
        'Needs the scope `feedback:write`. The same rules hold for an `Idempotency-Key` as for a swipe.',
    }),
    ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' }, example: '019bfc3e-8d2a-7c31-9a51-4c1f0f7e2b6d' }),
    ApiIdempotencyKey('feedback'),
    ApiBody({ required: true, schema: ref('Feedback') }),
    ApiResponse({ status: 202, description: 'Stored. Sent again with the same key and body: the same answer.', headers: replayed, content: json('GivenFeedback') }),
    ApiUnreadableBodies(largestBody),
    ApiProblem([[transactionNotFound(), 'there is no transaction of this id.']]),
    ApiProblemForNow([[idempotencyKeyInProgress(), 'a request with this key is being answered at this moment.']]),
    ApiProblem([
      [feedbackInvalid([{ field: 'verdict', detail: 'must be one of confirmed_fraud, legitimate' }]), 'fields of the body, or the key, are wrong: `errors` names each of them.'],
      [transactionIdInvalid(), 'the id is not a UUID.'],
      [idempotencyKeyReused(), 'the key stands for another request.'],
    ]),
    ApiProblemForNow(away),
    ApiRefusals('feedback:write'),
  ) as MethodDecorator
}
