import { applyDecorators } from '@nestjs/common'
import { ApiBody, ApiConsumes, ApiOperation, ApiResponse } from '@nestjs/swagger'
import { ApiProblem, ApiProblemForNow, ApiRefusals } from '@swipestream/platform'
import { ndjson } from './body-types.js'
import { away, ref } from './describe-answers.js'
import { overloaded, unsupportedMediaType } from './problems.js'

/** Describes `POST /v1/transactions/batch`. */
export function DescribeAcceptBatch(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      operationId: 'acceptBatch',
      summary: 'Take many swipes in, one a line',
      description:
        'The body is newline-delimited JSON, a swipe a line, of any length; a line has 64 kB at most. The answer has a line for each, in their order, ' +
        'and begins before the body ends: read it while you send, as what is not read holds up what is. ' +
        'Each line is taken or refused by itself, as `POST /v1/transactions` would alone; what was taken stays when the connection breaks. ' +
        'Give each line an `idempotency_key`: then the whole batch can be sent again, and each swipe still counts once. ' +
        'Swipes of one card are published in the order of their lines. ' +
        'When the service stops it answers what it has taken, and then one line with status 503, from which on nothing was read. ' +
        'Needs the scope `transactions:write`.',
    }),
    ApiConsumes(ndjson),
    ApiBody({ required: true, schema: ref('SwipeLine') }),
    ApiResponse({ status: 200, description: 'One line for each line of the body.', content: { [ndjson]: { schema: ref('BatchAnswer') } } }),
    ApiProblem([[unsupportedMediaType(ndjson), `the body is not \`${ndjson}\`.`]]),
    ApiProblemForNow([...away, [overloaded(), 'as many batches are being taken in as may be.']]),
    ApiRefusals('transactions:write'),
  ) as MethodDecorator
}
