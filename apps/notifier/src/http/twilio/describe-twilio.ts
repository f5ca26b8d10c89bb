import { applyDecorators } from '@nestjs/common'
import { ApiConsumes, ApiHeader, ApiOperation, ApiQuery, ApiResponse } from '@nestjs/swagger'
import { ApiProblem, ApiProblemForNow, awayFor, beginningOrEnding } from '@swipestream/platform'
import { requestInvalid } from '../requests.js'
import { requestRefused } from './problems.js'

const invalid = requestInvalid([{ field: 'MessageSid', detail: 'is required' }])

const asTwilioDoes = applyDecorators(
  ApiConsumes('application/x-www-form-urlencoded'),
  ApiHeader({ name: 'X-Twilio-Signature', required: true, description: "Twilio's signature over the address that it called, and the body." }),
  ApiProblem([
    [requestRefused('missing'), 'the request is not signed.'],
    [requestRefused('wrong'), 'the signature is not that of this address and this body.'],
  ]),
  ApiProblem([[invalid, 'fields are wrong.']]),
  ApiProblemForNow([awayFor('DATABASE_UNAVAILABLE', 'the database'), ...beginningOrEnding]),
)

/** Describes `POST /v1/twilio/status`. */
export function DescribeStatus(): MethodDecorator {
  return applyDecorators(
    ApiOperation({ operationId: 'twilioStatus', summary: 'What became of an SMS', description: "Twilio's status callback." }),
    ApiQuery({ name: 'delivery', required: true, description: 'The message, as the ledger names it.', schema: { type: 'string', format: 'uuid' } }),
    ApiResponse({ status: 204, description: 'Taken, whether it is news or not.' }),
    asTwilioDoes,
  ) as MethodDecorator
}

/** Describes `POST /v1/twilio/inbound`. */
export function DescribeInbound(): MethodDecorator {
  return applyDecorators(
    ApiOperation({ operationId: 'twilioInbound', summary: 'An SMS of a customer', description: 'YES, NO, STOP or START. One that comes again is answered as before and changes nothing.' }),
    ApiResponse({ status: 200, description: 'TwiML: what is answered by return, if anything.', content: { 'text/xml': { schema: { type: 'string' } } } }),
    asTwilioDoes,
  ) as MethodDecorator
}
