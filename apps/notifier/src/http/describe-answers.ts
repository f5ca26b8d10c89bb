import { applyDecorators } from '@nestjs/common'
import { ApiBody, ApiConsumes, ApiOperation, ApiParam, ApiResponse } from '@nestjs/swagger'
import { ApiProblemForNow, awayFor, beginningOrEnding } from '@swipestream/platform'

const page = { 'text/html': { schema: { type: 'string' } } } as const

const ofEvery = applyDecorators(
  ApiParam({ name: 'token', description: "The signed token of the e-mail's link.", schema: { type: 'string' } }),
  ApiResponse({ status: 404, description: 'A page: the link is not valid.', content: page }),
  ApiResponse({ status: 410, description: 'A page: the question has expired.', content: page }),
  ApiProblemForNow([awayFor('DATABASE_UNAVAILABLE', 'the database'), ...beginningOrEnding]),
)

/** Describes `GET /v1/answers/{token}`. */
export function DescribeShowQuestion(): MethodDecorator {
  return applyDecorators(
    ApiOperation({ operationId: 'showQuestion', summary: '“Was this you?”', description: 'A page for the customer. Changes nothing.' }),
    ApiResponse({ status: 200, description: 'A page: the question with its two answers, or what was answered.', content: page }),
    ofEvery,
  ) as MethodDecorator
}

/** Describes `POST /v1/answers/{token}`. */
export function DescribeGiveAnswer(): MethodDecorator {
  const schema: NonNullable<Parameters<typeof ApiBody>[0]> = { schema: { type: 'object', required: ['answer'], properties: { answer: { type: 'string', enum: ['yes', 'no'] } } } }
  return applyDecorators(
    ApiOperation({ operationId: 'giveAnswer', summary: 'Answer “was this you?”', description: 'Works once, whichever way the answer comes.' }),
    ApiConsumes('application/x-www-form-urlencoded'),
    ApiBody({ required: true, ...schema }),
    ApiResponse({ status: 200, description: 'A page: the answer was taken.', content: page }),
    ApiResponse({ status: 409, description: 'A page: it was answered before.', content: page }),
    ApiResponse({ status: 422, description: 'A page: the question again, as `answer` is neither yes nor no.', content: page }),
    ofEvery,
  ) as MethodDecorator
}
